"""A whole import taken back, also when that breaks off in the middle."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from huike.customers.models import Party
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change
from huike.kernel.exchange.importing import running, starting
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records import undo_job
from huike.kernel.records.undo import undo
from tests.importing import SYSTEM, Bring, work_on


def test_a_whole_import_is_undone_and_can_be_brought_in_again(bring: Bring) -> None:
    bring("name,code\nold,A1\n", "customers")
    done = bring("name,code\nnew,A1\nother,A2\n", "customers")
    work = work_on(SYSTEM, "exchange.undo", done.run)
    assert running.take_back(work, run=done.run.pk)["undone"] == 2
    assert list(Party.objects.values_list("name", flat=True)) == ["old"]
    again = bring("name,code\nnew,A1\nother,A2\n", "customers")
    assert (again["updated"], again["restored"], again["rejected"]) == (1, 1, 0)


def test_an_undo_that_breaks_off_goes_on_where_it_was(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_job, "STEP", 2)
    done = bring("name,code\n" + "".join(f"N{n},{n}\n" for n in range(5)), "customers")
    work = work_on(SYSTEM, "exchange.undo", done.run)
    steps = iter([None, None])  # the beginning and one step; then it is as if the power failed
    kept = work.checkpoint
    monkeypatch.setattr(work, "checkpoint", lambda state: (next(steps), kept(state)))
    with pytest.raises(StopIteration):
        running.take_back(work, run=done.run.pk)
    assert Party.objects.count() == 3
    assert not starting.may_undo(SYSTEM, done.run)  # nobody begins it a second time
    job = Job.objects.get(pk=work.id)
    again = running.take_back(JobRun(job, SYSTEM, lease=timedelta(minutes=5)), run=done.run.pk)
    assert (again["undone"], again["left"], Party.objects.count()) == (5, [], 0)
    assert Change.objects.filter(undoes=done.run.group).count() == 3
    assert undo(SYSTEM, uuid.UUID(again["group"])).count == 5  # the undo is one thing to undo
    assert Party.objects.count() == 5
    assert not list(broken_links())
