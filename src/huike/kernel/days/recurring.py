"""When a day comes round: by the solar calendar, and by the lunar one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from huike.kernel.days import lunar
from huike.kernel.days.lunar import LunarDay


def solar_in(month: int, day: int, year: int) -> date:
    """Return a day of the year in a given year; 29 February is the 28th where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


def next_solar(born: date, today: date) -> date:
    """Return the first day from `today` on that is the anniversary of `born`."""
    here = solar_in(born.month, born.day, today.year)
    return here if here >= today else solar_in(born.month, born.day, today.year + 1)


def next_lunar(day: LunarDay, today: date) -> date:
    """Return the first solar day from `today` on, on which a lunar day is kept.

    Raises:
        ValueError: `today` lies outside of the years that the lunar calendar knows.
    """
    for year in (today.year - 1, today.year, today.year + 1):
        on = lunar.in_year(day, year)
        if on >= today:
            return on
    raise ValueError(f"no lunar year after {today}")


@lru_cache(maxsize=8)
def coming(first: date, days: int) -> Mapping[str, date]:
    """Return all that comes round in a span of days: its key to the day on which it is kept.

    Keys are "s08-15" of the solar calendar, "l08-15" and "l06-01L" of the lunar one, as
    `Anniversary.recurs` holds them, and "2026-08-15" for what comes once. What comes twice in the
    span is found on the first of its days.

    Parameters:
        first: the first day of the span.
        days: its length; at most a year.
    """
    found: dict[str, date] = {}
    for on in (first + timedelta(n) for n in range(days)):
        for name in _keys_on(on):
            found.setdefault(name, on)
    return found


def _keys_on(on: date) -> list[str]:
    keys = [on.isoformat(), f"s{on:%m-%d}"]
    if (on.month, on.day) == (2, 28) and solar_in(2, 29, on.year) == on:
        keys.append("s02-29")
    return keys + [lunar.key(day) for day in lunar.kept_on(on)]
