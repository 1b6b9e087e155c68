"""Demand by month or week, of the orders that the reader may see, and what is foreseen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.figures.bought import last_day, orders_open
from huike.kernel.access.scope import visible
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.filters import condition
from huike.trade.models import Order

if TYPE_CHECKING:  # the methods are imported where they are used: they take half a second
    from huike.insight.forecast import Foreseen

Unit = Literal["month", "week"]
BACK: dict[str, int] = {"month": 60, "week": 156}  # periods looked back upon
HORIZONS: dict[str, tuple[int, ...]] = {"month": (6, 3, 12), "week": (8, 4, 13)}
SEASONS: dict[str, int] = {"month": 12, "week": 52}
LEVEL = 0.8


@dataclass(frozen=True)
class Sold:
    """One period: its first and last day, net amount (None where hidden), sales and returns."""

    start: date
    end: date
    amount: Decimal | None
    orders: int
    returns: int
    leaves: tuple[Leaf, ...]  # of the list of orders


@dataclass(frozen=True)
class Ahead:
    """What is foreseen of one measure; `starts` are as many as its values."""

    foreseen: Foreseen
    starts: Sequence[date]


@dataclass(frozen=True)
class Demand:
    """Whole periods of the past, the period under way, and by measure what is foreseen."""

    unit: Unit
    until: date
    past: Sequence[Sold]
    under_way: Sold | None
    came: Mapping[date, Sold]  # where one looks back: all periods that are over by now
    ahead: Mapping[str, Ahead]  # amount (where it may be read), orders


def demand(question: Question, unit: Unit, horizon: int) -> Demand | None:
    """Add up the orders and foresee; None where orders are closed to the reader.

    Counted are the orders themselves as they stand now, not the loaded warehouse, so that each
    period leads down to exactly its own. Cancelled ones are left out. Returns lower the amount.
    """
    from huike.insight.periods import after, begin, whole_periods

    if not orders_open(question, "kind", "state"):
        return None
    until = last_day(question) or timezone.localdate()
    present = max(until, timezone.localdate()) if question.on else until
    start = after(begin(until, unit), unit, -BACK[unit])
    ahead_of = after(begin(until, unit), unit, horizon + 1)
    bounds = [start]
    while bounds[-1] <= present and bounds[-1] < ahead_of:
        bounds.append(after(bounds[-1], unit))
    sold, first = _sold(question, bounds, present)
    past = [sold[day] for day in _past(first, start, until, unit, whole_periods)]
    cut = begin(until, unit)
    whole = not past or past[-1].start == cut
    return Demand(
        unit,
        until,
        past,
        None if whole or question.on else sold.get(cut),
        {d: one for d, one in sold.items() if question.on
         and after(d, unit) <= present + timedelta(days=1)},
        _ahead(question, past, unit, horizon),
    )  # fmt: skip


def _past(first: date | None, start: date, until: date, unit: Unit, whole: Any) -> list[date]:
    if first is None:
        return []
    days: list[date] = whole(max(first, start), until, unit)
    return days


def _sold(
    question: Question, bounds: Sequence[date], present: date
) -> tuple[dict[date, Sold], date | None]:
    """The sums between two bounds each, and the day of the first sale (one query)."""
    moments = [timezone.make_aware(datetime.combine(day, time())) for day in bounds]
    place = Case(
        *[When(on__lt=moment, then=Value(n)) for n, moment in enumerate(moments)],
        default=Value(len(moments)),
        output_field=IntegerField(),
    )
    sale = Q(kind=Order.Kind.SALE)
    asked: dict[str, Any] = {
        "n": Count("pk", filter=sale), "back": Count("pk", filter=~sale),
        "first": Min("on", filter=sale),
    }  # fmt: skip
    if orders_open(question, "total"):
        asked["sum"] = Sum("total")
    edge = timezone.make_aware(datetime.combine(present + timedelta(days=1), time()))
    rows = orders_asked(question).filter(on__lt=edge).annotate(_period=place)
    found = {
        row["_period"]: row for row in rows.values("_period").annotate(**asked).order_by("_period")
    }
    firsts = [row["first"] for row in found.values() if row["first"]]
    sold = {}
    for n, (begins, ends) in enumerate(pairwise(bounds), 1):
        row = found.get(n, {})
        amount = (row.get("sum") or Decimal(0)) if "sum" in asked else None
        last = min(ends - timedelta(days=1), present)
        sold[begins] = Sold(begins, last, amount, row.get("n", 0), row.get("back", 0),
                            _leaves(begins, last))  # fmt: skip
    return sold, timezone.localtime(min(firsts)).date() if firsts else None


def orders_asked(question: Question) -> QuerySet[Any]:
    """The orders that count: those the reader may see, of the customers asked about."""
    rows = visible(question.actor, Order).exclude(state=Order.State.CANCELLED)
    return rows.filter(condition(question.actor, entity_of(Order), _of_party(question)))


def orders_of(question: Question, one: Sold) -> tuple[Any, Any]:
    """The list of orders and the filter on it that finds the orders of a period."""
    return entity_of(Order), {"all": [list(leaf) for leaf in (*_leaves_of(question), *one.leaves)]}


def _leaves(begins: date, last: date) -> tuple[Leaf, ...]:
    return (
        ("on", "between", [str(begins), str(last)]),
        ("state", "out", [Order.State.CANCELLED.value]),
    )


def _leaves_of(question: Question) -> list[Leaf]:
    return [(f"party__{name}", *rest) for name, *rest in question.about]


def _of_party(question: Question) -> Any:
    leaves = [list(leaf) for leaf in _leaves_of(question)]
    return {"all": leaves} if leaves else None


def _ahead(question: Question, past: Sequence[Sold], unit: Unit, horizon: int) -> dict[str, Ahead]:
    import numpy as np

    from huike.insight.forecast import foresee
    from huike.insight.periods import after

    series = {"orders": [float(one.orders) for one in past]}
    if orders_open(question, "total"):
        series = {"amount": [float(one.amount or 0) for one in past], **series}
    found = {}
    for name, values in series.items():
        told = foresee(np.array(values), SEASONS[unit], horizon, LEVEL)
        starts = [after(past[-1].start, unit, n + 1) for n in range(len(told.value))]
        found[name] = Ahead(told, starts)
    return found
