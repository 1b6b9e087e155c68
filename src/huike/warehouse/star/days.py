"""The days: Chinese public holidays and the working weekends that make up for them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import chinese_calendar
import pyarrow as pa

FIRST, LAST = date(1990, 1, 1), date(2050, 12, 31)


@cache
def day_table() -> Any:
    """One row per day: day, holiday (Chinese name or null), is_workday, is_make_up.

    Holidays are those the package chinesecalendar knows (from 2004 to the newest announcement of
    the State Council); `is_announced` tells whether the year is among them. Elsewhere working days
    are Monday to Friday.
    """
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    years = {day.year for day in chinese_calendar.holidays}
    holidays, working = chinese_calendar.holidays, chinese_calendar.workdays
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    return pa.table({
        "day": pa.array(days, pa.date32()),
        "holiday": pa.array([names.get(holidays.get(day)) for day in days], pa.string()),
        "is_workday": pa.array([
            day in working or (day.weekday() < 5 and day not in holidays) for day in days
        ]),
        "is_make_up": pa.array([day in working for day in days]),
        "is_announced": pa.array([day.year in years for day in days]),
    })  # fmt: skip
