"""A clock that is turned: nothing waits for it to come round again, nobody's work is taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.jobs import claims
from huike.kernel.jobs.claims import LEASE, claim, extend
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import enqueue
from huike.kernel.jobs.worker import run_worker

pytestmark = pytest.mark.usefixtures("queue")
SYSTEM = Actor.system("test")
HOUR = timedelta(hours=1)
Turn = Callable[[timedelta], None]


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turn the clock by so much against the true one."""
    true = timezone.now

    def turned(by: timedelta) -> None:
        def now() -> datetime:
            return true() + by

        monkeypatch.setattr(timezone, "now", now)

    return turned


def test_what_was_due_is_done_after_the_clock_went_back(turn: Turn) -> None:
    enqueue(SYSTEM, "sample.tiny")
    later = enqueue(SYSTEM, "sample.tiny", at=timezone.now() + HOUR)
    turn(-HOUR)
    assert run_worker(once=True) == 1
    later.refresh_from_db()
    assert later.state == State.WAITING


def test_a_dead_worker_s_job_is_taken_over_after_the_clock_went_back(turn: Turn) -> None:
    enqueue(SYSTEM, "sample.tiny")
    held = claim("dead")
    assert held is not None
    turn(-HOUR)
    assert claim("other") is None  # it knocks first
    assert Job.objects.get(pk=held.pk).knocked
    turn(-HOUR + LEASE)
    taken = claim("other")
    assert taken is not None
    assert (taken.pk, taken.worker) == (held.pk, "other")


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_living_worker_keeps_its_job(by: timedelta, turn: Turn) -> None:
    enqueue(SYSTEM, "sample.tiny")
    held = claim("alive")
    assert held is not None
    turn(by)
    assert claim("other") is None
    assert extend(held, LEASE)  # as its heartbeat does while the other waits for an answer
    turn(by + claims.LEASE / 2)
    assert claim("other") is None
    assert Job.objects.get(pk=held.pk).worker == "alive"
