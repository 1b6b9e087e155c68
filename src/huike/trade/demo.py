"""The demo firm's orders: two years of buying that analysis can read a story from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from huike.catalog.models import Product
from huike.customers.demo import days_ago
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records import raw
from huike.kernel.records.bulk import chunks, create_all, save_all
from huike.staff.models import Department
from huike.trade.actions import reckon
from huike.trade.models import Order, OrderLine

SEED = 4
# behaviour: (share of customers, days between visits, days ago of the last one allowed, spend)
BEHAVIOUR: dict[str, tuple[float, float, int, float]] = {
    "loyal": (0.18, 55, 0, 1.3),
    "regular": (0.30, 120, 0, 1.0),
    "lapsing": (0.17, 75, 200, 1.0),
    "lost": (0.12, 110, 420, 0.9),
    "one_off": (0.15, 900, 0, 1.0),
    "none": (0.08, 0, 0, 0.0),
}
CARS = ("CAR-A3", "CAR-A3", "CAR-A5", "CAR-A5", "CAR-S5", "CAR-E6", "CAR-M8")
VISITS = (
    ("SRV-OIL", "SRV-AIR"),
    ("SRV-OIL",),
    ("SRV-20K", "SRV-WHEEL"),
    ("SRV-OIL", "REP-BRAKE"),
    ("REP-PAINT",),
    ("SRV-60K", "REP-BRAKE", "REP-BATT"),
    ("ACC-TYRE", "SRV-WHEEL"),
    ("INS-YEAR", "CLB-CARD"),
    ("CLB-WASH",),
    ("ACC-FILM", "ACC-MAT", "ACC-CAM"),
    ("CLB-TRIP",),
    ("REP-ACC",),
    ("ACC-SEAT", "ACC-MAT"),
)


def fill(say: Callable[[str], None]) -> None:
    """Make the orders of all customers, oldest first."""
    rng = Random(SEED)
    products = {p.code: p for p in Product.objects.all()}
    drafts = [
        d
        for party in Party.objects.filter(is_customer=True).order_by("pk")
        for d in _orders_of(rng, party)
    ]
    drafts.sort(key=lambda draft: draft[0])
    with change(Actor.system("demo"), "trade.demo"):
        for number, chunk in enumerate(chunks(drafts, 500)):
            _save(rng, chunk, number * 500, products)
        _rank()


def add_visits(rng: Random, drafts: list[Draft]) -> None:
    """Save further visits inside the current change, numbered after the orders that are there."""
    _save(rng, drafts, Order.objects.count(), {p.code: p for p in Product.objects.all()})


def _rank() -> None:
    """Give every buyer a tier by what it spent: the top 1, 20 and 50 per cent, and the rest."""
    spent = Sum("orders__total", default=Decimal(0))
    buyers = list(Party.objects.annotate(spent=spent).filter(spent__gt=0).order_by("-spent"))
    for place, party in enumerate(buyers):
        share = place / len(buyers)
        party.level = next(
            level
            for level, top in (("vip", 0.01), ("major", 0.2), ("ordinary", 0.5), ("small", 2))
            if share < top
        )
    for chunk in chunks(buyers, 500):
        save_all(chunk)


Draft = tuple[datetime, Party, list[str], float]


def _orders_of(rng: Random, party: Party) -> Iterator[Draft]:
    """Yield what a customer bought: perhaps a car, then visits by its behaviour."""
    names, weights = list(BEHAVIOUR), [b[0] for b in BEHAVIOUR.values()]
    behaviour = rng.choices(names, weights)[0]
    _share, every, stop, spend = BEHAVIOUR[behaviour]
    if behaviour == "none":
        return
    firm = party.kind == "organisation"
    age = (timezone.now() - party.created_at).days
    cars = rng.choice((1, 2, 3, 6)) if firm else int(rng.random() < 0.6 or behaviour == "one_off")
    if cars:
        yield days_ago(age, rng.randrange(9, 18)), party, [rng.choice(CARS)] * cars, spend
    pace = every * rng.lognormvariate(0, 0.35) / (2 if firm else 1)
    day = age - rng.expovariate(1 / pace)
    while day > stop:
        yield days_ago(day, rng.randrange(8, 18)), party, list(rng.choice(VISITS)), spend
        day -= max(3.0, rng.gammavariate(4, pace / 4))


def _save(rng: Random, drafts: list[Draft], first: int, products: dict[str, Product]) -> None:
    orders = [
        Order(
            number=f"SO{on:%y%m%d}{first + n:05d}",
            party=party,
            on=on,
            state="settled",
            owner_id=party.owner_id,
            department_id=party.department_id,
            created_at=on,
            kind="return" if rng.random() < 0.012 and "CAR" not in codes[0] else "sale",
        )
        for n, (on, party, codes, _spend) in enumerate(drafts)
    ]
    _explain(rng, orders)
    lines = []
    for order, (_on, _party, codes, spend) in zip(orders, drafts, strict=True):
        sign = -1 if order.kind == "return" else 1
        own = [
            _line(rng, order, position, products[code], sign, spend)
            for position, code in enumerate(codes, start=1)
        ]
        lines += own
        reckon(order, own)
    create_all(orders, full_entries=False)
    for line in lines:
        line.order_id = line.order.pk
    raw.insert(OrderLine, lines)


def _explain(rng: Random, orders: list[Order]) -> None:
    """Give returns a cause and who answers for it, and a few sales a discount."""
    answering = list(Department.objects.filter(name__in=("维修车间", "服务前台", "市场部")))
    for order in orders:
        if order.kind == Order.Kind.RETURN:
            order.cause = rng.choice(("quality", "wrong", "damaged", "late", "mind"))
            order.responsible = rng.choice(answering) if answering else None
            if order.cause in {"quality", "late"}:
                order.compensation = Decimal(rng.choice((100, 200, 300, 500)))
        elif rng.random() < 0.02:
            order.cause, order.discount = "goodwill", Decimal(rng.choice((50, 100, 200)))
            order.responsible = rng.choice(answering) if answering else None


def _line(
    rng: Random, order: Order, position: int, product: Product, sign: int, spend: float
) -> OrderLine:
    discount = Decimal(str(round(rng.choice((1, 1, 1, 0.95, 0.9)), 2)))
    price = ((product.price or Decimal(0)) * discount).quantize(Decimal("0.01"))
    quantity = Decimal(sign * (2 if product.code == "ACC-TYRE" and spend > 1 else 1))
    return OrderLine(
        order=order,
        position=position,
        product=product,
        text=product.name,
        quantity=quantity,
        price=price,
        amount=price * quantity,
        cost=(product.cost or Decimal(0)) * quantity,
    )


def make_order(**given: Any) -> Order:
    """Return an unsaved order, for tests and docs."""
    return Order(**{"number": "SO-1", "on": timezone.now() - timedelta(days=1), **given})


MAKERS = {Order: make_order}
