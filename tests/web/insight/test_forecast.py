"""The forecast: whose orders it counts, where a period leads, what is hidden, what is too short."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from huike.analytics.figures.asking import Question
from huike.analytics.figures.demand import demand
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.work import change
from huike.trade.models import Order
from tests.web.insight.conftest import NOW, THEN, Firm, links, specs, table

PAGE = "/insight/forecast/"
AMOUNT = "Amount by period, and what is foreseen"
MONTHS = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(22)]  # January 2025 to October 2026


@pytest.fixture
def selling(firm: Firm) -> Firm:
    """Alice sells 100 each month, Carol 10 twice; once something comes back, once is cancelled."""
    firm.ran()
    north = firm.scored(firm.cast.alice, "北客")
    firm.past(north, THEN)
    south = firm.scored(firm.cast.carol, "南客", party__province="广东省")
    rows = [(north, day, 100, "sale", "settled") for day in MONTHS]
    rows += [(south, day.replace(day=n), 10, "sale", "settled") for day in MONTHS for n in (2, 28)]
    rows += [(north, date(2026, 10, 31), -40, "return", "settled"),
             (south, date(2026, 10, 9), 999, "sale", "cancelled")]  # fmt: skip
    made = [
        Order(number=str(n), party=party, owner=party.owner, department=party.department, kind=kind,
              state=state, total=Decimal(total),
              on=timezone.make_aware(datetime(day.year, day.month, day.day, 23, 30)))
        for n, (party, day, total, kind, state) in enumerate(rows)
    ]  # fmt: skip
    with change(firm.cast.actor("root"), "test.orders"):
        for order in made:
            order.save()
    return firm


def test_each_reader_is_told_of_the_orders_that_they_see(selling: Firm) -> None:
    everything = demand(Question(selling.cast.actor("mona"), NOW), "month", 3)
    own = demand(Question(selling.cast.actor("carol"), NOW), "month", 3)
    assert everything is not None
    assert own is not None
    assert [one.start for one in everything.past] == MONTHS
    assert {(one.amount, one.orders, one.returns) for one in everything.past[:-1]} == {(120, 3, 0)}
    last = everything.past[-1]
    assert (last.amount, last.orders, last.returns, last.end) == (80, 3, 1, NOW)
    assert {(one.amount, one.orders, one.returns) for one in own.past} == {(20, 2, 0)}
    assert list(own.ahead["orders"].foreseen.value) == [2.0, 2.0, 2.0]
    assert own.ahead["orders"].starts[0] == date(2026, 11, 1)


def test_the_page_says_what_it_foresees_and_leads_to_the_orders(selling: Firm) -> None:
    page = selling.page("carol", f"{PAGE}?on=&unit=month&ahead=3")
    assert "Amount in November 2026: about 20; in four of five cases between 20 and 20." in page
    rows = table(page, AMOUNT)
    assert rows["January 2027 (foreseen)"][:3] == ["20.00", "20.00", "20.00"]
    assert rows["October 2026"] == ["20.00", "", "", "0"]
    assert "same period of last year (in use)" in page
    trend = next(spec for spec in specs(page) if spec["kind"] == "trend")
    assert trend["band"]["high"][-1] == 20
    assert len(trend["band"]["high"]) == len(trend["labels"]) == 25
    page = selling.page("mona", PAGE)
    there = selling.page("mona", links(page, AMOUNT)["October 2026"])
    assert there.count("/trade/order/") >= 4
    assert "999" not in there
    assert "-40.00" in there
    assert "100.00" in there


def test_filters_and_a_day_gone_by(selling: Firm) -> None:
    carol = selling.cast.carol.pk
    for narrowed in (f"owner={carol}", "province=广东省"):
        page = selling.page("mona", f"{PAGE}?{narrowed}")
        assert table(page, AMOUNT)["September 2026"][0] == "20.00"
        assert "北客" not in selling.page("mona", links(page, AMOUNT)["September 2026"])
    page = selling.page("mona", f"{PAGE}?on={THEN}")
    assert "August 2026 (foreseen; came: 120.00)" in table(page, AMOUNT)


def test_what_is_hidden_is_not_foreseen(selling: Firm) -> None:
    role = Role.objects.get(name="mona")
    limit = FieldLimit.objects.create(
        role=role, record="trade.order", field="total", right="hidden"
    )
    page = selling.page("mona", PAGE)
    assert AMOUNT not in page
    assert "120.00" not in page
    assert table(page, "Orders by period, and what is foreseen")["September 2026"][0] == "3"
    limit.field = "on"
    limit.save()
    assert "There is nothing here that you may read." in selling.page("mona", PAGE)


def test_too_short_a_history_says_so(selling: Firm) -> None:
    with change(selling.cast.actor("root"), "test.orders"):
        for order in Order.objects.filter(on__lt=timezone.make_aware(datetime(2026, 5, 1))):
            order.binned_at = timezone.now()
            order.save()
    page = selling.page("mona", PAGE)
    assert "there are 6" in page
    assert table(page, AMOUNT)["October 2026"][0] == "80.00"
    assert "Nothing can be foreseen yet." in page
