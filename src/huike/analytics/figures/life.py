"""How long customers stay: cohorts, the survival curve, and how relationships ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import TruncMonth, TruncQuarter

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.words import Relation
from huike.insight.lifecycle.survival import KaplanMeier
from huike.kernel.access.scope import visible
from huike.kernel.entity.titles import is_open
from huike.trade.models import Order

MOST_COHORTS = 12
BY_QUARTER = 400  # days of history from which cohorts are of quarters


@dataclass(frozen=True)
class Cohort:
    """The customers whose first purchase fell into one period, and who of them bought later."""

    start: date
    size: int
    active: Sequence[int | None]  # in the periods since; None for those still to come
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Cohorts:
    """The newest cohorts, by month or quarter, the oldest first."""

    cohorts: Sequence[Cohort]
    by_quarter: bool


@dataclass(frozen=True)
class Survival:
    """The Kaplan-Meier curve of the customers asked about."""

    days: Sequence[float]
    share: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    customers: int
    lost: int
    median: float | None  # days until half have left; None where that is not reached


def cohorts(question: Question) -> Cohorts | None:
    """Count who still buys, by period of the first purchase (two queries).

    Only orders that the actor may see count; None where their day, their customer or the first
    purchase is hidden.
    """
    if not (question.open("first_on") and _orders_open(question)):
        return None
    rows = question.rows(("first_on", "filled"))
    first = rows.order_by("first_on").values_list("first_on", flat=True).first()
    until = question.on or rows.order_by("-on").values_list("on", flat=True).first()
    if first is None or until is None:
        return None
    by_quarter = (until - first).days > BY_QUARTER
    cut = TruncQuarter if by_quarter else TruncMonth
    sizes = dict(rows.annotate(born=cut("first_on")).values_list("born").annotate(Count("pk")))
    active = _active(question, rows, until, cut)
    return Cohorts(_told(sizes, active, until, 3 if by_quarter else 1), by_quarter)


def _orders_open(question: Question) -> bool:
    return all(is_open(question.actor, Order, name) for name in ("on", "party"))


def _active(
    question: Question, rows: Any, until: date, cut: type[TruncMonth] | type[TruncQuarter]
) -> dict[tuple[date, date], int]:
    """Return how many of each cohort bought in each period."""
    first = "party__score__first_on" if question.on is None else "party__past_scores__first_on"
    sold = visible(question.actor, Order).filter(
        kind=Order.Kind.SALE, on__date__lte=until, party__in=rows.values("party")
    )
    if question.on is not None:
        sold = sold.filter(party__past_scores__on=question.on)
    sold = sold.exclude(state=Order.State.CANCELLED).order_by()
    found = sold.annotate(born=cut(first), bought=cut("on")).values_list("born", "bought")
    return {
        (born, bought.date() if hasattr(bought, "date") else bought): n
        for born, bought, n in found.annotate(n=Count("party", distinct=True))
    }


def _told(
    sizes: dict[date, int], active: dict[tuple[date, date], int], until: date, months: int
) -> list[Cohort]:
    periods = sorted(born for born in sizes if born <= until)[-MOST_COHORTS:]
    found = []
    for born in periods:
        counts: list[int | None] = []
        for n in range(MOST_COHORTS):
            at = _later(born, n * months)
            counts.append(active.get((born, at), 0) if at <= until else None)
        last = _later(born, months) - timedelta(days=1)
        leaf: Leaf = ("first_on", "between", [str(born), str(last)])
        found.append(Cohort(born, sizes[born], counts, (leaf,)))
    return found


def _later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def survival(question: Question) -> Survival | None:
    """Return the curve from first purchase to loss; None where a part of it is hidden.

    A lost customer left at the last purchase; the others are still there on the day of the score.
    """
    if not question.open("first_on", "last_on", "relation"):
        return None
    rows = question.rows(("first_on", "filled"), ("relation", "in", ["current", "lost"]))
    is_lost = Q(relation=Relation.LOST)
    end = Case(When(is_lost, then=F("last_on")), default=F("on"))
    span = ExpressionWrapper(end - F("first_on"), output_field=DurationField())
    lost = Case(When(is_lost, then=Value(1)), default=Value(0))
    found = list(
        rows.annotate(span=span, gone=lost).values_list("span", "gone").annotate(n=Count("pk"))
    )
    if not found:
        return None
    spans: dict[tuple[int, int], int] = defaultdict(int)
    for length, gone, n in found:
        spans[max(length.days, 0), gone] += n
    return _curve(spans)


def _curve(spans: dict[tuple[int, int], int]) -> Survival:
    days, gone = [d for d, _g in spans], [g for _d, g in spans]
    fitted = KaplanMeier(date.min).fit_durations(days, gone, list(spans.values()))
    curve = fitted.curve_
    median = float(fitted.median_)
    return Survival(
        days=[0.0, *curve["time"].astype(float)],
        share=[1.0, *curve["survival"]],
        low=[1.0, *curve["low"]],
        high=[1.0, *curve["high"]],
        customers=sum(spans.values()),
        lost=sum(n for (_d, g), n in spans.items() if g),
        median=median if median < float("inf") else None,
    )
