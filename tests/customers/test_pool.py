"""The pool takes and gives: by rule and by hand, within limits, with a trail, undone as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone, translation

from huike.customers.models import Party
from huike.customers.pool import recycling
from huike.customers.pool.claiming import Taken, assign, claim, release
from huike.customers.pool.models import ClaimLimit, OwnerChange, PoolParty, PoolRule
from huike.customers.pool.queries import leaving, nights
from huike.customers.pool.standing import held, rules_in_force, soon, verdict_of
from huike.kernel.access.scope import visible
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.run import JobRun, Stopping
from huike.kernel.records.bulk import edit_all
from huike.kernel.records.undo import undo
from huike.office.models import Task
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast, Make

LEASE = timedelta(minutes=1)
Aged = Callable[..., Any]


def why(party: Any) -> list[str]:
    rows = OwnerChange.everything.filter(party=party.pk).order_by("at", "pk")
    return list(rows.values_list("why", flat=True))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are read in English, whether or not the Chinese is compiled."""
    with translation.override("en"):
        yield


@pytest.fixture
def aged(cast: Cast, make: Make) -> Aged:
    """Return aged(days, **given): a customer of Alice with the last contact so many days ago."""

    def made(days: int, **given: Any) -> Any:
        row = make(Party, given.pop("owner", cast.alice), **given)
        on = timezone.localdate() - timedelta(days=days)
        Party.everything.filter(pk=row.pk).unjournaled_update(
            created_at=timezone.now() - timedelta(days=500), last_contact_on=on, owned_since=None
        )
        return Party.everything.get(pk=row.pk)

    return made


def run_job() -> dict[str, Any]:
    job = Job.objects.create(name=recycling.ACTION, actor="schedule", token=1, state="running")
    return recycling.recycle(JobRun(job, SYSTEM, lease=LEASE))


def owners(*rows: Any) -> list[int | None]:
    found = dict(Party.everything.values_list("pk", "owner_id"))
    return [found[row.pk] for row in rows]


def test_the_night_takes_the_neglected_and_one_undo_gives_all_back(
    cast: Cast, make: Make, aged: Aged
) -> None:
    make(PoolRule, None, name="VIP", position=1, level="vip", is_exempt=True, is_active=True)
    make(PoolRule, None, name="month", position=2, is_active=True, order_days=60)
    make(PoolRule, None, name="asleep", position=0, days=1, is_active=False)
    late, fresh, vip, locked = aged(31), aged(30), aged(400, level="vip"), aged(400)
    Party.everything.filter(pk=locked.pk).unjournaled_update(is_locked=True)
    busy, buyer = aged(90), aged(90)
    make(Task, cast.alice, party=busy)
    make(Order, cast.alice, party=buyer)
    assert run_job()["taken"] == 1
    me = cast.alice.pk
    assert owners(late, fresh, vip, locked, busy, buyer) == [None, me, me, me, me, me]
    (row,) = OwnerChange.everything.filter(party=late.pk)
    assert (row.why, row.rule, row.days, row.before_id) == ("recycled", "month", 31, me)
    assert list(visible(cast.actor("carol"), PoolParty)) == [PoolParty.objects.get(pk=late.pk)]
    (night,) = nights()
    assert night.count == 1
    undone = undo(cast.actor("root"), night.group)
    assert (undone.count, undone.left) == (1, [])
    assert owners(late) == [me]
    assert why(late) == ["recycled", "undone"]
    assert run_job()["taken"] == 0  # who was given back has the days anew


