"""Queueing: what is asked for once is run once, for whom it was asked, or not at all."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation

from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.pruning import prune
from huike.kernel.jobs.queries import job_state, my_jobs
from huike.kernel.jobs.queue import again, cancel, enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.worker import run_now, run_worker, second_lane
from tests.kernel.jobs.conftest import SECOND
from tests.kernel.jobs.sample import noted

pytestmark = pytest.mark.usefixtures("queue")
SYSTEM = Actor.system("test")
LI = Actor("李雷", user_id=7)
HAN = Actor("韩梅梅", user_id=8)
CHIEF = Actor("chief", user_id=1, is_administrator=True)


class Refused(Exception):
    """Something after the queueing went wrong."""


def test_a_job_queued_in_a_transaction_that_fails_never_runs() -> None:
    @transaction.atomic
    def ask_and_fail() -> None:
        enqueue(LI, "sample.tiny")
        raise Refused

    with pytest.raises(Refused):
        ask_and_fail()
    assert run_worker(once=True) == 0
    assert noted() == []


def test_it_runs_for_who_asked_with_the_rights_of_that_moment() -> None:
    person, system = enqueue(LI, "sample.who"), enqueue(SYSTEM, "sample.who")
    assert run_worker(once=True) == 2
    assert _result(person) == ["user 7", 7, "job", False]
    assert _result(system) == ["test", None, "system", True]


def test_an_actor_that_could_not_be_made_again_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="neither a user nor the system"):
        enqueue(Actor("key without user"), "sample.who")


def test_a_wrong_argument_or_name_is_told_when_queueing() -> None:
    with pytest.raises(TypeError):
        enqueue(LI, "sample.tiny", valeu=3)
    with pytest.raises(TypeError):
        enqueue(LI, "sample.tiny", value=timezone.now())  # no JSON
    with pytest.raises(KeyError):
        enqueue(LI, "sample.unknown")


def test_two_jobs_may_not_share_a_name() -> None:
    with pytest.raises(ValueError, match="two jobs called"):
        job("sample.tiny")(lambda work: None)


def test_of_one_key_one_waits_or_runs() -> None:
    first = enqueue(LI, "sample.tiny", key="customer 5", value=1)
    assert enqueue(HAN, "sample.tiny", key="customer 5", value=2).pk == first.pk
    assert enqueue(LI, "sample.tiny", key="customer 6").pk != first.pk
    assert enqueue(LI, "sample.who", key="customer 5").pk != first.pk
    run_worker(once=True)
    assert enqueue(LI, "sample.tiny", key="customer 5").pk != first.pk


def test_the_same_key_inside_a_transaction_does_not_spoil_it() -> None:
    enqueue(LI, "sample.tiny", key="k")
    with transaction.atomic():
        enqueue(LI, "sample.tiny", key="k")
        enqueue(LI, "sample.tiny", value=3)
    assert run_worker(once=True) == 2


def test_urgent_first_then_in_order_and_later_ones_later() -> None:
    later = enqueue(SYSTEM, "sample.tiny", at=timezone.now() + timedelta(hours=1), value=9)
    enqueue(SYSTEM, "sample.tiny", value=1)
    urgent = enqueue(SYSTEM, "sample.tiny", value=2)
    Job.objects.filter(pk=urgent.pk).update(priority=5)
    run_worker(once=True)
    done = Job.objects.filter(state=State.DONE).order_by("finished_at")
    assert [row.result for row in done] == [2, 1]
    assert _state(later) == State.WAITING


def test_a_worker_may_keep_to_its_queues() -> None:
    enqueue(SYSTEM, "sample.tiny")
    assert run_worker(once=True, queues={"mail"}) == 0
    assert run_worker(once=True, queues={"default"}) == 1


def test_what_somebody_waits_for_passes_a_night_s_work() -> None:
    night = enqueue(SYSTEM, "sample.tiny")
    Job.objects.filter(pk=night.pk).update(priority=-5)
    with second_lane(Event()):
        asked = enqueue(LI, "sample.tiny")
        until = time.monotonic() + 30
        while _state(asked) != State.DONE and time.monotonic() < until:
            time.sleep(0.02)
    assert (_state(asked), _state(night)) == (State.DONE, State.WAITING)
    assert run_worker(once=True) == 1


def test_a_worker_works_for_every_organisation() -> None:
    enqueue(SYSTEM, "sample.tiny", value=1)
    with organisations.working_for(SECOND):
        enqueue(SYSTEM, "sample.tiny", value=2)
    assert run_worker(once=True) == 2
    assert [step for _, step, _ in noted()] == [1]
    with organisations.working_for(SECOND):
        assert [step for _, step, _ in noted()] == [2]


def test_a_waiting_job_is_cancelled_at_once_and_can_be_queued_again() -> None:
    asked = enqueue(LI, "sample.tiny")
    cancel(LI, asked.pk)
    assert run_worker(once=True) == 0
    assert _state(asked) == State.CANCELLED
    assert again(LI, asked.pk).state == State.WAITING
    assert run_worker(once=True) == 1


def test_queueing_again_gives_way_to_the_same_work_queued_anew() -> None:
    asked = enqueue(LI, "sample.tiny", key="k")
    cancel(LI, asked.pk)
    newer = enqueue(LI, "sample.tiny", key="k")
    assert again(LI, asked.pk).pk == newer.pk


def test_a_running_job_notices_that_it_is_cancelled() -> None:
    asked = enqueue(LI, "sample.self_cancelling")
    run_worker(once=True, lease=timedelta(seconds=1))
    asked.refresh_from_db()
    assert asked.state == State.CANCELLED
    assert 0 < asked.done < 999


def test_only_who_asked_and_administrators_see_and_stop_a_job() -> None:
    asked = enqueue(LI, "sample.steps", count=4)
    for forbidden in (cancel, again, job_state):
        with pytest.raises(PermissionDenied):
            forbidden(HAN, asked.pk)
        with pytest.raises(PermissionDenied):
            forbidden(LI, 999_999)
    assert [s.id for s in my_jobs(LI, live=True)] == [asked.pk]
    assert my_jobs(HAN, everyone=True) == my_jobs(SYSTEM) == my_jobs(CHIEF) == []
    assert [s.id for s in my_jobs(CHIEF, everyone=True)] == [asked.pk]
    run_worker(once=True)
    seen = job_state(CHIEF, asked.pk)
    assert (seen.percent, seen.result, seen.is_live, seen.who) == (100, 4, False, "李雷")


def test_the_words_of_a_job_are_in_the_language_of_who_asked() -> None:
    with translation.override("en"):
        asked = enqueue(LI, "sample.tiny")
    assert asked.language == "en"


def test_run_now_runs_in_this_thread_and_tells_its_progress() -> None:
    told: list[tuple[int, int | None, str]] = []
    ended = run_now(LI, "sample.steps", watch=lambda *news: told.append(news), count=3)
    assert (ended.state, ended.result) == (State.DONE, 3)
    assert told == [(0, 3, "step 0"), (1, 3, "step 1"), (2, 3, "step 2")]


def test_old_jobs_are_thrown_away() -> None:
    old, kept = enqueue(SYSTEM, "sample.tiny"), enqueue(SYSTEM, "sample.tiny")
    waiting = enqueue(SYSTEM, "sample.tiny", at=timezone.now() + timedelta(days=1))
    run_worker(once=True)
    month = timezone.now() - timedelta(days=30)
    Job.objects.filter(pk=old.pk).update(finished_at=month)
    failed = enqueue(SYSTEM, "sample.tiny")
    Job.objects.filter(pk=failed.pk).update(state=State.FAILED, finished_at=month)
    assert prune(JobRun(kept, SYSTEM, lease=timedelta(seconds=9))) == 1
    assert set(Job.objects.values_list("pk", flat=True)) == {kept.pk, waiting.pk, failed.pk}


def _result(asked: Job) -> object:
    return Job.objects.values_list("result", flat=True).get(pk=asked.pk)


def _state(asked: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=asked.pk)
