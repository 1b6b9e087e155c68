"""The scorecard of a period, for the customers asked about, with its targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from huike.analytics.figures.asking import Leaf, Question, days
from huike.analytics.figures.bought import bought, orders_open
from huike.analytics.figures.moving import change_leaf
from huike.analytics.figures.satisfaction import satisfaction_rate
from huike.analytics.models import Target
from huike.analytics.words import Figure
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op, Reach
from huike.kernel.entity.entity import entity_of

MONTHS = {"month": 1, "quarter": 3, "year": 12}
OFFERED = {"month": 13, "quarter": 8, "year": 4}
DRAWN = 6  # periods in the picture
SCORES = {  # what a reader must be allowed to read of scores, and of orders, for a figure
    "upgraded": "amount", "upgraded_rate": "amount", "downgraded": "amount",
    "downgraded_rate": "amount", "revenue": "amount", "cross_sell_share": "amount",
    "profit_per_customer": "profit",
}  # fmt: skip
ORDERS = {"amount": ("total",), "profit": ("total", "cost")}


@dataclass(frozen=True)
class Period:
    """A month, quarter or year; `end` is its last day, or the day of the scores before that."""

    unit: str
    start: date
    end: date
    is_whole: bool


@dataclass(frozen=True)
class Measure:
    """One figure: now, a period and a year before, and its target; where its customers are."""

    name: str
    value: float | None
    last_period: float | None
    last_year: float | None
    target: float | None
    down: tuple[Question, tuple[Leaf, ...]] | None = None
    down_to: Leaf | None = None  # of the customers' own list


@dataclass(frozen=True)
class Card:
    """What the page shows: figures, the course of the last periods, and the groups."""

    measures: Sequence[Measure]
    course: Sequence[tuple[Period, Mapping[str, float]]]
    groups: Sequence[Mapping[str, Any]]

    def of(self, name: str) -> Measure | None:
        return next((one for one in self.measures if one.name == name), None)


def periods(unit: str, until: date) -> list[Period]:
    """Return the periods that can be asked for, the newest first; that of `until` may be cut."""
    months = MONTHS[unit]
    first = (until.year * 12 + until.month - 1) // months * months
    found = []
    for back in range(OFFERED[unit]):
        start, after = _month(first - back * months), _month(first - (back - 1) * months)
        last = after - timedelta(days=1)
        found.append(Period(unit, start, min(last, until), last <= until))
    return found


def newest_whole(offered: Sequence[Period]) -> Period:
    """Return the newest period that is over."""
    return next((p for p in offered if p.is_whole), offered[0])


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def open_figures(question: Question) -> list[str]:
    """Return the figures that the actor may read; none where orders are closed to them."""
    if not (question.open("orders", "last_on") and orders_open(question)):
        return []
    return [
        name
        for name in Figure.values
        if name != Figure.SATISFACTION  # comes of answers, not of orders
        if name not in SCORES
        or (question.open(SCORES[name]) and orders_open(question, *ORDERS[SCORES[name]]))
    ]


def card(question: Question, period: Period, by: str = "") -> Card | None:
    """Return the scorecard; None where the actor may read none of it, or nothing was loaded.

    Parameters:
        by: a path from the scores, such as party__department, whose groups are told apart.
    """
    from huike.insight.scorecard import by_group, course, scorecard

    names = open_figures(question)
    if not names:
        return None
    drawn = _drawn(period)
    with bought(question, period.end, by) as found:
        if found is None:
            return None
        lines, groups = found
        told = scorecard(
            lines, start=period.start, end=period.end, targets=targets(question, period)
        )
        went = course(lines, [(p.start, p.end) for p in drawn])
        shared = by_group(lines, groups, start=period.start, end=period.end) if by else []
    measures = [
        Measure(
            line.name, line.value, line.last_period, line.last_year, line.target,
            _down(question, line.name, period), _changed_leaf(question, line.name, period),
        )
        for line in told.lines
        if line.name in names
    ]  # fmt: skip
    measures += _asked(question, period)
    shown = [{k: v for k, v in one.items() if k == "group" or k in names} for one in shared]
    course_ = [{k: v for k, v in one.items() if k in names} for one in went]
    return Card(measures, list(zip(drawn, course_, strict=True)), shown)


def _asked(question: Question, period: Period) -> list[Measure]:
    """Return the satisfaction rate, where enough answered and the reader may read the answers."""
    name = Figure.SATISFACTION.value
    year = timedelta(days=365)
    length = period.end - period.start + timedelta(days=1)
    now, before, last = (
        satisfaction_rate(question, start, end)
        for start, end in (
            (period.start, period.end),
            (period.start - length, period.start - timedelta(days=1)),
            (period.start - year, period.end - year),
        )
    )
    if now is None:
        return []
    return [Measure(name, now, before, last, targets(question, period).get(name))]


def _drawn(period: Period) -> list[Period]:
    """Return the period and those before it, the oldest first."""
    months, first = MONTHS[period.unit], period.start.year * 12 + period.start.month - 1
    before = [
        Period(
            period.unit,
            _month(first - back * months),
            _month(first - (back - 1) * months) - timedelta(days=1),
            True,
        )
        for back in range(DRAWN - 1, 0, -1)
    ]
    return [*before, period]


def _down(
    question: Question, name: str, period: Period
) -> tuple[Question, tuple[Leaf, ...]] | None:
    """Return where the customers of a figure stand: the scores as of the end of the period."""
    span = [str(period.start), str(period.end)]
    before = [str(period.start - (period.end - period.start) - timedelta(days=1)),
              str(period.start - timedelta(days=1))]  # fmt: skip
    leaf: dict[str, Leaf] = {
        "customers": ("last_on", "between", span),
        "new": ("first_on", "between", span),
        "lost": ("last_on", "between", before),
    }
    if name not in leaf:
        return None
    there = question if name == "new" or not period.is_whole else _at_end(question, period)
    if there is None or not there.open(leaf[name][0]):
        return None
    return there, (leaf[name],)


def _changed_leaf(question: Question, name: str, period: Period) -> Leaf | None:
    """Return what finds the upgraded or downgraded; of a day gone by only the scores are kept."""
    if name not in ("upgraded", "downgraded") or question.on is not None:
        return None
    return change_leaf(question, name, period.start, period.end)


def changed(question: Question, what: str, start: date, end: date) -> list[int]:
    """Return the customers who were upgraded or downgraded in a period, by their keys."""
    from huike.insight.scorecard import moved

    if what not in open_figures(question):
        return []
    with bought(question, end) as found:
        if found is None:
            return []
        rows = moved(found[0], start, end)
        wanted = rows.filter(rows["rises"] == (what == "upgraded"))
        return [int(key) for key in wanted["customer"].to_pyarrow().to_pylist()]


def _at_end(question: Question, period: Period) -> Question | None:
    """Return the question as of the end of a period, if scores of that day were kept."""
    if question.on == period.end:
        return question
    return question.at(period.end) if period.end in days() else None


def targets(question: Question, period: Period) -> dict[str, float]:
    """Return what the figures are to reach: for whom is asked about, in this period.

    A target of this very period goes before one of every period. Where customers are narrowed down
    by more than an owner or a department there is no target to compare with.
    """
    whose = _whose(question)
    fields = entity_of(Target).fields(question.actor)
    needed = ("figure", "unit", "starts_on", "value", "owner", "department")
    if whose is None or not may(question.actor, Target, Op.VIEW):
        return {}
    if not all(n in fields and fields[n].is_comparable for n in needed):
        return {}
    rows = visible(question.actor, Target).filter(whose, unit=period.unit)
    rows = rows.filter(Q(starts_on=period.start) | Q(starts_on=None))
    found: dict[str, float] = {}
    for row in sorted(rows, key=lambda row: row.starts_on is not None):
        found[row.figure] = float(row.value)
    return found


def _whose(question: Question) -> Q | None:
    """Return the condition on targets that fits the customers asked about."""
    about = {name: value[0] for name, _op, value in question.about if isinstance(value, list)}
    if set(about) != {leaf[0] for leaf in question.about} or not set(about) <= {
        "owner",
        "department",
    }:
        return None
    if "owner" in about:
        return Q(owner=about["owner"])
    if "department" in about:
        return Q(owner=None, department=about["department"])
    reaches = question.actor.reaches(question.model.label(), Op.VIEW)
    if Reach.ALL.value in reaches:
        return Q(owner=None, department=None)
    if reaches & {Reach.BELOW.value, Reach.DEPARTMENT.value}:
        return Q(owner=None, department=question.actor.department_id)
    return Q(owner=question.actor.user_id)
