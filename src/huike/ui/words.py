"""How moments, days, amounts and sizes are said on a page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huike.kernel.kinds.numbers import Money, locale
from huike.kernel.kinds.times import Moment

_MONEY = Money()
_MOMENT = Moment()


def money(value: Any) -> str:
    """Return an amount as people read it."""
    return _MONEY.text(value if value is not None else Decimal(0))


def moment(value: Any) -> str:
    """Return a moment as people read it, to the minute."""
    return _MOMENT.text(value)


def day(value: date | datetime | None, weekday: bool = True) -> str:
    """Return a day in full: 2026年11月22日 周日."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if locale().startswith("zh"):
        return format_date(value, "y年M月d日 EEE" if weekday else "y年M月d日", locale())
    return format_date(value, "EEE d MMM y" if weekday else "d MMM y", locale())


def ago(value: date | datetime | None) -> str:
    """Return how long ago a day was, or how far it still is, in words."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (timezone.localdate() - on).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days == -1:
        return _("tomorrow")
    if days > 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return ngettext("in %(n)s day", "in %(n)s days", -days) % {"n": -days}


def initial(name: Any) -> str:
    """Return what stands in an avatar: the surname of a Chinese name, else one letter."""
    text = str(name or "").strip()
    return text[:1].upper() or "·"


def size(count: int) -> str:
    """Return a file's size in words."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def whole(value: int) -> str:
    """Return a count as people read it, with its thousands apart."""
    return str(format_decimal(value, "#,##0", locale()))


def month_name(value: date) -> str:
    """Return a month in full: 2026年11月."""
    return str(format_date(value, "y年M月" if locale().startswith("zh") else "MMMM y", locale()))


def weekday_name(value: date) -> str:
    """Return the short name of a day of the week."""
    return str(format_date(value, "EEE", locale()))
