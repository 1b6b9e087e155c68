"""The demo firm's products: cars, workshop services, parts and club offers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from huike.catalog.models import Product, ProductGroup
from huike.kernel.actor import Actor
from huike.kernel.change.work import change

# group: ((code, name, unit, price, share of it that is cost), ...)
PRODUCTS: dict[str, tuple[tuple[str, str, str, int, float], ...]] = {
    "新车": (
        ("CAR-A3", "启程 A3 1.5T 舒适型", "辆", 99800, 0.94),
        ("CAR-A5", "启程 A5 1.5T 豪华型", "辆", 139800, 0.93),
        ("CAR-S5", "启程 S5 SUV 2.0T", "辆", 179800, 0.92),
        ("CAR-E6", "启程 E6 纯电", "辆", 219800, 0.93),
        ("CAR-M8", "启程 M8 商务车", "辆", 259800, 0.92),
    ),
    "保养": (
        ("SRV-OIL", "机油机滤更换", "次", 480, 0.45),
        ("SRV-20K", "2万公里保养", "次", 980, 0.5),
        ("SRV-60K", "6万公里大保养", "次", 2380, 0.52),
        ("SRV-AIR", "空调清洗", "次", 260, 0.3),
        ("SRV-WHEEL", "四轮定位", "次", 320, 0.25),
    ),
    "维修": (
        ("REP-BRAKE", "更换刹车片", "次", 860, 0.55),
        ("REP-PAINT", "钣金喷漆", "面", 650, 0.5),
        ("REP-ACC", "事故车维修", "次", 5800, 0.65),
        ("REP-BATT", "更换蓄电池", "次", 720, 0.6),
    ),
    "精品附件": (
        ("ACC-FILM", "全车隔热膜", "套", 2680, 0.5),
        ("ACC-MAT", "脚垫", "套", 380, 0.45),
        ("ACC-CAM", "行车记录仪", "个", 699, 0.55),
        ("ACC-SEAT", "儿童座椅", "个", 1280, 0.6),
        ("ACC-TYRE", "轮胎", "条", 620, 0.7),
    ),
    "会员俱乐部": (
        ("CLB-CARD", "会员年卡", "张", 598, 0.2),
        ("CLB-TRIP", "自驾游活动", "人次", 880, 0.75),
        ("CLB-WASH", "洗车卡(10次)", "张", 200, 0.4),
    ),
    "保险代理": (("INS-YEAR", "车险续保", "份", 3600, 0.85),),
}


def fill(say: Callable[[str], None]) -> None:
    """Make the product groups and products."""
    with change(Actor.system("demo"), "catalog.demo"):
        for name, products in PRODUCTS.items():
            group = ProductGroup(name=name)
            group.save()
            for code, title, unit, price, share in products:
                cost = (Decimal(price) * Decimal(str(share))).quantize(Decimal("0.01"))
                Product(
                    code=code, name=title, unit=unit, price=price, cost=cost, group=group
                ).save()


def make_group(**given: Any) -> ProductGroup:
    return ProductGroup(**{"name": "测试分组", **given})


def make_product(**given: Any) -> Product:
    """Return an unsaved product, for tests and docs."""
    return Product(**{"code": "TEST-1", "name": "测试商品", "price": "10.00", **given})


MAKERS = {ProductGroup: make_group, Product: make_product}
