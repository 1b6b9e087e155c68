"""Where each field of orders shows."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.entity import Entity, Section, register
from huike.kernel.entity.parts import Parts
from huike.trade import dossier
from huike.trade.actions import set_lines
from huike.trade.models import Order, OrderLine


def this_minute() -> str:
    """Return the time of a purchase that is written down as it happens."""
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


register(
    Entity(
        model=Order,
        icon="shopping-cart",
        columns=("number", "party", "on", "kind", "lines_count", "total", "state", "owner"),
        facts=("party", "on", "total", "state", "owner"),
        form=(
            Section(
                _("Order"),
                (
                    "number",
                    "party",
                    "kind",
                    "on",
                    "state",
                    "place",
                    "remark",
                    "owner",
                    "department",
                ),
            ),
            Section(
                _("Returns, compensation, discounts"),
                ("cause", "responsible", "compensation", "discount"),
            ),
        ),
        initial={"on": this_minute},
        search=("number",),
        ordering="-on",
        match=("number",),
        synonyms={
            "number": (
                "订单号",
                "单号",
                "订单编号",
                "发票号",
                "invoiceno",
                "invoice no",
                "invoice",
                "order number",
                "order id",
            ),
            "on": (
                "日期",
                "下单日期",
                "订单日期",
                "时间",
                "invoicedate",
                "invoice date",
                "date",
                "order date",
            ),
            "party": ("客户", "customer"),
            "total": ("金额", "总金额", "合计", "amount", "total"),
            "place": ("门店", "地点", "store"),
        },
        party="party",
        parts=(
            Parts(
                "lines",
                _("Lines"),
                OrderLine,
                ("position", "product", "text", "quantity", "price", "amount", "cost"),
                save=set_lines,
                read_only=("position", "amount"),
            ),
        ),
        numbered=("number", "SO"),
        views=(
            (_("This month"), 'filter=["on","this","month"]'),
            (_("Returns"), 'filter=["kind","is","return"]'),
            (_("By month"), "group=on"),
        ),
        menu="trade",
    )
)

dossier.register()
