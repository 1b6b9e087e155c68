"""Merging: nothing of any room is lost, and any sequence of merges and undos restores every row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huike.channels.models import Interaction
from huike.customers.duplicates.merges import gather, merge, merged_into, undo_merge
from huike.customers.duplicates.models import Merge
from huike.customers.models import Party, Tag, Tie
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.files import StoredFile
from huike.kernel.lists.models import Pin
from huike.kernel.records.merging.footprint import stays
from huike.kernel.records.merging.pointing import links_to
from huike.kernel.records.record import Record
from huike.kernel.records.undo import undo
from huike.marketing.models import Campaign, CampaignMember
from huike.office.models import Task
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast, Make

UNLIKE = {"version", "changed_at", "footprint"}
WATCHED = (Party, Tie, Interaction, Task, Order, CampaignMember, Tag, StoredFile, Pin)
NAMES = "abcd"


def stored() -> dict[str, Any]:
    """Return every row of every watched table, and the tags of every party."""
    found: dict[str, Any] = {"tags": sorted(Party.tags.through.objects.values_list("party", "tag"))}
    for model in WATCHED:
        rows = getattr(model, "everything", model._default_manager).order_by("pk").values()
        found[model._meta.label_lower] = [
            {k: v for k, v in row.items() if k not in UNLIKE} for row in rows
        ]
    return found


@pytest.fixture
def parties(cast: Cast, make: Make) -> dict[str, Party]:
    """Return four parties that all have something of every room."""
    CustomField.objects.create(
        record="office.task", name="friend", label="friend", kind="link", target="customers.Party"
    )
    found = {
        name: make(Party, cast.alice, name=name, phone=f"+861381234567{n}", code=f"K{n}")
        for n, name in enumerate(NAMES)
    }
    firm, campaign = make(Party, cast.alice, kind="organisation"), make(Campaign, cast.alice)
    for n, (name, party) in enumerate(found.items()):
        make(Tie, party=party, other=firm, kind="works_at")
        make(Interaction, party=party, subject=name)
        make(Interaction, party=None, record="customers.party", record_id=party.pk)
        make(Task, cast.alice, party=party, extra={"friend": party.pk})
        make(Order, cast.alice, party=party)
        make(CampaignMember, party=party, campaign=campaign)
        Pin.objects.create(user=cast.alice, record="customers.party", record_id=party.pk)
        StoredFile.objects.create(
            name=name, path=name, size=1, digest="", record="customers.party", record_id=party.pk
        )
        with change(SYSTEM, "test.tags"):
            party.set_links("tags", [make(Tag).pk for _ in range(n)])
            party.save()
    make(Tie, party=found["a"], other=found["b"], kind="family_of")
    make(Tie, party=found["c"], other=found["a"], kind="referred_by")
    return {name: Party.objects.get(pk=party.pk) for name, party in found.items()}


def loose_ends(party: Party) -> int:
    """Count what still points at a party from tables that a merge empties."""
    return sum(
        getattr(model, "everything", model._default_manager).filter(party=party).count()
        for model in (Interaction, Task, Order)
    )


def test_every_room_moves_and_nothing_is_lost(cast: Cast, parties: dict[str, Party]) -> None:
    a, b, dora = parties["a"], parties["b"], cast.actor("dora")
    before = {model: len(rows) for model, rows in stored().items()}
    made = merge(dora, a, b, ["phone", "code", "tags"], why="twice")
    assert loose_ends(b) == 0
    a, b = Party.everything.get(pk=a.pk), Party.everything.get(pk=b.pk)
    assert (a.phone, a.code, b.code) == ("+8613812345671", "K1", "")
    assert a.tags.count() == 1
    assert (b.binned_at is not None, made.why, made.created_by) == (True, "twice", "dora")
    assert Task.objects.filter(extra__friend=a.pk).count() == 2
    assert Interaction.objects.filter(record="customers.party", record_id=a.pk).count() == 2
    assert StoredFile.objects.filter(record_id=a.pk, record="customers.party").count() == 2
    after = {model: len(rows) for model, rows in stored().items()}
    assert {m: n for m, n in after.items() if m != "tags"} == {
        m: n for m, n in before.items() if m != "tags"
    }
    kept = {(label, column) for label, column, _keys in made.footprint["kept"]}
    assert {  # the winner has the same already, or the row would point at itself
        ("customers.tie", "party"),
        ("customers.tie", "other"),
        ("marketing.campaignmember", "party"),
        ("kernel.pin", "record_id"),
    } <= kept


def test_a_week_later_what_changed_since_stays_and_is_told(
    cast: Cast, parties: dict[str, Party], make: Make
) -> None:
    a, b, dora = parties["a"], parties["b"], cast.actor("dora")
    moved, other = Order.objects.get(party=b), make(Party, cast.alice)
    made = merge(dora, a, b, ["phone", "code"])
    with change(SYSTEM, "test.later"):
        winner = Party.objects.get(pk=a.pk)
        winner.phone, winner.city = "+8613900000000", "广州"
        winner.save()
        order = Order.objects.get(pk=moved.pk)
        order.party = other
        order.save()
        late = make(Order, cast.alice, party=winner)
    undone = undo_merge(dora, made)
    winner, loser = Party.objects.get(pk=a.pk), Party.objects.get(pk=b.pk)
    assert (winner.phone, winner.city, winner.code) == ("+8613900000000", "广州", "K0")
    assert (loser.code, loser.phone) == ("K1", "+8613812345671")
    assert Order.objects.get(pk=moved.pk).party == other
    assert Order.objects.get(pk=late.pk).party == winner
    assert len(undone.stayed.splitlines()) == 2
    assert Interaction.objects.filter(party=loser, subject="b").exists()
    with pytest.raises(ValidationError, match="dora"):
        undo_merge(dora, made)


def test_chains_are_undone_in_order_and_addresses_lead_on(
    cast: Cast, parties: dict[str, Party]
) -> None:
    a, b, c, mona = parties["a"], parties["b"], parties["c"], cast.actor("mona")
    before = stored()
    first = merge(mona, b, c)
    second = merge(mona, a, b)
    assert (merged_into(c.pk), merged_into(b.pk), merged_into(a.pk)) == (a.pk, a.pk, None)
    with pytest.raises(ValidationError):
        undo_merge(mona, first)
    undo_merge(mona, second)
    undo_merge(mona, first)
    assert stored() == before


def test_who_may_merge(cast: Cast, parties: dict[str, Party], make: Make) -> None:
    a, b = parties["a"], parties["b"]
    far = make(Party, cast.carol)
    before = stored()
    for who, winner, loser in (("alice", a, b), ("bob", a, b), ("dora", a, far), ("carol", far, a)):
        with pytest.raises(PermissionDenied):
            merge(cast.actor(who), winner, loser)
    with change(SYSTEM, "test.lock"):
        Party.everything.filter(pk=b.pk).unjournaled_update(is_locked=True)
        Party.everything.filter(pk=far.pk).unjournaled_update(sealed=["about"])
    for winner, loser in ((a, b), (far, a), (a, far), (a, a)):
        with pytest.raises(ValidationError):
            merge(cast.actor("mona"), winner, loser)
    Party.everything.filter(pk=b.pk).unjournaled_update(is_locked=False)
    Party.everything.filter(pk=far.pk).unjournaled_update(sealed=[])
    assert stored() == before


def test_the_second_of_two_is_told_who_was_faster(cast: Cast, parties: dict[str, Party]) -> None:
    a, b, c = parties["a"], parties["b"], parties["c"]
    merge(cast.actor("dora"), a, b)
    for winner, loser in ((a, b), (b, a), (b, c), (c, b)):
        with pytest.raises(ValidationError, match="dora"):
            merge(cast.actor("mona"), winner, loser)


def test_rows_that_come_late_are_gathered(
    cast: Cast, parties: dict[str, Party], make: Make
) -> None:
    a, b, dora = parties["a"], parties["b"], cast.actor("dora")
    made = merge(dora, a, b)
    late = make(Order, cast.alice, party=Party.everything.get(pk=b.pk))
    with change(SYSTEM, "test.gather"):
        assert gather(Merge.objects.get(pk=made.pk)) == 1
    assert Order.objects.get(pk=late.pk).party == a
    undo_merge(dora, made)
    assert Order.objects.get(pk=late.pk).party == b


def test_the_usual_undo_takes_a_merge_back_too(cast: Cast, parties: dict[str, Party]) -> None:
    dora, before = cast.actor("dora"), stored()
    made = merge(dora, parties["a"], parties["b"])
    assert undo(dora, made.group).count == 1
    assert stored() == before


STEPS = st.lists(
    st.tuples(st.sampled_from("mmu"), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9
)


def _play(cast: Cast, parties: dict[str, Party], steps: list[tuple[str, int, int]]) -> None:
    """Merge and undo as the steps say, then undo all that is left; what is refused is passed by."""
    mona, before = cast.actor("mona"), stored()
    keys = [parties[name].pk for name in NAMES]
    for what, one, other in steps:
        _try(lambda o=one, p=other, w=what: _step(mona, keys, w, o, p))
    while left := list(Merge.objects.filter(state="merged").order_by("pk")):
        done = [made for made in left if _try(lambda m=made: undo_merge(mona, m))]
        assert done, "nothing can be undone any more"
    assert stored() == before


def _step(actor: Any, keys: list[int], what: str, one: int, other: int) -> None:
    if what == "u":
        left = list(Merge.objects.filter(state="merged").order_by("pk"))
        if left:
            undo_merge(actor, left[one % len(left)])
        return
    winner, loser = (Party.everything.get(pk=keys[n]) for n in (one, other))
    merge(actor, winner, loser, ["phone", "code", "tags", "city"])


def _try(do: Callable[[], object]) -> bool:
    try:
        do()
    except ValidationError:
        return False
    return True


PLAYED = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
    "deadline": None,
    "derandomize": True,
}


@settings(max_examples=6, **PLAYED)
@given(steps=STEPS)
def test_any_sequence_of_merges_and_undos_restores_everything(
    parties: dict[str, Party], cast: Cast, steps: list[tuple[str, int, int]]
) -> None:
    _play(cast, parties, steps)


@pytest.mark.long
@settings(max_examples=150, **PLAYED)
@given(steps=STEPS)
def test_any_sequence_restores_everything_often(
    parties: dict[str, Party], cast: Cast, steps: list[tuple[str, int, int]]
) -> None:
    _play(cast, parties, steps)


def test_no_table_that_points_at_a_party_is_forgotten() -> None:
    """Every relation is moved, stays on purpose, or is a value of the party itself."""
    moved = {(column.model, column.name) for column in links_to(Party)}
    own = {f.remote_field.through for f in Party._meta.many_to_many}
    for model in apps.get_models(include_auto_created=True):
        if model in own or model._meta.label_lower in stays or model._meta.proxy:
            continue
        for column in model._meta.local_fields:
            if column.is_relation and column.related_model in {Party}:
                assert (model, column.name) in moved
    assert issubclass(Party, Record)