def test_a_job_that_was_stopped_goes_on_in_the_same_group(
    cast: Cast, make: Make, aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(PoolRule, None, is_active=True)
    rows = [aged(50) for _n in range(3)]
    monkeypatch.setattr(recycling, "CHUNK", 1)
    job = Job.objects.create(name=recycling.ACTION, actor="schedule", token=1, state="running")
    first = JobRun(job, SYSTEM, lease=LEASE, watch=lambda *told: first._stopping.set())
    with pytest.raises(Stopping):
        recycling.recycle(first)
    assert owners(*rows).count(None) == 1
    told = recycling.recycle(JobRun(job, SYSTEM, lease=LEASE))
    assert (told["taken"], owners(*rows)) == (3, [None, None, None])
    (night,) = nights()
    assert night.count == 3


def test_a_contact_written_down_in_the_meantime_counts(cast: Cast, make: Make, aged: Aged) -> None:
    make(PoolRule, None, is_active=True)
    late = aged(50)
    keys = [late.pk]
    Party.everything.filter(pk=late.pk).unjournaled_update(last_contact_on=timezone.localdate())
    with change(SYSTEM, "test"):
        assert recycling.take(rules_in_force(), keys, timezone.localdate()) == []


def test_the_second_to_claim_is_told_who_was_faster(cast: Cast, make: Make) -> None:
    row = make(PoolParty)
    stale = Party.everything.get(pk=row.pk)
    claim(cast.actor("carol"), row)
    with pytest.raises(Taken, match="carol"):
        claim(cast.actor("mona"), stale)
    kept = Party.everything.get(pk=row.pk)
    assert (kept.owner, kept.department) == (cast.carol, cast.carol.department)
    assert (kept.pooled_since, kept.owned_since) == (None, timezone.localdate())
    with pytest.raises(PermissionDenied):
        claim(cast.actor("iris"), make(PoolParty))
    with pytest.raises(PermissionDenied):
        claim(cast.actor("bob"), make(PoolParty))  # sees, but may not add customers


def test_limits_of_a_day_of_holding_and_of_former_owners(cast: Cast, make: Make) -> None:
    make(ClaimLimit, None, per_day=2, most_held=3, lock_days=30)
    carol = cast.actor("carol")
    rows = [make(PoolParty) for _n in range(4)]
    with change(carol, "test"):  # many at once count too
        claim(carol, rows[0])
        claim(carol, rows[1])
        with pytest.raises(ValidationError, match="today"):
            claim(carol, rows[2])
    release(carol, Party.everything.get(pk=rows[0].pk), note="moved away")
    OwnerChange.everything.filter(after=cast.carol).unjournaled_update(
        at=timezone.now() - timedelta(days=2)
    )
    with pytest.raises(ValidationError, match="not long ago"):
        claim(carol, rows[0])
    OwnerChange.everything.filter(before=cast.carol).unjournaled_update(
        at=timezone.now() - timedelta(days=31)
    )
    claim(carol, rows[0])
    claim(carol, rows[2])
    with change(SYSTEM, "test.tomorrow"):
        edit_all(ClaimLimit.objects.all(), {"per_day": 99})
    with pytest.raises(ValidationError, match="held"):
        claim(carol, rows[3])
    assert sorted(why(rows[0])) == ["claimed", "claimed", "released"]


def test_the_nearest_departments_limit_counts_also_after_a_move(cast: Cast, make: Make) -> None:
    make(ClaimLimit, None, per_day=0)
    make(ClaimLimit, None, department=cast.departments["south"], per_day=9)
    alice, row = cast.actor("alice"), make(PoolParty)
    with pytest.raises(ValidationError):
        claim(alice, row)
    with change(SYSTEM, "test.move"):
        north = cast.departments["north"]
        north.parent = cast.departments["south"]
        north.save()
    claim(cast.actor("alice"), row)
    assert owners(row) == [cast.alice.pk]


def test_who_leads_assigns_within_reach_and_to_the_active_only(cast: Cast, make: Make) -> None:
    dora, row = cast.actor("dora"), make(PoolParty)
    for nobody in (cast.carol, None):  # Carol works beyond Dora's reach
        with pytest.raises((PermissionDenied, ValidationError)):
            assign(dora, row, nobody and nobody.pk)
    with pytest.raises(PermissionDenied):
        assign(cast.actor("carol"), row, cast.carol.pk)
    cast.bob.is_active = False
    cast.bob.save()
    with pytest.raises(ValidationError):
        assign(dora, row, cast.bob.pk)
    assign(dora, row, cast.alice.pk, note="yours")
    assert (owners(row), why(row)) == ([cast.alice.pk], ["assigned"])


def test_who_loses_a_customer_soon_is_warned(cast: Cast, make: Make, aged: Aged) -> None:
    make(PoolRule, None, is_active=True, warn_days=7)
    near, far, bobs = aged(26), aged(10), aged(28, owner=cast.bob)
    today = timezone.localdate()
    alice = cast.actor("alice")
    told, count = leaving(alice, today, mine=True, limit=5)
    assert [(t.party, t.days_left) for t in told] == [(near, 5)]
    assert count == 1
    assert [v.case.party for v in soon(held(), today)] == [bobs.pk, near.pk]
    verdict = verdict_of(near, today)
    assert verdict is not None
    assert verdict.days_left(today) == 5
    assert verdict_of(far, today) is None


def test_any_change_of_owner_leaves_a_trail(cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    with change(SYSTEM, "customers.party.transfer"):
        edit_all(Party.objects.filter(pk=row.pk), {"owner": cast.bob})
    with change(SYSTEM, "test"):  # there and back again within one change is no change
        edit_all(Party.objects.filter(pk=row.pk), {"owner": cast.carol})
        edit_all(Party.objects.filter(pk=row.pk), {"owner": cast.bob})
    with change(SYSTEM, "test"):
        edit_all(Party.objects.filter(pk=row.pk), {"owner": None})
    assert why(row) == ["handed", "edited"]
    assert PoolParty.objects.filter(pk=row.pk, pooled_since=timezone.localdate()).exists()


def test_phones_in_the_pool_are_masked_until_claimed_and_the_page_tells_the_second(
    cast: Cast, make: Make
) -> None:
    from huike.kernel.access.models import FieldLimit, Role

    row = make(PoolParty, phone="+8613812345678")
    role = Role.objects.get(name="carol")
    FieldLimit.objects.create(
        role=role, record="customers.poolparty", field="phone", right="masked"
    )
    client = Client()
    client.force_login(cast.carol)
    for page in ("", f"{row.pk}/", "export/?kind=csv"):
        answer: Any = client.get(f"/customers/poolparty/{page}")
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert b"2345" not in text.replace(b" ", b"")
    assert client.get("/pool/").status_code == 200
    address = f"/customers/poolparty/{row.pk}/do/claim/"
    assert client.post(address)["Location"] == f"/customers/party/{row.pk}/"
    assert "138" in client.get(f"/customers/party/{row.pk}/").content.decode()
    client.force_login(cast.mona)
    answer = client.post(address, follow=True)
    assert "carol" in answer.content.decode()
    assert visible(cast.actor("carol"), Party, Op.EDIT).filter(pk=row.pk).exists()
