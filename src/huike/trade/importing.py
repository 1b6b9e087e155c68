"""Orders from a file of their lines, with the customers and products that the lines name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.recipes import Recipe, Writer, register
from huike.kernel.exchange.importing.targets import Filled, filled_by
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.numbers import Money, Number
from huike.trade import lines_back  # noqa: F401  (how an undo puts lines back)
from huike.trade.models import Order

PARTY, PRODUCT, LINE = "party.", "product.", "line."
PARTY_FIELDS = ("code", "name", "phone", "email", "country", "province", "city", "address")
PARTY_WORDS = {
    "code": ("客户编号", "客户号", "会员号", "customer id", "customerid", "customer no", "cust id"),
    "name": ("客户", "客户名称", "客户姓名", "买家", "customer", "customer name", "client"),
    "phone": ("手机", "手机号", "电话", "联系电话", "mobile", "phone"),
    "email": ("邮箱", "email", "mail"),
    "country": ("国家", "国家地区", "country"),
    "province": ("省", "省份", "province"),
    "city": ("城市", "市", "city"),
    "address": ("地址", "收货地址", "address"),
}
PRODUCT_WORDS = {
    "code": ("商品编号", "产品编号", "货号", "商品编码", "stockcode", "stock code", "sku",
             "product code", "product id", "item code"),
    "name": ("商品", "商品名称", "产品", "产品名称", "品名", "description", "product",
             "product name", "item"),
}  # fmt: skip
LINE_FIELDS: dict[str, tuple[object, Kind, tuple[str, ...]]] = {
    "quantity": (gettext_lazy("quantity"), Number(3), ("数量", "件数", "qty", "quantity", "units")),
    "price": (
        gettext_lazy("unit price"),
        Number(4),
        ("单价", "价格", "售价", "unitprice", "unit price", "price"),
    ),
    "amount": (
        gettext_lazy("amount"),
        Money(),
        ("金额", "总金额", "合计", "小计", "实付金额", "amount", "total", "sales", "dollars"),
    ),
}


class OrderRecipe(Recipe):
    """Lines with the same order number are one order; without numbers each line is one."""

    key = "orders"
    grouped_by = "number"

    @property
    def entity(self) -> Entity:
        return entity_of(Order)

    @property
    def label(self) -> str:
        return _("Orders with customers and products")

    def offered(self, actor: Actor) -> list[Filled]:
        own = [f for f in filled_by(actor, self.entity) if f.name not in {"party"}]
        own = [_optional(f) if f.name == "number" else f for f in own]
        return [*own, *_of_party(actor), *_of_product(actor), *_of_line()]

    def matchable(self, actor: Actor) -> list[str]:
        return ["number"]

    def writer(self, intake: Intake) -> Writer:
        from huike.trade.order_lines import OrderWriter

        return OrderWriter(self, intake)


def _optional(f: Filled) -> Filled:
    return Filled(f.name, f.label, f.field, f.synonyms, False, f.group)


def _of_party(actor: Actor) -> list[Filled]:
    title = str(Party._meta.verbose_name)
    return _prefixed(actor, entity_of(Party), PARTY, title, PARTY_WORDS)


def _of_product(actor: Actor) -> list[Filled]:
    title = str(Product._meta.verbose_name)
    return _prefixed(actor, entity_of(Product), PRODUCT, title, PRODUCT_WORDS)


def _prefixed(
    actor: Actor, entity: Entity, prefix: str, title: str, words: Mapping[str, Sequence[str]]
) -> list[Filled]:
    """Return fields of another record, for whoever may at least read them."""
    fields = entity.fields(actor)
    return [
        Filled(
            prefix + name,
            _("%(record)s: %(field)s") % {"record": title, "field": fields[name].label},
            fields[name],
            tuple(words[name]),
            group=title,
        )
        for name in words
        if name in fields and fields[name].is_comparable
    ]


def _of_line() -> list[Filled]:
    title = str(gettext_lazy("Order line"))
    return [
        Filled(LINE + name, str(label), Field(name, str(label), kind), words, group=title)
        for name, (label, kind, words) in LINE_FIELDS.items()
    ]


register(OrderRecipe())
