"""What the catalogue gives the warehouse: products and the tree of their groups."""

from __future__ import annotations

from huike.catalog.models import Product, ProductGroup
from huike.kernel.feeds import Feed, Given, register

register(
    Feed(
        "product_group",
        ProductGroup.everything.all,
        "group",
        {
            "group": Given("pk", "integer"),
            "name": Given("name"),
            "parent": Given("parent_id", "integer"),
        },
        journal=ProductGroup.label(),
    )
)

register(
    Feed(
        "product",
        Product.everything.all,
        "product",
        {
            "product": Given("pk", "integer"),
            "code": Given("code"),
            "name": Given("name"),
            "group": Given("group_id", "integer"),
            "unit": Given("unit"),
            "price": Given("price", "number"),
            "cost": Given("cost", "number"),
            "is_withdrawn": Given("is_withdrawn", "flag"),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("binned_at", "time"),
        },
        journal=Product.label(),
        sums=("price", "cost"),
    )
)
