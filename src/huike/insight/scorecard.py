"""The firm's scorecard for a period, beside target, last period and last year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.estimator import InputError, kept
from huike.insight.purchases import lines, orders

TIERS = (0.01, 0.2, 0.5, 1.0)
"""Shares of customers, best first, that end each tier of the pyramid by spend."""


@dataclass(frozen=True)
class Line:
    """One measure: now, one period before, one year before, and the target; None where unknown."""

    name: str
    value: float | None
    last_period: float | None = None
    last_year: float | None = None
    target: float | None = None


@dataclass(frozen=True)
class Scorecard:
    """What is reported: first and last day of the period, and its lines in a fixed order."""

    start: date
    end: date
    lines: tuple[Line, ...]

    def __getitem__(self, name: str) -> Line:
        return next(line for line in self.lines if line.name == name)


def scorecard(
    purchases: Table,
    *,
    start: date,
    end: date,
    targets: Mapping[str, float] | None = None,
    given: Mapping[str, float] | None = None,
    by: Mapping[str, object] | None = None,
) -> Scorecard:
    """The scorecard of `start`..`end` (both included).

    `given` adds measures that orders cannot tell (complaint_rate, satisfaction_rate, wallet_share,
    appointment_success, effective_calls, sla_kept; shares 0-1). `by` keeps only the rows whose
    columns equal these values (department, owner, class). Rates are shares (0-1) of last period's
    customers; money is in the table's currency. Raises `InputError` if `end` is before `start`.
    """
    if end < start:
        raise InputError("the period ends before it starts")
    for column, value in (by or {}).items():
        purchases = purchases.filter(purchases[column] == value)
    days = (end - start).days + 1
    back = timedelta(days=days)
    placed = kept(orders(purchases, end))
    now = _measures(purchases, placed, start, end)
    before = _measures(purchases, placed, start - back, end - back)
    ago = timedelta(days=364)
    reaches = bool((placed["on"] <= ibis.literal(end - ago)).any().execute())
    year = _measures(purchases, placed, start - ago, end - ago) if reaches else {}
    goals = targets or {}
    found = [Line(n, v, before[n], year.get(n), goals.get(n)) for n, v in now.items()]
    found += [Line(n, v, target=goals.get(n)) for n, v in (given or {}).items()]
    return Scorecard(start, end, tuple(found))


def measures(purchases: Table, start: date, end: date) -> dict[str, float | None]:
    """The measures of one period, by comparison with the period of equal length before it."""
    return _measures(purchases, kept(orders(purchases, end)), start, end)


def _measures(purchases: Table, placed: Table, start: date, end: date) -> dict[str, float | None]:
    back = start - timedelta(days=(end - start).days + 1)
    rows = _activity(placed.filter(placed["on"] <= ibis.literal(end)), back, start)
    now, then = rows["now"] > 0, rows["then"] > 0
    new, lost = now & ~rows["older"], then & ~now
    moved = _tier(rows["spent_now"], now) - _tier(rows["spent_then"], then)
    stayed = now & then
    was, active = int(then.sum()), int(now.sum())
    return {
        "customers": float(active),
        "new": float(new.sum()),
        "new_rate": _rate(int(new.sum()), was),
        "lost": float(lost.sum()),
        "lost_rate": _rate(int(lost.sum()), was),
        "retention_rate": _rate(int(stayed.sum()), was),
        "upgraded": float((stayed & (moved < 0)).sum()),
        "upgraded_rate": _rate(int((stayed & (moved < 0)).sum()), was),
        "downgraded": float((stayed & (moved > 0)).sum()),
        "downgraded_rate": _rate(int((stayed & (moved > 0)).sum()), was),
        "revenue": float(rows["spent_now"].sum()),
        "profit_per_customer": _rate(float(rows["profit_now"].sum()), active),
        "cross_sell_share": _cross_sell(purchases, start, end),
    }


def _activity(placed: Table, back: date, start: date) -> pd.DataFrame:
    cost = placed["cost"] if "cost" in placed.columns else ibis.literal(0.0)
    placed = placed.mutate(_profit=placed["amount"] - cost)
    in_now = placed["on"] >= ibis.literal(start)
    in_then = (placed["on"] >= ibis.literal(back)) & ~in_now
    bought = placed["is_purchase"]
    found = placed.group_by("customer").agg(
        now=(in_now & bought).cast("int64").sum(),
        then=(in_then & bought).cast("int64").sum(),
        older=(~in_now & bought).any(),
        spent_now=placed["amount"].sum(where=in_now).fill_null(0.0),
        spent_then=placed["amount"].sum(where=in_then).fill_null(0.0),
        profit_now=placed["_profit"].sum(where=in_now).fill_null(0.0),
    )
    frame: pd.DataFrame = found.order_by("customer").execute()
    return frame.astype({"older": bool})


def _tier(spent: pd.Series[float], active: pd.Series[bool]) -> pd.Series[int]:
    """0 (best) to 3 by rank of spend among the period's customers."""
    place = spent.where(active).rank(ascending=False, method="min", pct=True).fillna(1.0)
    return pd.Series(sum((place > edge).astype(int) for edge in TIERS[:-1]), index=spent.index)


def _cross_sell(purchases: Table, start: date, end: date) -> float | None:
    """Share of sales from goods new to a customer who had bought other goods before."""
    if "product" not in purchases.columns:
        return None
    sold = lines(purchases, end)
    sold = sold.filter(sold["product"].notnull(), sold["amount"] > 0)
    first = sold.group_by("customer", "product").agg(first=ibis._["on"].min())
    known = sold.group_by("customer").agg(known=ibis._["on"].min())
    recent = sold.filter(sold["on"] >= ibis.literal(start))
    joined = recent.join(first, ["customer", "product"]).join(known, "customer")
    crossed = (joined["first"] >= ibis.literal(start)) & (joined["known"] < joined["first"])
    sums = joined.agg(all=joined["amount"].sum(), part=joined["amount"].sum(where=crossed))
    row = sums.execute().fillna(0.0).iloc[0]
    return _rate(float(row["part"]), float(row["all"]))


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole else None
