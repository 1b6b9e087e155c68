"""Orders and their lines, in the smallest honest form: product, quantity, money, returns."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.entity.columns import MoneyField
from huike.kernel.records.record import Part
from huike.staff.models import Department, Owned


class Order(Owned):
    """What a customer bought, or brought back: a sales order or a sales return."""

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        RETURN = "return", _("return")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DELIVERED = "delivered", _("delivered")
        SETTLED = "settled", _("settled")
        CANCELLED = "cancelled", _("cancelled")

    class Cause(models.TextChoices):
        QUALITY = "quality", _("quality fault")
        WRONG = "wrong", _("wrong goods or work")
        DAMAGED = "damaged", _("damaged on the way")
        LATE = "late", _("too late")
        PRICE = "price", _("price not as agreed")
        MIND = "mind", _("customer changed mind")
        GOODWILL = "goodwill", _("goodwill")
        OTHER = "other", _("other cause")

    derived = frozenset({"total", "cost", "lines_count"})

    number = models.CharField(
        _("order number"),
        max_length=60,
        unique=True,
        blank=True,
        help_text=_("Leave it empty to get the next number."),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SALE)
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("customer"),
    )
    on = models.DateTimeField(_("ordered at"), db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SETTLED)
    total = MoneyField(_("amount"), default=0, editable=False)
    cost = MoneyField(_("cost of goods"), null=True, blank=True, editable=False)
    lines_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    place = models.CharField(_("place"), max_length=100, blank=True)
    # why goods came back or money was let off, and who answers for it
    cause = models.CharField(_("cause"), max_length=10, choices=Cause, blank=True)
    responsible = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible department"),
    )
    compensation = MoneyField(_("compensation paid"), null=True, blank=True)
    discount = MoneyField(
        _("discount granted"),
        null=True,
        blank=True,
        help_text=_("What was let off; the amount of the order is without it already."),
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta(Owned.Meta):
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["party", "-on"], name="order_of_party"),
            models.Index(fields=["department", "-on"], name="order_of_department"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Part):
    """One line of an order; a return has a negative quantity and amount."""

    parent_field = "order"

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveIntegerField(_("position"), default=1)
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("product"),
    )
    text = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, default=0)
    amount = MoneyField(_("amount"), default=0)
    cost = MoneyField(_("cost"), null=True, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.order} {self.position}"
