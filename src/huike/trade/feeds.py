"""What the trade room gives the warehouse: every line of every order, with its order's data."""

from __future__ import annotations

from huike.kernel.feeds import Feed, Given, register
from huike.trade.models import Order, OrderLine

register(
    Feed(
        "sale_line",
        OrderLine.objects.all,
        "order",
        {
            "line": Given("pk", "integer"),
            "order": Given("order_id", "integer"),
            "number": Given("order__number"),
            "kind": Given("order__kind"),
            "state": Given("order__state"),
            "at": Given("order__on", "time"),
            "customer": Given("order__party_id", "integer"),
            "owner": Given("order__owner_id", "integer"),
            "department": Given("order__department_id", "integer"),
            "place": Given("order__place"),
            "product": Given("product_id", "integer"),
            "quantity": Given("quantity", "number"),
            "price": Given("price", "number"),
            "amount": Given("amount", "number"),
            "cost": Given("cost", "number"),
            "changed_at": Given("order__changed_at", "time"),
            "binned_at": Given("order__binned_at", "time"),
        },
        journal=Order.label(),
        sums=("quantity", "amount", "cost"),
    )
)
