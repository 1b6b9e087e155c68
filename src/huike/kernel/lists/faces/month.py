"""A list as a calendar: the days of one month with the rows that fall on them."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.days.holidays import Holiday, holiday_on
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.kinds.times import Day
from huike.kernel.lists.view import ListView
from huike.kernel.records.record import Record

PER_DAY = 6
MOST = 2000


@dataclass(frozen=True)
class DayOf:
    """One day of the calendar: its first rows, and how many more there are."""

    on: date
    rows: Sequence[Record]
    more: int
    in_month: bool
    is_today: bool
    holiday: Holiday | None = None


@dataclass(frozen=True)
class Month:
    """One month by one date field, in weeks that begin on Monday."""

    field: Field
    first: date
    weeks: Sequence[Sequence[DayOf]]
    can_move: bool
    is_cut: bool  # more rows than a calendar can show

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=32):%Y-%m}"


def can_be_month(f: Field) -> bool:
    return f.is_comparable and isinstance(f.kind, Day)


def month(actor: Actor, view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]) -> Month:
    """Return the view's rows of `view.month` by the date field `view.by`; raise ValidationError."""
    able = [f for f in fields.values() if can_be_month(f)]
    chosen = [f for f in able if f.name in view.entity.columns] or able
    by = fields.get(view.by) if view.by else next(iter(chosen), None)
    if by is None or not can_be_month(by):
        raise ValidationError(_("“%s” is not a date.") % view.by[:60])
    first = _first_day(view.month)
    days = [
        d for week in calendar.Calendar().monthdatescalendar(first.year, first.month) for d in week
    ]
    span = [days[0].isoformat(), days[-1].isoformat()]
    shown = view.shown(fields)
    some = joined(view.entity, rows.filter(by.condition("between", span)), shown)
    found = list(some.order_by(by.expression(), "pk")[: MOST + 1])
    cover(actor, shown, found)
    by_day: dict[date, list[Record]] = defaultdict(list)
    for row in found[:MOST]:
        by_day[_day(by.raw(row))].append(row)
    made = [_day_of(on, by_day[on], first) for on in days]
    weeks = [made[n : n + 7] for n in range(0, len(made), 7)]
    return Month(by, first, weeks, by.is_writable, len(found) > MOST)


def moved(f: Field, before: Any, on: date) -> str:
    """Return the value of a date field on another day; a time of day stays as it is."""
    if isinstance(before, datetime):
        local = timezone.localtime(before)
        return f"{on.isoformat()}T{local:%H:%M:%S}"
    return on.isoformat()


def _first_day(text: str) -> date:
    try:
        year, month_number = (int(part) for part in text.split("-"))
        return date(year, month_number, 1)
    except ValueError:
        return timezone.localdate().replace(day=1)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _day_of(on: date, rows: list[Record], first: date) -> DayOf:
    return DayOf(
        on,
        rows[:PER_DAY],
        max(len(rows) - PER_DAY, 0),
        on.month == first.month,
        on == timezone.localdate(),
        holiday_on(on),
    )
