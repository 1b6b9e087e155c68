"""Where each field of products and product groups shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.catalog.models import Product, ProductGroup
from huike.kernel.entity.entity import Entity, Section, register

register(
    Entity(
        model=Product,
        icon="package",
        columns=("code", "name", "group", "spec", "unit", "price", "is_withdrawn"),
        facts=("code", "group", "price", "unit"),
        form=(
            Section(_("Product"), ("code", "name", "group", "spec", "unit", "barcode")),
            Section(_("Price"), ("price", "cost", "is_withdrawn")),
        ),
        search=("name", "code", "barcode"),
        match=("code", "barcode", "name"),
        synonyms={
            "code": (
                "商品编号",
                "产品编号",
                "货号",
                "编码",
                "stockcode",
                "stock code",
                "sku",
                "product code",
            ),
            "name": (
                "商品",
                "商品名称",
                "产品",
                "产品名称",
                "品名",
                "description",
                "product",
                "item",
            ),
            "price": ("单价", "价格", "售价", "unitprice", "unit price", "price"),
            "unit": ("单位",),
            "spec": ("规格", "型号"),
            "barcode": ("条码", "条形码", "ean"),
        },
        menu="trade",
    )
)

register(
    Entity(
        model=ProductGroup,
        icon="folders",
        columns=("name", "parent"),
        form=(Section(_("Product group"), ("name", "parent")),),
        ordering="name",
        match=("name",),
        menu="trade",
        in_menu=False,
    )
)
