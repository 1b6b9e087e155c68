"""Products: what the firm sells, in a tree of product groups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.columns import MoneyField
from huike.kernel.records.record import Record


class ProductGroup(Record):
    """A node of the tree of product groups."""

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )

    class Meta(Record.Meta):
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(Record):
    """Something that is sold: goods or a service."""

    code = models.CharField(_("product code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("product group"),
    )
    spec = models.CharField(_("specification"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    barcode = models.CharField(_("bar code"), max_length=60, blank=True)
    price = MoneyField(_("list price"), null=True, blank=True)
    cost = MoneyField(_("cost"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [models.Index(fields=["name"], name="product_name")]

    def __str__(self) -> str:
        return self.name
