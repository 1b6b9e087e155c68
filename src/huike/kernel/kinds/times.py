"""Dates, and moments with a time of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.kinds.kind import EMPTY, Kind

_SPLIT = re.compile(r"[年月日号/.\-\s]+")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?\s*$")


def parse_day(text: str) -> date:
    """Read 2026-11-22, 2026/11/22, 2026年11月22日 or 20261122; raise ValueError."""
    text = text.strip()
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    parts = [int(p) for p in _SPLIT.split(text) if p]
    if len(parts) != 3 or parts[0] < 1000:
        raise ValueError(text)
    return date(*parts)


@dataclass(frozen=True)
class Day(Kind):
    """A date."""

    name: ClassVar[str] = "date"
    operators: ClassVar[tuple[str, ...]] = (
        "is",
        "before",
        "after",
        "between",
        "last",
        "next",
        "this",
        "empty",
        "filled",
    )
    has_empty_text: ClassVar[bool] = False

    def parse(self, given: Any) -> Any:
        if given in EMPTY:
            return None
        if isinstance(given, datetime):
            return given.date()
        if isinstance(given, date):
            return given
        try:
            return parse_day(str(given))
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a date. Write it like 2026-11-22.") % {"text": str(given)[:40]}
            ) from error

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        day = value if isinstance(value, date) else self.parse(value)
        return day.isoformat()[:10]

    def edit(self, value: Any) -> str:
        return "" if value in EMPTY else str(self.plain(value))

    def plain(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        if op in {"last", "next", "this"}:
            first, end = period(op, value)
            return self._range(expression, first, end)
        if op == "is":
            day = self.parse(value)
            return self._range(expression, day, day + timedelta(days=1))
        return super()._compare(expression, op, value)

    def _range(self, expression: Any, first: date, end: date) -> Q:
        low, high = self._edge(first), self._edge(end)
        return Q(GreaterThanOrEqual(expression, low)) & Q(LessThan(expression, high))

    def _edge(self, day: date) -> Any:
        return day


def period(op: str, value: Any) -> tuple[date, date]:
    """Return the first day of a relative period and the day after its last."""
    today = timezone.localdate()
    if op == "this":
        return _calendar_period(str(value), today)
    try:
        days = timedelta(days=min(int(value), 40_000))
    except (TypeError, ValueError) as error:
        raise ValidationError(_("Write a number of days.")) from error
    tomorrow = today + timedelta(days=1)
    return (tomorrow - days, tomorrow) if op == "last" else (today, today + days)


def _calendar_period(name: str, today: date) -> tuple[date, date]:
    if name == "day":
        return today, today + timedelta(days=1)
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=7)
    if name == "month":
        first = today.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)
    if name == "year":
        return today.replace(month=1, day=1), date(today.year + 1, 1, 1)
    raise ValidationError(_("Choose one of: day, week, month, year."))


@dataclass(frozen=True)
class Moment(Day):
    """A date with a time of day."""

    name: ClassVar[str] = "moment"

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        """A day given without a time means the whole day: "between" holds its last hour too."""
        if op == "between":
            low, _high = self._pair(value)
            if not _TIME.search(str(value[1])):
                return Q(GreaterThanOrEqual(expression, low)) & Q(
                    LessThan(expression, self._edge(super().parse(value[1]) + timedelta(days=1)))
                )
        if op == "after" and not _TIME.search(str(value)):
            day = super().parse(value) + timedelta(days=1)
            return Q(GreaterThanOrEqual(expression, self._edge(day)))
        return super()._compare(expression, op, value)

    def parse(self, given: Any) -> Any:
        if given in EMPTY or isinstance(given, datetime):
            return given if given not in EMPTY else None
        if isinstance(given, date):
            return self._edge(given)
        text = str(given).strip().replace("T", " ")
        found = _TIME.search(text)
        day = super().parse(text[: found.start()] if found else text)
        if not found:
            return self._edge(day)
        if found[4]:
            return datetime.fromisoformat(str(given).strip().replace(" ", "T", 1))
        try:
            clock = time(int(found[1]), int(found[2]), int(found[3] or 0))
        except ValueError as error:
            raise ValidationError(_("“%(text)s” is not a time of day.") % {"text": text}) from error
        return timezone.make_aware(datetime.combine(day, clock))

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return timezone.localtime(moment).replace(tzinfo=None).isoformat(" ", "minutes")

    def edit(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")

    def _edge(self, day: date) -> Any:
        return timezone.make_aware(datetime.combine(day, time()))
