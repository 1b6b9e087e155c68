"""What of a person lies in orders: the books need the order itself, not the remarks on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huike.customers.privacy import retention
from huike.customers.privacy.places import Place, add_place
from huike.trade.models import Order

add_place(
    Place(
        Order.label(),
        ("party",),
        ("remark", "extra"),
        _("bookkeeping and tax law ask for the orders"),
    )
)


def _ordered(since: date) -> QuerySet[Any]:
    rows = Order.objects.filter(on__date__gte=since).exclude(party=None)
    found: QuerySet[Any] = rows.values("party")
    return found


retention.signs.append(_ordered)
