"""Puts the lines of an order back when a change of them is undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records import undo
from huike.trade.actions import reckon
from huike.trade.models import Order, OrderLine

NAMES = ("position", "product_id", "text", "quantity", "price", "amount", "cost")
Lines = list[list[Any]]


def lines_of(order: Order) -> Lines:
    """Return the lines of an order as the journal holds them."""
    return [noted_line(line) for line in order.lines.order_by("position", "pk")]


def noted_line(line: OrderLine) -> list[Any]:
    cost = None if line.cost is None else str(line.cost)
    figures = [str(line.quantity), str(line.price), str(line.amount), cost]
    return [line.position, line.product_id, line.text, *figures]


def take_back(order: Order, before: Lines, after: Lines) -> str:
    """Replace the lines by those of before, unless somebody changed them since."""
    if lines_of(order) != [as_list(line) for line in after]:
        return _("the lines have been changed since")
    order.lines.all().delete()
    lines = []
    for values in map(as_list, before):
        given = dict(zip(NAMES, values, strict=True))
        figures = {n: Decimal(given[n]) for n in NAMES[3:] if given[n] is not None}
        lines.append(OrderLine(order=order, **{**given, **figures}))
    for line in lines:
        line.save()
    fields = {"lines": [after, before]}
    noted = Noted(order.label(), order.pk, Entry.Kind.EDIT, order.version, fields)
    current_work().note(noted)
    Order.everything.unjournaled_save([reckon(order, lines)], ["total", "cost", "lines_count"])
    return ""


def as_list(line: Any) -> list[Any]:
    """Read a line as it was noted: as a list, or by the names of its values."""
    if isinstance(line, dict):
        return [line[name] for name in NAMES]
    return list(line)


undo.apart["trade.order", "lines"] = take_back
