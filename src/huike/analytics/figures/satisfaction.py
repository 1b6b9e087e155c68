"""Satisfaction of the customers asked about: CSAT, NPS and ease, their course, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.figures.bought import bought, last_day, orders_open
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open
from huike.surveys.models import Answer

if TYPE_CHECKING:  # the methods are imported where they are used: they take half a second
    from huike.insight.satisfaction.curve import LoyaltyCurve
    from huike.insight.satisfaction.figures import Figure

YEAR = timedelta(days=365)
COMES_BACK = timedelta(days=180)  # within which a purchase after the answer counts
READ = ("party", "at", "kind", "score")
Verdict = Answer.Verdict


@dataclass(frozen=True)
class Asked:
    """The answers to one kind of question: the figure, and customers by what they answered last."""

    kind: str
    figure: Figure
    before: Figure  # of the year before
    counts: Mapping[str, int]  # verdict: answers
    groups: Mapping[str, Figure]  # what it was about: figure
    course: Sequence[tuple[date, Figure]]  # first day of each quarter: figure


@dataclass(frozen=True)
class Satisfaction:
    """What the page shows; `curve` is None where orders are closed to the reader or not loaded."""

    until: date
    asked: Sequence[Asked]
    curve: LoyaltyCurve | None
    by_loyalty: Mapping[str, Figure]  # loyalty type: CSAT
    unhappy: QuerySet[Answer]  # of the year, newest first


def is_closed(question: Question) -> bool:
    """Tell whether the actor may not read what these figures are made of."""
    actor = question.actor
    return not (may(actor, Answer, Op.VIEW) and all(is_open(actor, Answer, n) for n in READ))


def answers(question: Question, since: date, until: date) -> QuerySet[Answer]:
    """Return the answers of a time, of the customers asked about, that the actor may see."""
    rows = visible(question.actor, Answer).filter(party__in=question.rows().values("party"))
    return rows.filter(at__date__gt=since, at__date__lte=until).order_by()


def satisfaction(question: Question) -> Satisfaction | None:
    """Return the figures of the 365 days up to the day of the scores; None where they are closed.

    CSAT and NPS as in `huike.insight.satisfaction.figures`, hidden below five answers.
    """
    until = last_day(question)
    if until is None or is_closed(question):
        return None
    rows = list(
        answers(question, until - 2 * YEAR, until).values_list(
            "kind", "at__date", "score", "level", "about", "verdict", "party"
        )
    )
    told = [one for kind in ("csat", "nps", "ces") if (one := _asked(kind, rows, until))]
    unhappy = answers(question, until - YEAR, until).filter(verdict=Verdict.UNHAPPY)
    return Satisfaction(
        until, told, _curve(question, rows, until), _by_loyalty(question, rows, until),
        unhappy.order_by("-at", "-pk"),
    )  # fmt: skip


def satisfaction_rate(question: Question, start: date, end: date) -> float | None:
    """Return the CSAT (share) of a period; None where it is closed, or too few answered."""
    from huike.insight.satisfaction.figures import share_figure

    if is_closed(question):
        return None
    found = answers(question, start - timedelta(days=1), end).filter(kind="csat")
    counts = dict(found.values_list("verdict").annotate(n=Count("pk")))
    return share_figure(counts.get(Verdict.CONTENT, 0), sum(counts.values())).value


def last_answered(verdict: str, kind: str) -> tuple[Leaf, ...]:
    """Return the leaves of the customers' own list: who gave such an answer."""
    return (("answers__verdict", "in", [verdict]), ("answers__kind", "in", [kind]))


def _figure(kind: str, rows: Sequence[Any]) -> Figure:
    from huike.insight.satisfaction.figures import customer_effort, net_promoter, satisfied_share

    if kind == "nps":
        return net_promoter([float(row[2]) for row in rows])
    levels = [float(row[3]) for row in rows]
    return customer_effort(levels) if kind == "ces" else satisfied_share(levels)


def _asked(kind: str, every: Sequence[Any], until: date) -> Asked | None:
    rows = [row for row in every if row[0] == kind]
    year = [row for row in rows if row[1] > until - YEAR]
    if not rows:
        return None
    abouts = sorted({row[4] for row in year})
    return Asked(
        kind,
        _figure(kind, year),
        _figure(kind, [row for row in rows if row[1] <= until - YEAR]),
        {verdict: sum(row[5] == verdict for row in year) for verdict in Verdict.values},
        {about: _figure(kind, [row for row in year if row[4] == about]) for about in abouts},
        [(start, _figure(kind, [row for row in rows if _quarter(row[1]) == start]))
         for start in _quarters(until)],
    )  # fmt: skip


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _quarters(until: date) -> list[date]:
    """Return the first days of the eight quarters up to a day, the oldest first."""
    number = until.year * 4 + (until.month - 1) // 3
    return [date(n // 4, n % 4 * 3 + 1, 1) for n in range(number - 7, number + 1)]


def _curve(question: Question, every: Sequence[Any], until: date) -> LoyaltyCurve | None:
    """Return how many bought again within half a year, by how satisfied they had said to be."""
    import ibis
    import pandas as pd

    from huike.insight.satisfaction.curve import loyalty_curve

    rows = [row for row in every if row[0] == "csat" and row[1] <= until - COMES_BACK]
    if not rows or not orders_open(question):
        return None
    told = pd.DataFrame(
        {"customer": [row[6] for row in rows], "day": [row[1] for row in rows],
         "satisfaction": [round(float(row[3])) for row in rows]}
    )  # fmt: skip
    told["answer"] = range(len(told))
    with bought(question, until) as found:
        if found is None:
            return None
        lines = found[0]
        sales = lines.filter(lines["amount"] > 0).select("customer", "on").distinct()
        asked = ibis.memtable(told.assign(day=pd.to_datetime(told["day"])))
        both = asked.join(sales, "customer")
        gap = both["on"].delta(both["day"].date(), unit="day")
        again = both.filter((gap > 0) & (gap <= COMES_BACK.days)).select("answer").distinct()
        back = set(again.to_pandas()["answer"])
    return loyalty_curve(told.assign(repurchased=told["answer"].isin(back)))


def _by_loyalty(question: Question, every: Sequence[Any], until: date) -> Mapping[str, Figure]:
    """Return the CSAT of the year by the customers' loyalty types."""
    if not question.open("loyalty"):
        return {}
    kinds = dict(question.rows().values_list("party", "loyalty"))
    rows = [row for row in every if row[0] == "csat" and row[1] > until - YEAR]
    types = sorted({kinds.get(row[6], "") for row in rows} - {""})
    return {
        one: _figure("csat", [row for row in rows if kinds.get(row[6]) == one]) for one in types
    }
