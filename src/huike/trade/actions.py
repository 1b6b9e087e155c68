"""What people do with orders: their lines, and the amounts that follow from these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records.action import action
from huike.kernel.records.record import plain
from huike.trade.models import Order, OrderLine

LINE = ("position", "product_id", "text", "quantity", "price", "amount", "cost")


def reckon(order: Order, lines: Iterable[OrderLine]) -> Order:
    """Set an order's amount, cost and count of lines, which follow from `lines`; saves nothing."""
    own = list(lines)
    order.total = sum((line.amount for line in own), Decimal(0))
    costs = [line.cost for line in own if line.cost is not None]
    order.cost = sum(costs, Decimal(0)) if costs else None
    order.lines_count = len(own)
    return order


@action("trade.set_lines", needs=Op.EDIT)
def set_lines(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> Order:
    """Replace the lines of an order; what was there before stays in the journal.

    Raises ValidationError for an order that is settled or cancelled.
    """
    if order.state in {Order.State.SETTLED, Order.State.CANCELLED} and order.lines.exists():
        raise ValidationError(_("A settled order is corrected by a return, not changed."))
    before = [_plain(line) for line in order.lines.all()]
    order.lines.all().delete()
    for position, line in enumerate(lines, start=1):
        line.order, line.position = order, position
        line.amount = (line.price * line.quantity).quantize(Decimal("0.01"))
        line.save()
    after = [_plain(line) for line in lines]
    if before == after:
        return order
    order.version, order.changed_at = order.version + 1, timezone.now()
    noted = {"lines": [before, after]}
    current_work().note(Noted(order.label(), order.pk, Entry.Kind.EDIT, order.version, noted))
    columns = ["total", "cost", "lines_count", "version", "changed_at"]
    Order.everything.unjournaled_save([reckon(order, lines)], columns)
    return order


def _plain(line: OrderLine) -> dict[str, object]:
    return {name: plain(getattr(line, name)) for name in LINE}
