"""By when a request must be answered: 15 working days (PIPL) or one month (GDPR), as is set."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import chinese_calendar

from huike.customers.privacy.models import PrivacySetting
from huike.kernel.days.holidays import is_announced

WORKDAYS = 15


def setting() -> PrivacySetting:
    """Return what is set about privacy; before anybody has set it, the terms of PIPL."""
    return PrivacySetting.objects.filter(pk=1).first() or PrivacySetting(pk=1)


def due_after(received: date) -> date:
    """Return the last day on which a request received on a day may be answered."""
    if setting().term == PrivacySetting.Term.MONTH:
        return a_month_after(received)
    return workdays_after(received, WORKDAYS)


def a_month_after(day: date) -> date:
    """Return the same day of the next month, or its last (31 January: 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def workdays_after(day: date, count: int) -> date:
    """Return the `count`-th working day after a day, Chinese holidays and make-up days known."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def is_workday(day: date) -> bool:
    """Tell whether people in China work on a day; of years not announced yet: Monday to Friday."""
    return bool(chinese_calendar.is_workday(day)) if is_announced(day.year) else day.weekday() < 5
