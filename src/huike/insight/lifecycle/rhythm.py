"""The rhythm of each customer's buying: how long silence may last before it means that the
customer is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Column, Table

from huike.insight.clv.mbg_nbd import MBGNBD
from huike.insight.clv.transactions import grouped
from huike.insight.purchases import once, purchase_days, repeat_summary


@dataclass(frozen=True)
class LostRule:
    """When a silent customer counts as lost.

    Attributes:
        times: silence longer than this many own median intervals ...
        min_days: ... and than this many days.
        alive: P(alive) below this (MBG/NBD); 0 switches it off.
        dealer_days: silence after which a dealer is lost.
    """

    times: float = 3.0
    min_days: int = 180
    alive: float = 0.2
    dealer_days: int = 183


@once
def rhythm(table: Table, at: date) -> Table:
    """`repeat_summary` at `at` with silent_days and median_interval (days).

    Customers without an interval of their own get the median of all customers' medians, 0 if there
    is none.
    """
    summary = repeat_summary(table, at)
    days = purchase_days(table, at)
    by_customer = ibis.window(group_by=days["customer"], order_by=days["on"])
    gaps = days.mutate(_before=days["on"].lag().over(by_customer))
    gaps = gaps.filter(gaps["_before"].notnull())
    gaps = gaps.mutate(_gap=gaps["on"].delta(gaps["_before"], unit="day").cast("float64"))
    own = gaps.group_by("customer").agg(own=gaps["_gap"].median())
    usual = own.agg(m=own["own"].median()).to_pyarrow().to_pylist()[0]["m"] or 0.0
    return summary.left_join(own, "customer").select(
        *[summary[name] for name in summary.columns],
        median_interval=own["own"].fill_null(float(usual)),
        silent_days=summary["age_days"] - summary["recency_days"],
    )


def alive_model(life: Table, at: date) -> MBGNBD:
    """The daily MBG/NBD that `alive_column` reads, fitted on `life` (see `rhythm`)."""
    model = MBGNBD(at, "day")
    return model.fit_counts(model.counts(grouped(life)))


def alive_column(model: MBGNBD, life: Table) -> Column:
    """P(alive) of a fitted daily MBG/NBD as an expression over frequency, recency_days and
    age_days; null where the data did not tell the parameters apart.
    """
    alive = model.alive_column(life) if model.converged_ else None
    return ibis.null("float64") if alive is None else alive


def is_silent(life: Table, rule: LostRule) -> Column:
    """Silent for longer than the rule's intervals and days."""
    limit = ibis.greatest(life["median_interval"] * rule.times, float(rule.min_days))
    return life["silent_days"] > limit
