"""The table of order lines that the methods of analysis read, made from the stored sales."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

CANCELLED = "cancelled"


def purchases(backend: Any, as_of: date | None = None) -> Table:
    """One row per order line, in the contract of `huike.insight.purchases`.

    Orders in the bin and cancelled ones are left out; returns have negative quantity and amount.
    Columns: customer, order, on, amount, product, quantity, cost, discount; and further department,
    owner, place, group (of the product), line.

    * `cost` is that of the line; without one, the product's present cost times the quantity.
    * `discount` is what the amount lies below unit price times quantity, never negative.

    Parameters:
        backend: an Ibis backend that holds the warehouse's tables.
        as_of: lines dated later are left out; None: all lines.
    """
    lines = sold(backend)
    if as_of is not None:
        lines = lines.filter(lines["on"] <= ibis.literal(as_of, type="date"))
    return lines.select(
        "customer", "order", "on", "amount", "product", "quantity", "cost", "discount",
        "department", "owner", "place", "group", "line",
    )  # fmt: skip


def sold(backend: Any) -> Table:
    """Every line of the orders that count, with its day, cost, discount and product group."""
    stored = backend.table("sale_line")
    stored = stored.filter(stored["binned_at"].isnull(), stored["state"] != CANCELLED)
    product = backend.table("product").select("product", "group", list_cost="cost")
    lines = stored.left_join(product, "product").select(
        *[stored[name] for name in stored.columns], product["group"], product["list_cost"]
    )
    below = lines["price"] * lines["quantity"] - lines["amount"]
    sign = ibis.ifelse(lines["amount"] < 0, -1.0, 1.0)
    # unit prices have four decimals, so that a difference below that is none
    rounding = lines["quantity"].abs() * 0.0001 + 0.005
    return lines.mutate(
        on=lines["at"].date(),
        cost=ibis.coalesce(lines["cost"], lines["list_cost"] * lines["quantity"]),
        discount=ibis.ifelse(below * sign > rounding, below * sign, 0.0).round(4),
    ).drop("list_cost")


def money(value: Any) -> Any:
    """An amount rounded to four decimals, so that the order of adding up cannot show."""
    return value.round(4).cast("float64")
