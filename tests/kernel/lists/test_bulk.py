"""Acts on many rows: what the preview says is what happens; nobody reaches further than allowed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from huike.channels.models import Interaction
from huike.customers.models import Party, Tag
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Refused
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import Act, Edit, ToBin, Transfer
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do, act_from
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import create_all
from huike.kernel.records.undo import undo
from huike.office.models import Task
from tests.cast import SYSTEM, Cast, Make

PARTY = entity_of(Party)


def everything(entity: Any = PARTY, **view: Any) -> Selection:
    return Selection(ListView(entity, **view))


def fresh(row: Party) -> Party:
    return Party.everything.get(pk=row.pk)


@pytest.fixture
def four(cast: Cast, make: Make) -> list[Party]:
    return [
        make(Party, owner, level="small")
        for owner in (cast.alice, cast.alice, cast.bob, cast.carol)
    ]


def same_as_preview(actor: Any, selection: Selection, act: dict[str, Any]) -> bulk.Outcome:
    """Preview, do, and hold the one against the other."""
    before = Entry.objects.count()
    told = bulk.preview(actor, selection, act_from(act))
    assert Entry.objects.count() == before, "a preview writes nothing"
    done = bulk.run(actor, selection, act_from(act))
    for name in ("chosen", "out_of_reach", "changed", "unchanged", "refused", "reasons", "shown"):
        assert getattr(told, name) == getattr(done, name), name
    assert next(iter(broken_links()), None) is None
    return done


def test_edit_reaches_as_far_as_the_actor(four: list[Party], cast: Cast) -> None:
    act = {"act": "edit", "field_name": "level", "given": "vip"}
    alice = same_as_preview(cast.actor("alice"), everything(), act)
    assert (alice.changed, alice.out_of_reach) == (2, 0)
    dora = same_as_preview(cast.actor("dora"), everything(), act)
    assert (dora.changed, dora.unchanged) == (1, 2)
    assert [fresh(p).level for p in four] == ["vip", "vip", "vip", "small"]


def test_rows_seen_but_not_editable_are_counted_out_of_reach(four: list[Party], cast: Cast) -> None:
    act = {"act": "edit", "field_name": "level", "given": "vip"}
    bob = cast.actor("bob")  # sees his department, edits nothing
    told = bulk.preview(bob, everything(), act_from(act))
    assert (told.chosen, told.out_of_reach, told.changed) == (3, 3, 0)
    keys = tuple(p.pk for p in four)
    done = bulk.run(bob, Selection(ListView(PARTY), keys), act_from(act))
    assert done.changed == 0
    assert {fresh(p).level for p in four} == {"small"}


def test_wrong_values_are_refused_before_anything_happens(four: list[Party], cast: Cast) -> None:
    root = cast.actor("root")
    for act in (
        {"act": "edit", "field_name": "level", "given": "golden"},
        {"act": "edit", "field_name": "name", "given": ""},
        {"act": "edit", "field_name": "created_at", "given": "2020-01-01"},
        {"act": "edit", "field_name": "nothing", "given": "x"},
        {"act": "edit", "field_name": "category", "given": "99999"},
        {"act": "edit", "field_name": "level", "given": "vip", "how": "add"},
        {"act": "transfer", "owner": ""},
        {"act": "verb", "verb_name": "explode"},
    ):
        with pytest.raises(Refused):
            bulk.preview(root, everything(), act_from(act))


def test_a_code_that_must_be_alone_goes_to_one_row_only(four: list[Party], cast: Cast) -> None:
    root = cast.actor("root")
    with pytest.raises(Refused):
        bulk.preview(root, everything(), Edit("code", "K1"))
    one = Selection(ListView(PARTY), (four[0].pk,))
    assert bulk.run(root, one, Edit("code", "K1")).changed == 1
    with pytest.raises(Refused):
        bulk.run(root, Selection(ListView(PARTY), (four[1].pk,)), Edit("code", "K1"))


def test_what_the_database_refuses_does_not_hold_up_the_rest(
    four: list[Party], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if another person had taken the code after it was checked."""
    monkeypatch.setattr("huike.kernel.lists.acting.acts.is_alone", lambda entity, f: False)
    monkeypatch.setattr("huike.kernel.lists.acting.acts.constraints_on", lambda model, name: [])
    act = {"act": "edit", "field_name": "code", "given": "K1"}
    done = same_as_preview(cast.actor("root"), everything(), act)
    assert (done.changed, done.refused) == (1, 3)


