"""Schedules: when they tick, and that every tick counts once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from huike.kernel.jobs import schedules
from huike.kernel.jobs.models import Job, Schedule
from huike.kernel.jobs.schedules import daily, every, fire_due, monthly, weekly
from huike.kernel.jobs.worker import run_worker
from tests.kernel.jobs import sample

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("declare", "newest"),
    [
        (every(minutes=15), "2026-11-23 12:00"),
        (every(hours=5), "2026-11-23 08:00"),
        (daily(at="03:00"), "2026-11-23 03:00"),
        (daily(at="12:00"), "2026-11-23 12:00"),
        (daily(at="12:01"), "2026-11-22 12:01"),
        (weekly(0, at="12:00"), "2026-11-23 12:00"),
        (weekly(0, at="13:00"), "2026-11-16 13:00"),
        (weekly(6), "2026-11-22 03:00"),
        (monthly(), "2026-11-01 03:00"),
        (monthly(24, at="08:30"), "2026-10-24 08:30"),
    ],
)
def test_the_newest_tick_by_the_local_clock(
    declare: Callable[[Any], Any], newest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "ticks", {})
    declare(sample.tick)
    tick = schedules.ticks["sample.tick"](NOON)
    assert f"{timezone.localtime(tick):%Y-%m-%d %H:%M}" == newest


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: every(),
        lambda: daily(at="25:00"),
        lambda: weekly(7),
        lambda: monthly(31),
        lambda: daily()(lambda work: None),
    ],
)
def test_a_schedule_that_makes_no_sense_is_told_at_start(wrong: Callable[[], Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        wrong()


@pytest.mark.usefixtures("queue")
def test_first_sight_fires_nothing_and_every_later_tick_once() -> None:
    every(minutes=15)(sample.tick)
    known: dict[str, datetime] = {}
    assert fire_due(known, NOON) == []
    assert fire_due(known, NOON + QUARTER / 2) == []
    assert fire_due(known, NOON + QUARTER) == ["sample.tick"]
    assert fire_due(known, NOON + QUARTER) == []
    assert fire_due({}, NOON + QUARTER) == []  # another worker, or this one after a restart
    assert Job.objects.get().actor == "schedule"


@pytest.mark.usefixtures("queue")
def test_missed_ticks_collapse_into_one_and_a_backlog_does_not_pile_up() -> None:
    every(minutes=15)(sample.tick)
    fire_due({}, NOON)
    assert fire_due({}, NOON + 40 * QUARTER) == ["sample.tick"]  # down for ten hours
    fire_due({}, NOON + 41 * QUARTER)  # nobody has run the first one yet
    assert Job.objects.count() == 1
    assert Schedule.objects.get().last_fired_at == NOON + 41 * QUARTER


@pytest.mark.usefixtures("queue")
def test_of_eight_workers_at_the_same_moment_one_takes_the_tick() -> None:
    every(minutes=15)(sample.tick)
    fire_due({}, NOON)

    def worker(now: datetime) -> int:
        try:
            return len(fire_due({}, now))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for turn in range(1, 6):
            assert sum(pool.map(worker, [NOON + turn * QUARTER] * 8)) == 1
            Job.objects.all().delete()


@pytest.mark.usefixtures("queue")
def test_a_worker_fires_and_runs_what_is_due() -> None:
    every(minutes=15)(sample.tick)
    fire_due({}, timezone.now() - timedelta(hours=3))
    assert run_worker(once=True, organisations=lambda: ["main"]) == 1
    assert Job.objects.get().state == "done"
