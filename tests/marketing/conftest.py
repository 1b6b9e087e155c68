"""Customers with orders, a segment of them and a campaign on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all
from huike.marketing.models import Campaign, Segment
from huike.staff.models import User
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast, Make

Parties = Callable[..., list[Party]]
Buy = Callable[..., Order]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def parties(cast: Cast) -> Parties:
    """Return parties(count, owner): so many customers of that owner."""

    def made(count: int, owner: User | None = None, **given: Any) -> list[Party]:
        mine: dict[str, Any] = {"owner": owner, "department": owner.department} if owner else {}
        with change(SYSTEM, "test.parties"):
            return create_all(
                [Party(**{"name": f"客户{n}", **mine, **given}) for n in range(count)]
            )

    return made


@pytest.fixture
def buy() -> Buy:
    """Return buy(party, total, cost, days_ago): an order of that customer."""
    numbers = iter(range(10_000))

    def made(
        party: Party, total: str, cost: str | None = None, days: int = 1, **given: Any
    ) -> Order:
        order = Order(
            number=f"T{next(numbers)}",
            party=party,
            on=timezone.now() - timedelta(days=days),
            total=Decimal(total),
            cost=Decimal(cost) if cost else None,
            **given,
        )
        with change(SYSTEM, "test.buy"):
            order.save()
        return order

    return made


@pytest.fixture
def campaign(cast: Cast, make: Make) -> Campaign:
    """A draft of Mona's on a segment of all customers."""
    segment = make(Segment, cast.mona, filter='["is_customer","yes"]')
    made: Campaign = make(Campaign, cast.mona, segment=segment, held_out_share="0.25")
    return made