def test_fields_without_the_right_to_write_are_refused(four: list[Party], cast: Cast) -> None:
    role = cast.dora.roles.get()
    for right in ("hidden", "masked", "read"):
        FieldLimit.objects.update_or_create(
            role=role, record="customers.party", field="level", defaults={"right": right}
        )
        with pytest.raises(Refused):
            bulk.preview(cast.actor("dora"), everything(), Edit("level", "vip"))


def test_transfer_stays_within_reach(four: list[Party], cast: Cast) -> None:
    """Dora hands over within her departments; Alice, who reaches only her own, can't give away."""
    to_bob = {"act": "transfer", "owner": str(cast.bob.pk), "note": "on leave"}
    alice = same_as_preview(cast.actor("alice"), everything(), to_bob)
    assert (alice.changed, alice.refused) == (0, 2)
    dora = same_as_preview(cast.actor("dora"), everything(), to_bob)
    assert (dora.changed, dora.unchanged) == (2, 1)
    assert fresh(four[0]).owner_id == cast.bob.pk
    south = same_as_preview(
        cast.actor("dora"), everything(), {"act": "transfer", "owner": str(cast.carol.pk)}
    )
    assert (south.changed, south.refused) == (0, 3)


def test_transfer_takes_rows_to_the_new_owners_department_and_back(
    four: list[Party], cast: Cast
) -> None:
    mona = cast.actor("mona")
    done = bulk.run(mona, everything(), Transfer(str(cast.carol.pk)))
    assert done.changed == 3
    assert {fresh(p).department_id for p in four} == {cast.departments["south"].pk}
    undo(mona, done.group)
    assert fresh(four[0]).owner_id == cast.alice.pk
    assert fresh(four[0]).department_id == cast.departments["north 1"].pk


