"""The lines of an order, on its page."""

from __future__ import annotations

from typing import Any, cast

from huike.kernel.actor import FieldRight
from huike.trade.models import Order
from huike.trade.queries import lines_of
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

MOST = 200


def line_facts(opened: Open) -> dict[str, Any] | None:
    """Show the lines; prices and amounts only to those who may read the order's amount."""
    total = opened.fields.get("total")
    fields = opened.entity.parts[0].fields(opened.actor, Order.label())
    if not fields:
        return None
    return {
        "lines": list(lines_of(cast(Order, opened.row))[:MOST]),
        "fields": fields,
        "total": total,
        "amounts": total is not None and total.right is not FieldRight.MASKED,
    }


def register() -> None:
    """Put the lines above the timeline of an order."""
    add_panel(Order.label(), Panel("web/trade/lines.html", line_facts, "main"))
