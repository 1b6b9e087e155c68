"""Big customers at risk: each signal by hand, whose customers they are, and what is hidden."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from huike.analytics.figures.asking import Question
from huike.analytics.figures.big import Big, bigs
from huike.analytics.governing.tuning import set_value
from huike.analytics.runs import loading
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.work import change
from huike.trade.models import Order, OrderLine
from tests.web.insight.conftest import NOW, Firm, links, table

PAGE = "/insight/big/"
TABLE = "Big customers, those with most signals first"


@pytest.fixture(autouse=True)
def home(tmp_path: object) -> Any:
    with override_settings(HOME=tmp_path):
        yield


def sold(firm: Firm, party: Party, day: date, price: int, amount: int, cost: int) -> None:
    """Add an order of one line, sold at `amount` where its price is `price`."""
    at = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    order = firm.make(Order, party.owner, party=party, on=at, total=amount, cost=cost)
    with change(firm.cast.actor("root"), "test.line"):
        OrderLine(order=order, quantity=1, price=price, amount=amount, cost=cost).save()


@pytest.fixture
def selling(firm: Firm) -> Firm:
    """One big customer that shows every signal, one that shows none but its size, a small one."""
    firm.ran()
    alice, carol = firm.cast.alice, firm.cast.carol
    bad = firm.scored(
        alice, "大而险", pyramid="vip", amount=600, profit=-5, churn_level="high", churn_risk="0.8",
        expected_loss=90,
    )  # fmt: skip
    good = firm.scored(carol, "大而稳", pyramid="major", amount=380, profit=100)
    firm.scored(carol, "小客户", pyramid="small", amount=20, profit=-1)
    recent, before = NOW - timedelta(days=30), NOW - timedelta(days=400)
    sold(firm, bad, before, 100, 100, 50)  # no discount, half is margin
    sold(firm, bad, recent, 100, 80, 60)  # 20% off, a quarter is margin
    sold(firm, good, before, 100, 90, 45)
    sold(firm, good, recent, 100, 90, 45)
    loading.load()
    return firm


def by_name(firm: Firm, who: str = "mona") -> dict[str, Big]:
    found = bigs(Question(firm.cast.actor(who)))
    assert found is not None
    return {one.row.party.name: one for one in found.found}  # type: ignore[attr-defined]


def test_every_signal_by_hand(selling: Firm) -> None:
    found = by_name(selling)
    assert list(found) == ["大而险", "大而稳"]  # the most signals first, no small ones
    assert found["大而险"].signals == ["loss", "dependence", "churn", "discount", "margin"]
    assert found["大而稳"].signals == ["dependence"]
    drift = found["大而险"].drift
    assert drift is not None
    assert drift.discount == pytest.approx(0.2)
    assert drift.discount_before == 0
    assert drift.margin_change == pytest.approx(-0.25)
    assert found["大而险"].share == pytest.approx(0.6)


def test_the_thresholds_are_settings(selling: Firm) -> None:
    mona = selling.cast.actor("mona")
    set_value(mona, "big.share", {"value": "0.5", "remark": ""})
    set_value(mona, "big.drift", {"value": "0.22", "remark": ""})
    found = by_name(selling)
    assert found["大而险"].signals == ["loss", "dependence", "churn", "margin"]
    assert found["大而稳"].signals == []


def test_the_page_leads_to_the_customer_and_says_what_is_unknown(selling: Firm) -> None:
    page = selling.page("mona", PAGE)
    assert "2 big customers bring 98.0% of the sales; 1 of them show two signals" in page
    assert "Money overdue is not known yet" in page
    warned = html.unescape(re.findall(r'href="([^"]+)">1</a>', page)[0])
    assert "大而险" in selling.page("mona", warned)
    assert "大而稳" not in selling.page("mona", warned)
    row = table(page, TABLE)["大而险"]
    assert row[1] == "60.0%"
    assert row[-4:] == ["20.0%", "+20.0 points", "25.0%", "-25.0 points"]
    assert "大而险" in selling.page("mona", links(page, TABLE)["大而险"])


def test_a_seller_sees_the_own_alone(selling: Firm) -> None:
    assert list(by_name(selling, "carol")) == ["大而稳"]
    assert by_name(selling, "carol")["大而稳"].share == pytest.approx(0.95)
    assert "大而险" not in selling.page("carol", PAGE)


@pytest.mark.parametrize(
    ("record", "field", "signal"),
    [
        ("analytics.score", "profit", "loss"),
        ("analytics.score", "churn_level", "churn"),
        ("trade.order", "total", "discount"),
        ("trade.order", "cost", "margin"),
    ],
)
@pytest.mark.long
def test_what_is_hidden_gives_no_signal(
    selling: Firm, record: str, field: str, signal: str
) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record=record, field=field, right="hidden")
    assert signal not in by_name(selling)["大而险"].signals
    selling.page("mona", PAGE)


@pytest.mark.parametrize("field", ["amount", "pyramid"])
def test_without_its_base_the_page_is_closed(selling: Firm, field: str) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="analytics.score", field=field, right="masked")
    assert "Your roles hide what this page is made of." in selling.page("mona", PAGE)


def test_nobody_is_big_and_nothing_is_loaded(firm: Firm) -> None:
    assert "Nothing has been analysed yet." in firm.page("mona", PAGE)
    firm.ran()
    firm.scored(firm.cast.alice, pyramid="small")
    assert "There is no big customer here." in firm.page("mona", PAGE)
    firm.scored(firm.cast.alice, "大", pyramid="vip")
    assert table(firm.page("mona", PAGE), TABLE)["大"][-1] == "—"
