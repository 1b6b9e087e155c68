"""Loyalty: types with their rules, indicators with n and interval, what is missing, who sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone

from huike.analytics.figures.asking import Question
from huike.analytics.figures.loyalty import loyalty
from huike.analytics.runs import loading
from huike.customers.models import Tie
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.work import change
from huike.kernel.records import raw
from huike.trade.models import Order, OrderLine
from tests.web.insight.conftest import Firm, links, table

PAGE = "/insight/loyalty/"
TABLE = "Indicators of the last year"


@pytest.fixture
def loyal(firm: Firm, tmp_path: object) -> Iterator[Firm]:
    """Alice has six that buy by habit, twice each; Carol three that bought once, one recommends."""
    firm.ran()
    rows = []
    for owner, count, kind, days in (
        (firm.cast.alice, 6, "inertia", (date(2026, 5, 2), date(2026, 8, 3))),
        (firm.cast.carol, 3, "latent", (date(2026, 6, 9),)),
    ):
        for n in range(count):
            party = firm.scored(owner, f"{kind}{n}", loyalty=kind)
            rows += [(party, day) for day in days]
    carols = [party for party, _day in rows[12:]]
    firm.make(Tie, None, party=carols[1], other=carols[0], kind=Tie.Kind.REFERRED_BY)
    with override_settings(HOME=tmp_path):
        sell(firm, rows)
        loading.load()
        yield firm


def sell(firm: Firm, rows: list[tuple[object, date]]) -> None:
    with change(firm.cast.actor("root"), "test.orders"):
        for n, (party, day) in enumerate(rows):
            at = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
            order = Order(
                number=f"L{n}",
                party=party,
                on=at,
                total=Decimal(50),
                owner=party.owner,
                department=party.department,
            )  # type: ignore[attr-defined]
            order.save()
            raw.insert(OrderLine, [OrderLine(order=order, quantity=1, price=Decimal(50),
                                             amount=Decimal(50))])  # fmt: skip


def test_types_rules_and_indicators_with_n_and_interval(loyal: Firm) -> None:
    page = loyal.page("mona", PAGE)
    assert "Of 9 customers who bought within the last year, 66.7% came back" in page
    types = table(page, "Loyalty types")
    assert types["inertia"][:3] == ["buys again without being satisfied", "6", "66.7%"]
    assert types["latent"][0].startswith("is satisfied or has referred others")
    told = table(page, TABLE)
    assert told["inertia"][0] == "100.0% (61.0% to 100.0%, n=6)"
    assert told["inertia"][1] == "50.00 (50.00 to 50.00, n=6)"
    assert told["everybody"][2] == "11.1% (2.0% to 43.5%, n=9)"
    assert set(told["latent"]) == {"—"}  # three customers are too few to say anything
    assert told["everybody"][3] == "—"  # nothing was ever sold below its price
    there = loyal.page("mona", links(page, TABLE)["latent"])
    assert "latent2" in there
    assert "inertia" not in there.split("<table")[-1]


def test_it_says_what_is_missing_instead_of_a_figure(loyal: Firm) -> None:
    page = loyal.page("mona", PAGE)
    assert set(table(page, "What the rules could not see")) >= {"wallet share", "kin or staff"}


def test_a_seller_sees_the_own_and_nothing_that_is_hidden(loyal: Firm) -> None:
    page = loyal.page("carol", PAGE)
    assert list(table(page, "Loyalty types")) == ["latent"]
    assert "—" in table(page, TABLE)["everybody"][0]
    role = Role.objects.get(name="mona")
    limit = FieldLimit.objects.create(
        role=role, record="trade.order", field="total", right="hidden"
    )
    found = loyalty(Question(loyal.cast.actor("mona")))
    assert found is not None
    assert list(found.names) == ["repurchase", "recommendation", "categories", "years"]
    assert "50.00" not in table(loyal.page("mona", PAGE), TABLE)["inertia"][1]
    limit.delete()
    FieldLimit.objects.create(role=role, record="customers.tie", field="kind", right="masked")
    found = loyalty(Question(loyal.cast.actor("mona")))
    assert found is not None
    assert "recommendation" not in found.names
    FieldLimit.objects.create(role=role, record="analytics.score", field="loyalty", right="hidden")
    assert "Your roles hide what this page is made of." in loyal.page("mona", PAGE)
