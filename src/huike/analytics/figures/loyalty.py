"""Loyalty types of the customers asked about, and the indicators of each type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from huike.analytics import words
from huike.analytics.figures.asking import Question
from huike.analytics.figures.bought import bought, last_day, orders_open
from huike.analytics.figures.classes import Classes, by_class
from huike.catalog.models import Product
from huike.customers.models import Tie
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open

if TYPE_CHECKING:  # the methods are imported where they are used: they take half a second
    from huike.insight.satisfaction.figures import Figure

MONEY = ("per_purchase", "price_sensitivity", "return_rate")
NOT_TYPED = "-"  # customers whose first purchase is too recent to tell


@dataclass(frozen=True)
class Loyalty:
    """The types with their customers; the names of indicators that are open, and by type these.

    The type "" of `told` is everybody; it is empty where orders are closed to the reader or were
    never loaded.
    """

    types: Classes
    names: Sequence[str]
    told: Mapping[str, Mapping[str, Figure]]

    @property
    def everybody(self) -> Mapping[str, Figure]:
        return self.told.get("", {})


def loyalty(question: Question) -> Loyalty | None:
    """Return types and indicators; None where the types are hidden from the reader."""
    from huike.insight.indicators import NAMES

    types = by_class(question, "loyalty", words.Loyalty, "clv")
    if types is None:
        return None
    closed = _closed(question)
    names = [name for name in NAMES if name not in closed]
    return Loyalty(types, names, _told(question) if names else {})


def _closed(question: Question) -> set[str]:
    """The indicators whose records or fields the reader may not read."""
    actor = question.actor
    closed: set[str] = set()
    if not (may(actor, Tie, Op.VIEW) and all(is_open(actor, Tie, n) for n in ("kind", "other"))):
        closed.add("recommendation")
    if not orders_open(question):
        from huike.insight.indicators import NAMES

        return closed | (set(NAMES) - {"recommendation"})
    if not orders_open(question, "total"):
        closed.update(MONEY)
    if not (may(actor, Product, Op.VIEW) and is_open(actor, Product, "group")):
        closed.add("categories")
    return closed


def _told(question: Question) -> Mapping[str, Mapping[str, Figure]]:
    from huike.insight.indicators import indicators

    until = last_day(question)
    if until is None:
        return {}
    with bought(question, until, "loyalty") as found:
        if found is None:
            return {}
        lines, groups = found
        return indicators(lines, groups, _referrals(question), until)


def _referrals(question: Question) -> Any:
    """How many others each customer referred, by the ties that the reader may see."""
    import ibis
    import pandas as pd

    rows: list[tuple[int, int]] = []
    if may(question.actor, Tie, Op.VIEW):
        ties = visible(question.actor, Tie).filter(kind=Tie.Kind.REFERRED_BY).order_by()
        rows = list(ties.values_list("other").annotate(n=Count("party", distinct=True)))
    frame = pd.DataFrame(rows, columns=["customer", "referrals"]).astype("int64")
    return ibis.memtable(frame, schema={"customer": "int64", "referrals": "int64"})