def test_the_hand_over_note_lies_on_every_timeline_and_goes_with_an_undo(
    four: list[Party], cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    mona = cast.actor("mona")
    with django_capture_on_commit_callbacks(execute=True):
        done = bulk.run(mona, everything(), Transfer(str(cast.carol.pk), note="on leave"))
    notes = Interaction.objects.filter(body="on leave")
    assert {n.party_id for n in notes} == {p.pk for p in four[:3]}
    undo(mona, done.group)
    assert not notes.all().exists()


def test_tags_are_added_removed_and_undone(four: list[Party], cast: Cast, make: Make) -> None:
    tags = [make(Tag) for _ in range(3)]
    keys = [t.pk for t in tags]
    root = cast.actor("root")
    with change(SYSTEM, "test.tag"):
        row = fresh(four[0])
        row.set_links("tags", [keys[2]])
        row.save()
    add = same_as_preview(
        root, everything(), {"act": "edit", "field_name": "tags", "given": keys[:2], "how": "add"}
    )
    assert add.changed == 4
    assert fresh(four[0]).links("tags") == keys
    gone = bulk.run(root, everything(), Edit("tags", [keys[2]], "remove"))
    assert (gone.changed, gone.unchanged) == (1, 3)
    undo(root, gone.group)
    assert fresh(four[0]).links("tags") == keys
    undo(root, add.group)
    assert fresh(four[0]).links("tags") == [keys[2]]
    assert fresh(four[1]).links("tags") == []


def test_custom_fields_are_set_like_others(four: list[Party], cast: Cast) -> None:
    CustomField.objects.create(record="customers.party", name="plate", label="Plate", unique=True)
    CustomField.objects.create(
        record="customers.party",
        name="likes",
        label="Likes",
        kind="choices",
        choices=["tea", "golf"],
    )
    CustomField.objects.create(
        record="customers.party", name="fee", label="Fee", kind="money", required=True
    )
    root = cast.actor("root")
    with pytest.raises(Refused):
        bulk.preview(root, everything(), Edit("extra.plate", "A1"))
    with pytest.raises(Refused):
        bulk.preview(root, everything(), Edit("extra.fee", ""))
    same_as_preview(root, everything(), {"act": "edit", "field_name": "extra.fee", "given": "12.5"})
    same_as_preview(
        root,
        everything(),
        {"act": "edit", "field_name": "extra.likes", "given": ["golf"], "how": "add"},
    )
    same_as_preview(
        root,
        everything(),
        {"act": "edit", "field_name": "extra.likes", "given": ["tea"], "how": "add"},
    )
    assert fresh(four[0]).extra == {"fee": "12.50", "likes": ["tea", "golf"]}


def test_the_bin_needs_its_own_permission(four: list[Party], cast: Cast) -> None:
    alice = bulk.preview(cast.actor("alice"), everything(), ToBin())
    assert (alice.changed, alice.out_of_reach) == (0, 2)
    dora = same_as_preview(cast.actor("dora"), everything(), {"act": "bin"})
    assert dora.changed == 3
    assert Party.objects.count() == 1
    undo(cast.actor("dora"), dora.group)
    assert Party.objects.count() == 4


def test_a_verb_is_done_to_each_row_to_which_it_applies(cast: Cast, make: Make) -> None:
    task = entity_of(Task)
    made = [make(Task, cast.alice, state=state) for state in ("open", "doing", "done")]
    make(Task, cast.carol)
    alice = same_as_preview(
        cast.actor("alice"), everything(task), {"act": "verb", "verb_name": "finish"}
    )
    assert (alice.changed, alice.unchanged) == (2, 1)
    assert {Task.objects.get(pk=t.pk).state for t in made} == {"done"}
    with pytest.raises(Refused):
        bulk.run(cast.actor("alice"), everything(task), Do("reopen"))


def test_rows_beyond_the_view_are_not_touched(four: list[Party], cast: Cast) -> None:
    selection = everything(filter=["owner", "is", cast.carol.pk])
    assert bulk.run(cast.actor("root"), selection, Edit("level", "vip")).changed == 1
    keys = Selection(ListView(PARTY), (four[0].pk, 999_999))
    assert bulk.run(cast.actor("carol"), keys, Edit("level", "vip")).changed == 0


def test_renamed_rows_keep_their_sort_key(four: list[Party], cast: Cast) -> None:
    bulk.run(cast.actor("root"), everything(), Edit("name", "欧阳锋"))
    row = fresh(four[0])
    assert row.name_key == Party(name="欧阳锋").name_key or row.name_key.startswith("ou")


@pytest.mark.parametrize(
    "act",
    [Edit("level", "vip"), Edit("extra.plate", "A1"), Edit("tags", ["T"], "add"), ToBin()],
    ids=["field", "custom", "tags", "bin"],
)
@pytest.mark.long
def test_many_rows_go_in_chunks_of_one_group(act: Act, cast: Cast, make: Make) -> None:
    CustomField.objects.create(record="customers.party", name="plate", label="Plate")
    make(Tag, name="T")
    with change(SYSTEM, "test.many"):
        create_all(
            [
                Party(
                    name=f"P{n}",
                    name_key=f"p{n}",
                    owner=cast.alice,
                    department=cast.alice.department,
                )
                for n in range(2_000)
            ],
            clean=False,
            full_entries=False,
        )
    root = cast.actor("root")
    outcome = bulk.prepare(root, everything(), act)
    group = uuid.uuid4()
    while keys := bulk.next_keys(root, everything(), act, outcome.last):
        with change(root, "test.bulk", group=group):
            bulk.do_chunk(root, everything(), act, keys, outcome)
    assert outcome.changed == 2_000
    assert Change.objects.filter(group=group).count() == 4
