"""What the customers of a campaign bought in a span of days, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from huike.analytics.queries import values
from huike.marketing.models import Campaign, CampaignMember
from huike.trade.models import Order

Numbers = npt.NDArray[np.float64]
DAY = timedelta(days=1)
LEAST = 5  # customers in a group: an average of fewer would tell what single ones bought


@dataclass(frozen=True)
class Outcomes:
    """One number per customer of one group, in one order; nobody is named here."""

    bought: Numbers  # 1 where there was a sale, else 0
    orders: Numbers
    revenue: Numbers  # returns deducted
    profit: Numbers  # revenue less the cost of goods
    first: Numbers  # days from the first day of the span to the first sale, NaN where none
    silent: Numbers  # days from the last sale to the end of the span, NaN where there was none

    def __len__(self) -> int:
        return len(self.bought)


def outcomes(campaign: Campaign, first: date, last: date) -> tuple[Outcomes, Outcomes]:
    """Return what (treated, held out) bought from `first` to `last`, both days included.

    All members count, whoever asks: a difference of averages over those in one seller's reach
    would be another campaign's.
    """
    groups: dict[bool, list[int]] = {True: [], False: []}
    rows = CampaignMember.objects.filter(campaign=campaign, party__binned_at=None)
    for party, treated in rows.order_by("pk").values_list("party_id", "is_treated"):
        groups[treated].append(party)
    found = _bought(rows, first, last)
    return _of(groups[True], found, first, last), _of(groups[False], found, first, last)


def _bought(rows: QuerySet[Any], first: date, last: date) -> Mapping[int, dict[str, Any]]:
    """Return the sums of each customer who bought at all, by key (one query)."""
    sale, untold = Q(kind=Order.Kind.SALE), Q(cost=None)
    orders = Order.objects.filter(
        party__in=rows.values("party_id"), on__gte=_begin(first), on__lt=_begin(last + DAY)
    ).exclude(state=Order.State.CANCELLED)
    sums = (
        orders.order_by()
        .values("party_id")
        .annotate(
            orders=Count("pk", filter=sale),
            first=Min("on", filter=sale),
            last=Max("on", filter=sale),
            revenue=Sum("total"),
            margin=Sum(F("total") - F("cost"), filter=~untold),
            untold=Sum("total", filter=untold),
        )
    )
    return {row["party_id"]: row for row in sums.iterator(5000)}


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _of(keys: list[int], found: Mapping[int, dict[str, Any]], first: date, last: date) -> Outcomes:
    rate = float(values()["clv.margin"])  # where an order tells no cost
    sums = [found.get(key, _NOTHING) for key in keys]
    orders = _column([row["orders"] for row in sums])
    return Outcomes(
        bought=(orders > 0).astype(np.float64),
        orders=orders,
        revenue=_column([row["revenue"] for row in sums]),
        profit=_column([row["margin"] for row in sums])
        + rate * _column([row["untold"] for row in sums]),
        first=np.array([_days(first, row["first"]) for row in sums], dtype=np.float64),
        silent=np.array([-_days(last, row["last"]) for row in sums], dtype=np.float64),
    )


_NOTHING: dict[str, Any] = dict.fromkeys(("orders", "revenue", "margin", "untold"), 0)
_NOTHING |= {"first": None, "last": None}


def _column(given: list[Any]) -> Numbers:
    return np.array([float(value or 0) for value in given], dtype=np.float64)


def _days(day: date, at: datetime | None) -> float:
    return float("nan") if at is None else float((timezone.localtime(at).date() - day).days)
