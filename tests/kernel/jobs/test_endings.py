"""How jobs end: tried again, given up with words, disturbed, taken over."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone, translation

from huike.kernel.actor import Actor
from huike.kernel.jobs import actors
from huike.kernel.jobs.claims import LEASE, MAX_LOSSES, claim
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queries import job_state
from huike.kernel.jobs.queue import cancel, enqueue
from huike.kernel.jobs.run import JobRun, LostLease, Stopping
from huike.kernel.jobs.worker import run_worker
from tests.kernel.jobs.sample import noted

pytestmark = pytest.mark.usefixtures("queue")
LI = Actor("李雷", user_id=7)
CHIEF = Actor("chief", user_id=1, is_administrator=True)


def test_an_unexpected_error_is_tried_again_after_pauses_that_double() -> None:
    job = enqueue(LI, "sample.flaky", failures=2)
    for attempts, pause in ((1, 10), (2, 20)):
        assert run_worker(once=True) == 1
        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.WAITING, attempts)
        assert pause - 5 < (job.run_at - timezone.now()).total_seconds() <= pause
        assert run_worker(once=True) == 0  # not before its time
        _due_now(job)
    run_worker(once=True)
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == (State.DONE, "at last", "")


def test_a_job_that_fails_for_good_has_words_for_the_user_and_details_for_the_chief() -> None:
    with translation.override("en"):
        job = enqueue(LI, "sample.flaky", failures=9)
    for _ in range(3):
        run_worker(once=True)
        _due_now(job)
    seen = job_state(LI, job.pk)
    assert (seen.state, seen.traceback) == (State.FAILED, "")
    assert seen.error.startswith("An unexpected error ended this job.")
    assert "secret" not in seen.error
    assert "ZeroDivisionError: secret detail" in job_state(CHIEF, job.pk).traceback


@pytest.mark.parametrize(("how", "words"), [("given up", "文件已删除"), ("invalid", "不是日期")])
def test_what_no_retry_can_mend_is_not_tried_again(how: str, words: str) -> None:
    job = enqueue(LI, "sample.hopeless", how=how)
    run_worker(once=True)
    seen = job_state(LI, job.pk)
    assert (seen.state, seen.error) == (State.FAILED, words)


def test_a_job_that_leaves_the_program_does_not_take_the_worker_with_it() -> None:
    job = enqueue(LI, "sample.hopeless", how="exit")
    assert run_worker(once=True) == 1
    assert job_state(LI, job.pk).state == State.WAITING


def test_trouble_with_the_database_costs_no_attempt_up_to_a_limit() -> None:
    job = enqueue(LI, "sample.hopeless", how="database")
    for losses in range(1, MAX_LOSSES + 1):
        run_worker(once=True)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.losses) == (State.WAITING, 0, losses)
        _due_now(job)
    run_worker(once=True)
    assert job_state(LI, job.pk).state == State.FAILED


def test_a_job_of_somebody_who_is_gone_says_so() -> None:
    with translation.override("en"):
        job = enqueue(Actor("gone", user_id=404), "sample.tiny")
    run_worker(once=True)
    assert "may no longer sign in" in job_state(CHIEF, job.pk).error
    assert noted() == []


def test_without_a_resolver_no_job_runs_under_a_wrong_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "_resolver", None)
    job = enqueue(LI, "sample.tiny")
    run_worker(once=True)
    assert "no resolver" in job_state(CHIEF, job.pk).traceback


def test_a_checkpoint_belongs_into_the_transaction_of_its_work() -> None:
    job = enqueue(LI, "sample.outside")
    run_worker(once=True)
    assert "belongs into the transaction" in job_state(CHIEF, job.pk).traceback


def test_a_lease_that_ran_out_is_knocked_at_before_it_is_taken() -> None:
    job = enqueue(LI, "sample.tiny")
    first = claim("first")
    assert first is not None
    assert claim("second") is None
    _silent(job)
    assert claim("second") is None  # knocks
    _silent(job)
    second = claim("second")
    assert second is not None
    assert (second.pk, second.token, second.losses) == (job.pk, 2, 1)


def test_a_worker_that_answers_the_knock_keeps_its_job() -> None:
    job = enqueue(LI, "sample.steps", count=2)
    mine = claim("first")
    assert mine is not None
    _silent(job)
    assert claim("second") is None  # knocks
    with transaction.atomic():
        JobRun(mine, LI, lease=LEASE).checkpoint({"next": 1})
    _silent(job)
    assert claim("second") is None  # knocks once more, because it was answered


def test_who_lost_the_lease_can_neither_save_nor_end_the_job() -> None:
    job = enqueue(LI, "sample.steps", count=2)
    mine = claim("first")
    assert mine is not None
    Job.objects.filter(pk=job.pk).update(token=2, worker="second")
    run = JobRun(mine, LI, lease=LEASE)
    with pytest.raises(LostLease), transaction.atomic():
        run.checkpoint({"next": 1})
    with pytest.raises(LostLease):
        run.progress(1)
    execute(mine)
    job.refresh_from_db()
    assert (job.state, job.saved, job.worker) == (State.RUNNING, {}, "second")
    assert noted() == []


def test_an_atomic_job_is_done_together_with_its_mark_or_not_at_all() -> None:
    whole = enqueue(LI, "sample.whole")
    robbed = enqueue(LI, "sample.whole", robbed=True)
    run_worker(once=True)
    assert [job for job, _, _ in noted()] == [whole.pk]
    whole.refresh_from_db()
    robbed.refresh_from_db()
    assert (whole.state, robbed.state) == (State.DONE, State.RUNNING)


def test_a_job_in_which_the_program_dies_again_and_again_is_given_up() -> None:
    with translation.override("en"):
        job = enqueue(LI, "sample.tiny")
    for _ in range(MAX_LOSSES + 1):
        assert claim("one that dies") is not None
        _silent(job)
        assert claim("next") is None  # knocks
        _silent(job)
    assert claim("next") is None
    assert job_state(LI, job.pk).error.startswith("The program stopped 6 times")


def test_a_cancelled_job_of_a_dead_worker_is_not_started_again() -> None:
    job = enqueue(LI, "sample.tiny")
    claim("one that dies")
    cancel(LI, job.pk)
    _silent(job)
    assert run_worker(once=True) == 0
    assert job_state(LI, job.pk).state == State.CANCELLED


def test_stopping_is_told_at_progress_and_takes_a_checkpoint_back() -> None:
    enqueue(LI, "sample.steps", count=2)
    mine = claim("first")
    assert mine is not None
    stopping = Event()
    run = JobRun(mine, LI, lease=LEASE, stopping=stopping)
    run.progress(0)
    stopping.set()
    with pytest.raises(Stopping):
        run.progress(1)
    with pytest.raises(Stopping), transaction.atomic():
        run.checkpoint({"next": 1})
    mine.refresh_from_db()
    assert mine.saved == {}


def _due_now(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())


def _silent(job: Job) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(lease_until=past)
