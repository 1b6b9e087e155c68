"""Jobs under real worker processes: killed, stopped, frozen, and several at once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest
from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import enqueue
from tests.kernel.jobs.conftest import Start, until
from tests.kernel.jobs.sample import noted

SYSTEM = Actor.system("test")


def test_a_job_killed_in_the_middle_goes_on_where_it_was(start: Start) -> None:
    job = enqueue(SYSTEM, "sample.steps", count=6, inside=0.15)
    first = start()
    until(lambda: len(noted()) >= 2)
    first.kill()  # kill -9, nearly always inside an open transaction
    before = len(noted())
    assert before < 6
    second = start()
    until(lambda: _state(job) == State.DONE)
    assert [step for _, step, _ in noted()] == [0, 1, 2, 3, 4, 5]
    assert Counter(process for _, _, process in noted()).keys() == {first.pid, second.pid}
    job.refresh_from_db()
    assert (job.result, job.token, job.attempts, job.losses) == (6, 2, 0, 0)


def test_a_frozen_worker_that_wakes_up_may_not_write_any_more(start: Start) -> None:
    job = enqueue(SYSTEM, "sample.steps", count=5, outside=0.4)
    first = start()
    until(lambda: len(noted()) >= 2)
    time.sleep(0.1)
    os.kill(first.pid, signal.SIGSTOP)
    start()
    until(lambda: len({process for _, _, process in noted()}) == 2)
    os.kill(first.pid, signal.SIGCONT)
    until(lambda: _state(job) == State.DONE)
    time.sleep(0.5)
    assert [step for _, step, _ in noted()] == [0, 1, 2, 3, 4]
    assert first.poll() is None  # it lost the job, not its life


def test_a_worker_asked_to_stop_hands_its_job_on(start: Start) -> None:
    job = enqueue(SYSTEM, "sample.steps", count=50, outside=0.1)
    worker = start()
    until(lambda: len(noted()) >= 2)
    worker.terminate()
    assert worker.wait(10) == 0
    job.refresh_from_db()
    assert (job.state, job.lease_until) == (State.WAITING, None)
    assert job.saved == {"next": len(noted())}


@pytest.mark.usefixtures("two_workers", "queue")
class TestTwoWorkers:
    """Two workers on one queue."""

    def test_each_of_200_jobs_is_run_exactly_once(self) -> None:
        jobs = [enqueue(SYSTEM, "sample.tiny", value=n) for n in range(200)]
        tiny = Job.objects.filter(name="sample.tiny")
        until(lambda: not tiny.exclude(state=State.DONE).exists())
        assert [job for job, _, _ in noted()] == [job.pk for job in jobs]
        assert set(tiny.values_list("token", flat=True)) == {1}

    def test_a_long_job_is_not_taken_over_while_its_worker_lives(self) -> None:
        job = enqueue(SYSTEM, "sample.steps", count=2, outside=1.2)
        until(lambda: _state(job) == State.DONE)
        assert len({process for _, _, process in noted()}) == 1
        job.refresh_from_db()
        assert job.token == 1

    def test_a_schedule_fires_once_a_tick(self) -> None:
        ticks = Job.objects.filter(name="sample.tick").order_by("pk")
        until(lambda: ticks.count() >= 3)
        span = (timezone.now() - ticks[0].created_at).total_seconds()
        assert ticks.count() <= span + 2


def _state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)
