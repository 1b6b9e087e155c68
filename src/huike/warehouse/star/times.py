"""What is made of a fact's day: year, quarter, month, week, weekday; and bands of age."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

BANDS = ((0, 18), (18, 25), (25, 35), (35, 45), (45, 55), (55, 65), (65, 120))
WEEKDAYS = ("1 周一 Mon", "2 周二 Tue", "3 周三 Wed", "4 周四 Thu", "5 周五 Fri", "6 周六 Sat",
            "7 周日 Sun")  # fmt: skip


def year(day: Any, _on: Any) -> Any:
    """2026."""
    return day.year().cast("string")


def quarter(day: Any, _on: Any) -> Any:
    """2026-Q3."""
    return day.year().cast("string") + "-Q" + day.quarter().cast("string")


def month(day: Any, _on: Any) -> Any:
    """2026-07."""
    return day.year().cast("string") + "-" + day.month().cast("string").lpad(2, "0")


def week(day: Any, _on: Any) -> Any:
    """The Monday of its week, 2026-07-13."""
    monday = day - ibis.interval(days=1) * day.day_of_week.index().cast("int64")
    return _iso(monday.cast("timestamp"))


def whole_day(day: Any, _on: Any) -> Any:
    """2026-07-15."""
    return _iso(day)


def _iso(day: Any) -> Any:
    """The day as text; engines differ in how they cast one."""
    return month(day, None) + "-" + day.day().cast("string").lpad(2, "0")


def weekday(day: Any, _on: Any) -> Any:
    """Monday to Sunday, in order."""
    number = day.day_of_week.index()
    return ibis.cases(*[(number == n, name) for n, name in enumerate(WEEKDAYS)])


def age_band(born: Any, on: Any) -> Any:
    """The age on the fact's day, from the year of birth: 25-34."""
    age = on.year() - born
    return ibis.cases(
        *[
            ((age >= low) & (age < high), f"{low:02d}-{high - 1}" if high < 120 else f"{low}+")
            for low, high in BANDS
        ]
    )


def today() -> Any:
    """The present day, for what is asked as of now."""
    return ibis.literal(date.today(), type="date")
