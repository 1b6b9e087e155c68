"""Named questions about what a customer bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.trade.models import Order, OrderLine

MONTHS = 12


@dataclass(frozen=True)
class Purchases:
    """What a customer bought in all; returns count against it."""

    orders: int
    returns: int
    total: Decimal
    average: Decimal
    first_at: datetime | None
    last_at: datetime | None
    months: Sequence[tuple[date, Decimal]]  # the last twelve, oldest first


def orders_of(actor: Actor, party: Party) -> QuerySet[Order]:
    """Return the orders of a party that `actor` may see, cancelled ones left out."""
    return visible(actor, Order).filter(party=party).exclude(state=Order.State.CANCELLED)


def purchases(actor: Actor, party: Party) -> Purchases:
    """Return the totals of what `actor` may see of a party's orders (two queries)."""
    rows = orders_of(actor, party).order_by()
    sale, back = Q(kind=Order.Kind.SALE), Q(kind=Order.Kind.RETURN)
    sums = rows.aggregate(
        sales=Count("pk", filter=sale),
        backs=Count("pk", filter=back),
        net=Sum("total"),
        sold=Sum("total", filter=sale),
        first=Min("on", filter=sale),
        last=Max("on", filter=sale),
    )
    count = sums["sales"]
    sold = sums["sold"] or Decimal(0)
    return Purchases(
        orders=count,
        returns=sums["backs"],
        total=sums["net"] or Decimal(0),
        average=(sold / count).quantize(Decimal("0.01")) if count else Decimal(0),
        first_at=sums["first"],
        last_at=sums["last"],
        months=_months(rows),
    )


def _months(rows: QuerySet[Order]) -> list[tuple[date, Decimal]]:
    """Return the sum of each of the last twelve months, those without orders too."""
    this = timezone.localdate().replace(day=1)
    wanted = [_back(this, n) for n in range(MONTHS - 1, -1, -1)]
    since = timezone.make_aware(datetime.combine(wanted[0], datetime.min.time()))
    found = (
        rows.filter(on__gte=since)
        .annotate(month=TruncMonth("on"))
        .values_list("month")
        .annotate(sum=Sum("total"))
    )
    sums = {timezone.localtime(month).date().replace(day=1): total for month, total in found}
    return [(month, sums.get(month) or Decimal(0)) for month in wanted]


def _back(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def lines_of(order: Order) -> QuerySet[OrderLine]:
    """Return the lines of an order; whoever may see the order may see these."""
    return OrderLine.objects.filter(order=order).select_related("product").order_by("position")
