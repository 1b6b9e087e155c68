"""What orders give a customer's dossier: buying and paying by year, transactions, and returns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from huike.customers.dossier.contents import Ask, Chapter, Table, add
from huike.kernel.actor import FieldRight
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.numbers import Money, Whole
from huike.trade.models import Order, OrderLine
from huike.trade.queries import orders_of

PAID = Q(state=Order.State.SETTLED)
LET_OFF = Q(kind=Order.Kind.RETURN) | Q(compensation__gt=0) | Q(discount__gt=0) | ~Q(cause="")


def _orders(ask: Ask) -> QuerySet[Order]:
    rows = orders_of(ask.actor, ask.party).filter(ask.within("on", moment=True))
    return rows.order_by("-on", "-pk")


def buying(ask: Ask) -> list[Chapter]:
    """Return what was bought and paid by year; amounts only for who may read those of orders."""
    if not ask.may_view(Order):
        return []
    total = entity_of(Order).fields(ask.actor).get("total")
    if total is None or total.right is FieldRight.MASKED:
        return []
    rows = _orders(ask).order_by().annotate(year=ExtractYear("on")).values("year")
    sums = rows.annotate(
        orders=Count("pk", filter=Q(kind=Order.Kind.SALE)),
        bought=Sum("total", filter=Q(kind=Order.Kind.SALE)),
        back=Sum("total", filter=Q(kind=Order.Kind.RETURN)),
        settled=Sum("total", filter=PAID),
        due=Sum("total", filter=~PAID),
    ).order_by("-year")
    ask.read.note(Order.label(), ["total", "on", "state"], [])
    money, nothing = Money(), Decimal(0)
    lines = [
        [str(one["year"]), Whole().text(one["orders"]),
         *(money.text(one[name] or nothing) for name in ("bought", "back", "settled", "due"))]
        for one in sums
    ]  # fmt: skip
    heads = [_("Year"), _("Orders"), _("Bought"), _("Brought back"), _("Settled"), _("Not settled")]
    table = Table(heads, lines, frozenset(range(1, 6)))
    open_ = ask.table(_orders(ask).exclude(PAID), ("number", "on", "total", "state", "owner"))
    note = _("Receipts are not kept by themselves yet: an order counts as paid when it is settled.")
    return [Chapter(_("Bought and paid by year"), table=table, note=note if lines else ""),
            Chapter(_("Not settled"), table=open_)]  # fmt: skip


def transactions(ask: Ask) -> list[Chapter]:
    """Return the orders, and what was on them."""
    if not ask.may_view(Order):
        return []
    rows = _orders(ask).filter(kind=Order.Kind.SALE)
    names = ("number", "on", "lines_count", "total", "state", "place", "owner")
    return [Chapter(_("Orders"), table=ask.table(rows, names)),
            Chapter(_("Lines"), table=_lines(ask, rows))]  # fmt: skip


def _lines(ask: Ask, rows: QuerySet[Order]) -> Table:
    """Return the lines of orders, by the rights that the order's page has for them."""
    parts = entity_of(Order).parts[0]
    fields = parts.fields(ask.actor, Order.label())
    shown = [fields[n] for n in ("product", "text", "quantity", "price", "amount") if n in fields]
    number = entity_of(Order).fields(ask.actor).get("number")
    if not shown or number is None:
        return Table((), ())
    orders = list(rows[:200])
    found = parts.of(orders, shown)
    ask.read.note(Order.label(), [parts.name, *(f"{parts.name}.{f.name}" for f in shown)], [])
    lines = [
        [number.text(order), *(f.text(cast(Any, line)) for f in shown)]
        for order in orders
        for line in found[order.pk]
    ]
    numbers = frozenset(n for n, f in enumerate(shown, 1) if f.kind.is_number)
    every = OrderLine.objects.filter(order__in=rows).count()
    heads = [number.label, *(f.label for f in shown)]
    return Table(heads, lines, numbers, max(every - len(lines), 0))


def returns(ask: Ask) -> list[Chapter]:
    """Return what came back and what was let off, with cause and who answers for it."""
    if not ask.may_view(Order):
        return []
    rows = _orders(ask).filter(LET_OFF)
    names = ("number", "on", "kind", "total", "cause", "responsible", "compensation", "discount",
             "remark")  # fmt: skip
    return [Chapter(_("Returns, compensation, discounts"), table=ask.table(rows, names))]


def register() -> None:
    """Add the sources of this room."""
    add(2, 20, buying)
    add(3, 10, transactions)
    add(4, 10, returns)
