"""Months and weeks of the calendar, and which of them a history covers whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Unit = Literal["month", "week"]
LATE: dict[str, int] = {"month": 3, "week": 0}
"""A first period that begins so many days late at most still counts as whole."""


def begin(day: date, unit: Unit) -> date:
    """The first day of the month or (Monday) week that `day` lies in."""
    return day.replace(day=1) if unit == "month" else day - timedelta(days=day.weekday())


def after(start: date, unit: Unit, count: int = 1) -> date:
    """The first day of the period `count` periods after the one that begins on `start`."""
    if unit == "week":
        return start + timedelta(weeks=count)
    months = start.year * 12 + start.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def whole_periods(first: date, until: date, unit: Unit) -> list[date]:
    """The first days of the periods that lie wholly between the first purchase and `until`."""
    start = begin(first, unit)
    if (first - start).days > LATE[unit]:
        start = after(start, unit)
    found = []
    while after(start, unit) <= until + timedelta(days=1):
        found.append(start)
        start = after(start, unit)
    return found
