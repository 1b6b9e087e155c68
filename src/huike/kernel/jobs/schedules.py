"""Work that comes round by the clock: each tick queues one job, however many workers there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.jobs.models import Schedule
from huike.kernel.jobs.queue import enqueue, kinds

F = TypeVar("F", bound=Callable[..., Any])
Tick = Callable[[datetime], datetime]  # now -> the newest tick that is not after it
ticks: dict[str, Tick] = {}


def every(*, hours: int = 0, minutes: int = 0, seconds: int = 0) -> Callable[[F], F]:
    """Queue the job at every multiple of this span; write it above `@job`."""
    span = hours * 3600 + minutes * 60 + seconds
    if span <= 0:
        raise ValueError("every() needs a span of time")

    def last(now: datetime) -> datetime:
        return datetime.fromtimestamp(now.timestamp() // span * span, UTC)

    return _declare(last)


def daily(at: str = "03:00") -> Callable[[F], F]:
    """Queue the job every day at this local time; write it above `@job`."""
    return _declare(lambda now: _back(now, at, lambda day: True))


def weekly(day: int, at: str = "03:00") -> Callable[[F], F]:
    """Queue the job once a week (`day` 0 is Monday); write it above `@job`."""
    if day not in range(7):
        raise ValueError("weekly() needs a day from 0 (Monday) to 6")
    return _declare(lambda now: _back(now, at, lambda when: when.weekday() == day))


def monthly(day: int = 1, at: str = "03:00") -> Callable[[F], F]:
    """Queue the job on this day (1 to 28) of every month; write it above `@job`."""
    if day not in range(1, 29):
        raise ValueError("monthly() needs a day that every month has, 1 to 28")
    return _declare(lambda now: _back(now, at, lambda when: when.day == day))


def _back(now: datetime, at: str, fits: Callable[[datetime], bool]) -> datetime:
    """Walk back from `now` to the newest fitting day's time `at`, as the local clock shows it."""
    hour, _, minute = at.partition(":")
    local = timezone.localtime(now)
    tick = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    while tick.astimezone(UTC) > now or not fits(tick):
        tick -= timedelta(days=1)
    return tick.astimezone(UTC)


def _declare(tick: Tick) -> Callable[[F], F]:
    tick(timezone.now())  # a wrong time of day is told at start-up, not at night

    def register(function: F) -> F:
        name = next((k.name for k in kinds.values() if k.function is function), None)
        if name is None:
            raise TypeError(f"write the schedule above @job: {function.__qualname__} is no job yet")
        ticks[name] = tick
        return function

    return register


def fire_due(known: dict[str, datetime], now: datetime | None = None) -> list[str]:
    """Queue a job for every schedule that has ticked, and return their names.

    However many ticks were missed, one job is queued; while the one before still waits or runs,
    none. `known` is the caller's memory, so that between ticks the database is not asked.
    """
    now = now or timezone.now()
    fired = []
    for name, last in ticks.items():
        tick = last(now)
        if known.get(name) == tick:
            continue
        if _fire(name, tick):
            fired.append(name)
        known[name] = tick
    return fired


def _fire(name: str, tick: datetime) -> bool:
    """Take the tick and queue its job in one transaction; return False where it was taken before.

    The first sight of a schedule only notes the time: a new installation does not begin with
    everything that would have been due last night.
    """
    with transaction.atomic():
        Schedule.objects.get_or_create(name=name, defaults={"last_fired_at": tick})
        missed = Schedule.objects.filter(name=name, last_fired_at__lt=tick)
        if not missed.update(last_fired_at=tick):
            return False
        enqueue(Actor.system("schedule"), name, key="schedule")
    return True
