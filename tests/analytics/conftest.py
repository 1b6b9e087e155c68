"""A small firm with a year and a half of orders, and a warehouse of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from huike.analytics.jobs import analyse
from huike.analytics.models import Run
from huike.analytics.runs import measuring, running
from huike.analytics.runs.methods import METHODS
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.jobs import claims, heartbeat
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records import raw
from huike.kernel.records.bulk import create_all
from huike.trade.actions import reckon
from huike.trade.models import Order, OrderLine
from tests.cast import SYSTEM, Cast

CUSTOMERS = 60
LONG = timedelta(hours=10)


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    """A data folder of this test's own, so that no warehouse of another is read."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def firm(cast: Cast, home: Path) -> list[Party]:
    """Customers of Alice and Carol by turns; every fifth has stopped buying long ago."""
    rng = Random(7)
    with change(SYSTEM, "test.firm"):
        product = Product(code="OIL", name="机油")
        product.save()
        owners = [cast.alice, cast.carol]
        parties = create_all([_party(n, owners[n % 2]) for n in range(CUSTOMERS)])
        for n, party in enumerate(parties):
            buy(party, product, _days(rng, n), 100 * (1 + n % 7))
    return parties


def _party(n: int, owner: Any) -> Party:
    return Party(name=f"客户{n:03d}", owner=owner, department=owner.department)


def _days(rng: Random, n: int) -> list[int]:
    """How many days ago a customer bought."""
    last = 300 if n % 5 == 0 else 5
    return [last + rng.randrange(20) + 45 * k for k in range(1 + n % 6)]


def buy(party: Party, product: Product, days: list[int], amount: int) -> list[Order]:
    """Let a customer have bought something so many days ago."""
    now = timezone.now()
    orders = [
        Order(number=f"{party.pk}-{d}", party=party, on=now - timedelta(days=d), owner=party.owner,
              department=party.department)
        for d in days
    ]  # fmt: skip
    lines = [
        OrderLine(order=order, product=product, quantity=1, price=Decimal(amount),
                  amount=Decimal(amount), cost=Decimal(amount) / 2)
        for order in orders
    ]  # fmt: skip
    for order, line in zip(orders, lines, strict=True):
        reckon(order, [line])
    create_all(orders)
    for line in lines:
        line.order_id = line.order.pk
    raw.insert(OrderLine, lines)
    return orders


Analyse = Callable[[], Run]
QUICK = {"abc", "rfm", "relation"}


@pytest.fixture(autouse=True)
def few_methods(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run three methods and one month back, unless a test asks for `every_method`."""
    monkeypatch.setattr(running, "MONTHS_BACK", 3 if "every_method" in request.fixturenames else 1)
    if "every_method" in request.fixturenames:
        return
    quick = tuple(method for method in METHODS if method.key in QUICK)
    monkeypatch.setattr(measuring, "METHODS", quick)


@pytest.fixture
def every_method() -> None:
    """Ask for all methods, and three months back."""


@pytest.fixture
def run_now(firm: list[Party], monkeypatch: pytest.MonkeyPatch) -> Analyse:
    """Queue a run and carry it out as a worker does; return the newest run."""
    assert analyse
    # a heartbeat of its own connection can't see what this test's transaction has not committed
    monkeypatch.setattr(heartbeat, "BEAT", timedelta(hours=1))

    def run() -> Run:
        asked = enqueue(SYSTEM, "analytics.run", "one", asked_by="test")
        job = claims.claim("test", lease=LONG)
        assert job is not None
        assert job.pk == asked.pk
        execute(job, lease=LONG)
        assert Job.objects.get(pk=asked.pk).state in {"done", "failed"}
        newest: Run = Run.objects.latest("pk")
        return newest

    return run
