"""What trade tells the rooms below that ask: when customers bought last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Max
from django.utils import timezone

from huike.customers.pool.evidence import tell_orders
from huike.trade.models import Order


@tell_orders
def last_orders(parties: Sequence[int]) -> dict[int, date]:
    """Return the day of the last order of each party; returns and cancelled orders don't count."""
    rows = Order.objects.filter(party__in=parties, kind=Order.Kind.SALE)
    rows = rows.exclude(state=Order.State.CANCELLED).order_by()
    found = rows.values_list("party").annotate(last=Max("on"))
    return {party: timezone.localtime(last).date() for party, last in found if last}
