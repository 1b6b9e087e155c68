"""Chinese public holidays, and the weekends on which people work to make up for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import chinese_calendar


@dataclass(frozen=True)
class Holiday:
    """What the State Council made of a day: time off, or a working weekend (补班)."""

    name: str  # in Chinese
    name_en: str
    is_make_up: bool = False


def holiday_on(day: date) -> Holiday | None:
    """Return what is announced for a day: a holiday, a make-up day, or None for any other.

    Source: the package chinesecalendar, which follows the yearly notices of the State Council; the
    warehouse's days are of the same source. Of years not announced yet nothing is told.
    """
    if found := chinese_calendar.holidays.get(day):
        return _named(found)
    if found := chinese_calendar.workdays.get(day):
        named = _named(found)
        return Holiday(named.name, named.name_en, True)
    return None


@cache
def is_announced(year: int) -> bool:
    """Tell whether the holidays of a year are known."""
    return any(day.year == year for day in chinese_calendar.holidays)


@cache
def _named(value: str) -> Holiday:
    holiday = chinese_calendar.Holiday(value)
    return Holiday(holiday.chinese, holiday.value)
