"""Customer equity, groups and loyalty types of the customers asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
from django.db.models import Avg, Count, Sum
from django.utils.translation import get_language

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.jobs import may_run
from huike.analytics.queries import last_good_run
from huike.customers.models import Party
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.links import Link

TOP = 0.2
METHODS = ("abc", "rfm", "clv")
NEEDED = {"abc": ("amount",), "rfm": ("r", "f", "m", "amount"), "clv": ("clv",)}


@dataclass(frozen=True)
class Equity:
    """The sum of CLV; the interval only where it is that of the whole firm."""

    total: Decimal
    customers: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Part:
    """Customers of one department or group, with what they are worth."""

    key: str
    name: str
    customers: int
    clv: Decimal | None
    leaf: Leaf


@dataclass(frozen=True)
class Cluster:
    """One group of customers that buy alike, by its means over the customers asked about."""

    key: str
    words: str
    customers: int
    recency_days: float | None
    orders: float | None
    amount: float | None  # mean per customer
    leaf: Leaf


@dataclass(frozen=True)
class Agreement:
    """How many customers are in the top fifth by both of two methods."""

    first: str
    second: str
    both: int
    size: int


def equity(question: Question) -> Equity | None:
    """Return the sum of the customers' CLV; None where it is hidden."""
    if not question.open("clv"):
        return None
    found = question.rows(("clv", "filled")).aggregate(n=Count("pk"), sum=Sum("clv"))
    low = high = None
    run = last_good_run()
    is_whole = not question.about and question.on is None and may_run(question.actor)
    if is_whole and run is not None:
        told = run.details.get("predicted_value") or {}
        low, high = told.get("low"), told.get("high")
    return Equity(found["sum"] or Decimal(0), found["n"], low, high)


def by_department(question: Question) -> list[Part] | None:
    """Return the sum of CLV by department, the largest first; None where a part is hidden."""
    known = entity_of(Party).fields(question.actor).get("department")
    if known is None or not known.is_comparable or not isinstance(known.kind, Link):
        return None
    if not question.open("clv"):
        return None
    rows = question.rows(("clv", "filled")).values("party__department")
    found = list(rows.annotate(n=Count("pk"), clv=Sum("clv")).order_by("-clv"))
    keys = [row["party__department"] for row in found]
    names = known.kind.names([key for key in keys if key is not None])
    return [
        Part(
            str(key or ""), names.get(key, ""), row["n"], row["clv"],
            ("department", "in", [key]) if key is not None else ("department", "empty"),
        )
        for key, row in zip(keys, found, strict=True)
    ]  # fmt: skip


def clusters(question: Question) -> list[Cluster] | None:
    """Return the groups, the largest amount per customer first; None where they are hidden.

    Past scores do not keep the group. What sets a group apart is said in the reader's language, as
    the last good run found it for the whole firm.
    """
    if question.on is not None or not question.open("group"):
        return None
    means = {
        name: Avg(name) for name in ("recency_days", "orders", "amount") if question.open(name)
    }
    rows = question.rows(("group", "filled")).values("group").annotate(n=Count("pk"), **means)
    words = _words()
    return [
        Cluster(
            key=row["group"],
            words=words.get(row["group"], ""),
            customers=row["n"],
            recency_days=_float(row.get("recency_days")),
            orders=_float(row.get("orders")),
            amount=_float(row.get("amount")),
            leaf=("group", "is", row["group"]),
        )
        for row in rows.order_by("group")
    ]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _words() -> dict[str, str]:
    run = last_good_run()
    profiles = ((run.details if run else {}).get("groups") or {}).get("profiles") or []
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return {str(n): str(one.get(language, "")) for n, one in enumerate(profiles, 1)}


def against(question: Question, name: str) -> dict[tuple[str, str], int]:
    """Count customers by their group and the field `name` of the customer, such as its level."""
    known = entity_of(Party).fields(question.actor).get(name)
    if known is None or not known.is_comparable or question.on or not question.open("group"):
        return {}
    column = f"party__{name}"
    rows = question.rows(("group", "filled")).values("group", column).annotate(n=Count("pk"))
    return {(row["group"], row[column] or ""): row["n"] for row in rows.order_by()}


def agreement(question: Question) -> Sequence[Agreement]:
    """Compare the top fifths by amount (ABC), RFM score and CLV; those hidden are left out.

    Of equal customers the one with the larger amount, then the older one, goes first.
    """
    methods = [m for m in METHODS if question.open(*NEEDED[m])]
    if question.on is not None or len(methods) < 2:
        return []
    columns = sorted({c for m in methods for c in NEEDED[m]} | {"pk"})
    rows = question.rows(("amount", "gt", 0)) if question.open("amount") else question.rows()
    found = np.array(
        [[float(v or 0) for v in row] for row in rows.values_list(*columns)], dtype=float
    )
    if len(found) < 5:
        return []
    place = {name: found[:, n] for n, name in enumerate(columns)}
    size = max(1, round(len(found) * TOP))
    tops = {m: set(_order(m, place)[:size].tolist()) for m in methods}
    return [Agreement(a, b, len(tops[a] & tops[b]), size) for a, b in combinations(methods, 2)]


def foreseen(question: Question) -> dict[str, Any]:
    """Return how well each method's top fifth, drawn in the past, foresaw later profit.

    Found by the last good run for the whole firm, hence told only to who may see all of it: keys
    captured (rows at, method, customers, profit, share, best), days. Empty where hidden.
    """
    run = last_good_run()
    is_whole = not question.about and question.on is None and may_run(question.actor)
    if run is None or not is_whole or not question.open("amount", "profit", "clv", "r", "f", "m"):
        return {}
    told: dict[str, Any] = run.details.get("comparison") or {}
    known = [row for row in told.get("captured") or [] if row.get("share") is not None]
    return {"captured": known, "days": told.get("days")} if known else {}


def _order(method: str, place: dict[str, np.ndarray]) -> np.ndarray:
    """Return the rows in the order of a method, the best first."""
    amount = place.get("amount", np.zeros(len(place["pk"])))
    if method == "rfm":
        first = place["r"] + place["f"] + place["m"]
    else:
        first = place["clv"] if method == "clv" else amount
    return np.lexsort((place["pk"], -amount, -first))
