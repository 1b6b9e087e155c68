"""The rule's word on relation and stage, a person's word over it, and the rule's again after."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from huike.customers.models import Party
from huike.customers.stages import following
from huike.customers.stages.models import StageChange, StageOverride
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records.undo import undo
from tests.cast import SYSTEM, Cast, Make


def found(party: Party, relation: str, stage: str) -> None:
    with change(SYSTEM, "analytics.run"):
        following.found_by_rule({party.pk: (relation, stage)})


def now(party: Party) -> tuple[str, str]:
    return Party.objects.values_list("relation", "stage").get(pk=party.pk)


def told(party: Party) -> list[tuple[str, str, bool]]:
    rows = StageChange.everything.filter(party=party).order_by("pk")
    return list(rows.values_list("before", "after", "by_rule"))


def test_a_persons_word_holds_until_its_end(cast: Cast, make: Make) -> None:
    row, today = make(Party, cast.alice), timezone.localdate()
    found(row, "current", "formation")
    assert (now(row), told(row)) == (("current", "formation"), [])  # the first look is no change
    word = make(StageOverride, cast.alice, party=row, stage="stable", until=today)
    assert now(row) == ("current", "stable")
    found(row, "current", "decline")
    assert now(row) == ("current", "stable")  # the rule waits
    StageOverride.everything.filter(pk=word.pk).unjournaled_update(until=today - timedelta(days=1))
    job = Job.objects.create(name="customers.stages", actor="x", token=1, state="running")
    assert following.end_words(JobRun(job, SYSTEM, lease=timedelta(minutes=1))) == {"ended": 1}
    assert now(row) == ("current", "decline")
    assert told(row) == [("formation", "stable", False), ("stable", "decline", True)]


def test_a_word_taken_back_gives_the_rule_back_at_once(cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    found(row, "lost", "lost")
    until = timezone.localdate() + timedelta(days=9)
    with change(cast.actor("alice"), "test") as work:
        word = StageOverride(party=row, relation="target", remark="comes back", until=until)
        word.save()
    assert now(row) == ("target", "lost")
    undo(cast.actor("root"), work.group)
    assert now(row) == ("lost", "lost")
