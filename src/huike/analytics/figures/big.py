"""Big customers at risk: profit, dependence, churn, and whether they bargain harder than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.figures.bought import bought, last_day, orders_open
from huike.analytics.models import Measured
from huike.analytics.queries import values
from huike.analytics.words import Risk, Spend

BIG: Leaf = ("pyramid", "in", [Spend.VIP.value, Spend.MAJOR.value])
YEAR = timedelta(days=365)
MOST = 5_000  # of whom the indicators are worked out, by amount


@dataclass(frozen=True)
class Drift:
    """Discount and margin, as shares of sales, of the last year and of the one before."""

    discount: float | None
    discount_before: float | None
    margin: float | None
    margin_before: float | None

    @property
    def discount_change(self) -> float | None:
        return _change(self.discount, self.discount_before)

    @property
    def margin_change(self) -> float | None:
        return _change(self.margin, self.margin_before)


@dataclass(frozen=True)
class Big:
    """One big customer: its score, what it means to us, and the signals that are up."""

    row: Measured
    share: float
    drift: Drift | None
    signals: Sequence[str]  # loss, dependence, churn, discount, margin


@dataclass(frozen=True)
class Bigs:
    """The big customers, the most signals first; the largest shares of our sales."""

    found: Sequence[Big]
    customers: int
    share: float  # of all sales asked about
    top: Sequence[Big]  # by share

    leaves: Mapping[str, Sequence[Leaf]]  # of the customers with a signal, where scores tell it

    until: date | None = None  # the day up to which discount and margin were looked at

    def with_signal(self, signal: str) -> int:
        return sum(signal in one.signals for one in self.found)


def bigs(question: Question, until: date | None = None) -> Bigs | None:
    """Return the VIP and major customers with their indicators; None where these are hidden.

    Discount and margin are those up to `until`, the day of the scores unless said.

    A share is that in the sales of all customers asked about. Sorted by the number of signals, then
    by the amount.
    """
    if not question.open("pyramid", "amount"):
        return None
    whole = float(question.rows().aggregate(sum=Sum("amount"))["sum"] or 0)
    rows = list(question.rows(BIG).select_related("party").order_by("-amount", "pk")[:MOST])
    until = until or last_day(question)
    drifts = _drifts(question, until)
    limits = values()
    found = [_big(question, row, whole, drifts.get(row.party_id), limits) for row in rows]
    found.sort(key=lambda one: (-len(one.signals), -one.share))
    return Bigs(
        found,
        len(found),
        sum(one.share for one in found),
        sorted(found, key=lambda one: -one.share)[:15],
        _leaves(question, whole * limits["big.share"]),
        until,
    )


def _leaves(question: Question, least: float) -> dict[str, Sequence[Leaf]]:
    leaves: dict[str, Leaf] = {
        "loss": ("profit", "lte", 0),
        "dependence": ("amount", "gte", f"{least:.2f}"),
        "churn": ("churn_level", "in", [Risk.HIGH.value, Risk.MEDIUM.value]),
    }
    return {name: (BIG, leaf) for name, leaf in leaves.items() if question.open(leaf[0])}


def _big(
    question: Question, row: Any, whole: float, drift: Drift | None, limits: Mapping[str, Any]
) -> Big:
    share = float(row.amount) / whole if whole > 0 else 0.0
    signals = []
    if question.open("profit") and row.profit is not None and row.profit <= 0:
        signals.append("loss")
    if share >= limits["big.share"]:
        signals.append("dependence")
    if question.open("churn_level") and row.churn_level in {Risk.HIGH, Risk.MEDIUM}:
        signals.append("churn")
    if drift and (drift.discount_change or 0) >= limits["big.drift"]:
        signals.append("discount")
    if drift and (drift.margin_change or 0) <= -limits["big.drift"]:
        signals.append("margin")
    return Big(row, share, drift, signals)


def _drifts(question: Question, until: date | None) -> dict[int, Drift]:
    """Return each big customer's discounts and margins, from the order lines of two years.

    Empty where orders are closed to the actor; without the margin where only their cost is.
    """
    if until is None or not orders_open(question, "total"):
        return {}
    with bought(question, until, leaves=(BIG,)) as found:
        if found is None:
            return {}
        rows = _sums(found[0], until)
    with_cost = orders_open(question, "total", "cost")
    return {int(row["customer"]): _drift(row, with_cost=with_cost) for row in rows}


def _sums(lines: Any, until: date) -> list[dict[str, Any]]:
    import ibis

    day, year_ago = ibis.literal(until), ibis.literal(until - YEAR)
    spans = {
        "now": (lines["on"] > year_ago) & (lines["on"] <= day),
        "then": (lines["on"] > ibis.literal(until - 2 * YEAR)) & (lines["on"] <= year_ago),
    }
    asked: dict[str, Any] = {}
    for name, inside in spans.items():
        known = inside & lines["cost"].notnull()
        asked |= {
            f"amount_{name}": lines["amount"].sum(where=inside),
            f"discount_{name}": lines["discount"].sum(where=inside),
            f"costed_{name}": lines["amount"].sum(where=known),
            f"cost_{name}": lines["cost"].sum(where=known),
        }
    rows: list[dict[str, Any]] = lines.group_by("customer").agg(**asked).to_pyarrow().to_pylist()
    return rows


def _drift(row: Mapping[str, Any], *, with_cost: bool) -> Drift:
    told = {}
    for name in ("now", "then"):
        amount, discount = row[f"amount_{name}"] or 0.0, row[f"discount_{name}"] or 0.0
        told[f"discount_{name}"] = _share(discount, amount + discount)
        costed, cost = row[f"costed_{name}"] or 0.0, row[f"cost_{name}"] or 0.0
        told[f"margin_{name}"] = _share(costed - cost, costed) if with_cost else None
    return Drift(
        told["discount_now"], told["discount_then"], told["margin_now"], told["margin_then"]
    )


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _change(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then
