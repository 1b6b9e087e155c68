"""Who brings the money: how it is spread over the customers, and the RFM grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Count, FloatField, Sum
from django.db.models.functions import Cast

from huike.analytics.figures.asking import Leaf, Question

SHARES = (0.01, 0.05, *(n / 10 for n in range(1, 11)))


@dataclass(frozen=True)
class Point:
    """The best customers down to one amount: how many, and what they bring together."""

    customers: int
    customer_share: float
    amount: float
    amount_share: float
    least: float  # the amount of the last of them
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Spread:
    """How the amount is spread; the best customers first."""

    customers: int
    amount: float
    gini: float  # 0: all alike, 1: one customer brings everything
    top_fifth: float  # share of the amount that the best 20 % bring
    for_80: float  # share of customers that together bring 80 %
    points: Sequence[Point]


@dataclass(frozen=True)
class Cell:
    """The customers of one R and one F score."""

    r: int
    f: int
    customers: int
    amount: Decimal | None
    leaves: tuple[Leaf, ...]


def spread(question: Question) -> Spread | None:
    """Return the Lorenz curve and Gini coefficient of the amount; None where it is hidden.

    Only customers with a purchase count, which is those that have an ABC class. Amounts below zero
    (more brought back than bought) count as zero. Gini: the mean difference of two customers over
    twice the mean (Gini 1912).
    """
    if not question.open("amount"):
        return None
    bought: Leaf = ("abc", "filled") if question.open("abc") else ("amount", "gt", 0)
    found = (
        question.rows(bought).annotate(a=Cast("amount", FloatField())).values_list("a", flat=True)
    )
    amounts = np.sort(np.maximum(np.fromiter(found.iterator(chunk_size=20_000), float), 0))[::-1]
    n, total = len(amounts), float(amounts.sum())
    if not n or not total:
        return None
    sums = np.cumsum(amounts)
    ranks = np.arange(1, n + 1)
    gini = float((n + 1 - 2 * (amounts * ranks).sum() / total) / n)
    return Spread(
        customers=n,
        amount=round(total, 2),
        gini=abs(gini),
        top_fifth=float(np.interp(0.2, [0, *(ranks / n)], [0, *(sums / total)])),
        for_80=float((np.searchsorted(sums, 0.8 * total - 1e-9) + 1) / n),
        points=_points(amounts, sums, total),
    )


def _points(amounts: Any, sums: Any, total: float) -> list[Point]:
    """Cut where an amount ends, so that the list "at least this amount" holds the same people."""
    n = len(amounts)
    found: list[Point] = []
    for share in SHARES:
        least = float(amounts[max(round(n * share), 1) - 1])
        count = int(np.searchsorted(-amounts, -least, side="right"))
        if found and found[-1].customers == count:
            continue
        brought = float(sums[count - 1])
        leaf: Leaf = ("amount", "gte", f"{least:.2f}") if least > 0 else ("amount", "filled")
        found.append(Point(count, count / n, round(brought, 2), brought / total, least, (leaf,)))
    return found


def rfm_grid(question: Question) -> list[Cell] | None:
    """Return customers and amount by R and F score; None where they are hidden or not kept.

    Past scores keep the class alone, not its three scores.
    """
    if not question.open("r", "f"):
        return None
    counted: dict[str, Any] = {"n": Count("pk")}
    if question.open("amount"):
        counted["money"] = Sum("amount")
    found = question.rows().exclude(r=None).exclude(f=None).values("r", "f").annotate(**counted)
    return [
        Cell(
            row["r"], row["f"], row["n"], row.get("money"),
            (("r", "is", row["r"]), ("f", "is", row["f"])),
        )
        for row in found.order_by("-r", "f")
    ]  # fmt: skip
