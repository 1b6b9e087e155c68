"""The scorecard: whose customers it counts, that groups add up, targets, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.test import override_settings
from django.utils import timezone

from huike.analytics.figures.asking import Question
from huike.analytics.figures.scorecard import (
    Card,
    Period,
    card,
    changed,
    newest_whole,
    periods,
    targets,
)
from huike.analytics.models import Target
from huike.analytics.runs import loading
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.work import change
from huike.trade.models import Order, OrderLine
from tests.web.insight.conftest import NOW, THEN, Firm, links, table

PAGE = "/insight/scorecard/"
OCTOBER = Period("month", date(2026, 10, 1), date(2026, 10, 31), True)


@pytest.fixture
def home(tmp_path: object) -> Iterator[None]:
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def selling(firm: Firm, home: None) -> Firm:
    """Four customers of Alice and Carol: one new, one lost, two who stayed."""
    firm.ran()
    alice, carol = firm.cast.alice, firm.cast.carol
    old, new, lost, south = (
        firm.scored(owner, name, first_on=first, last_on=last)
        for owner, name, first, last in (
            (alice, "老客", date(2026, 8, 3), date(2026, 10, 5)),
            (alice, "新客", date(2026, 10, 9), date(2026, 10, 9)),
            (carol, "走了", date(2026, 9, 10), date(2026, 9, 10)),
            (carol, "南方", date(2026, 8, 1), date(2026, 10, 20)),
        )
    )
    for party, day, amount, cost in (
        (old, date(2026, 8, 3), 10, 5), (old, date(2026, 9, 4), 20, 5),
        (old, date(2026, 10, 5), 300, 100), (new, date(2026, 10, 9), 100, 40),
        (lost, date(2026, 9, 10), 70, 30), (south, date(2026, 8, 1), 5, 1),
        (south, date(2026, 9, 20), 50, 10), (south, date(2026, 10, 20), 600, 200),
    ):  # fmt: skip
        lines(firm, party, day, amount, cost)
    loading.load()
    return firm


def lines(firm: Firm, party: Party, day: date, amount: int, cost: int) -> None:
    at = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    order = firm.make(Order, party.owner, party=party, on=at, total=amount, cost=cost)
    given = {"quantity": 1, "price": amount, "amount": amount, "cost": cost}
    with change(firm.cast.actor("root"), "test.line"):
        OrderLine(order=order, **given).save()


def of(firm: Firm, who: str, by: str = "") -> Card:
    found = card(Question(firm.cast.actor(who)), OCTOBER, by)
    assert found is not None
    return found


def test_a_manager_counts_everybody_and_a_seller_the_own(selling: Firm) -> None:
    told = {m.name: m.value for m in of(selling, "mona").measures}
    assert (told["customers"], told["new"], told["lost"]) == (3, 1, 1)
    assert told["retention_rate"] == pytest.approx(2 / 3)
    assert told["revenue"] == 1000
    assert told["profit_per_customer"] == pytest.approx((1000 - 340) / 3)
    told = {m.name: m.value for m in of(selling, "carol").measures}
    assert (told["customers"], told["new"], told["lost"], told["revenue"]) == (1, 0, 1, 600)


@pytest.mark.parametrize("by", ["party__owner", "party__department", "abc"])
@pytest.mark.long
def test_groups_add_up_to_the_whole(selling: Firm, by: str) -> None:
    found = of(selling, "mona", by)
    for name in ("customers", "new", "lost", "revenue"):
        whole = found.of(name)
        assert whole is not None
        assert sum(group[name] for group in found.groups) == pytest.approx(whole.value)


def test_the_course_ends_with_the_card(selling: Firm) -> None:
    found = of(selling, "mona")
    period, last = found.course[-1]
    assert period == OCTOBER
    for name in ("customers", "new", "lost", "revenue"):
        whole = found.of(name)
        assert whole is not None
        assert last[name] == whole.value


def test_the_page_leads_down_to_the_new_ones(selling: Firm) -> None:
    page = selling.page("mona", f"{PAGE}?by=owner")
    assert "October 2026: 1 new customers, 1 of those before did not come back" in page
    rows = table(page, "Scorecard")
    assert rows["revenue"][:2] == ["1,000.00", "140.00"]
    assert table(page, "By Owner")["alice"][-2] == "400.00"
    there = selling.page("mona", links(page, "Scorecard")["new customers"])
    assert "新客" in there
    assert "老客" not in there


@pytest.mark.long
def test_scores_of_the_last_day_lead_down_to_the_lost(selling: Firm) -> None:
    assert "lost customers" not in links(selling.page("mona", PAGE), "Scorecard")
    for party in Party.objects.all():
        score = party.score
        selling.past(party, NOW, first_on=score.first_on, last_on=score.last_on)
    selling.ran(started_at=timezone.now())  # days are asked for once per run
    there = selling.page("mona", links(selling.page("mona", PAGE), "Scorecard")["lost customers"])
    assert "走了" in there
    assert "南方" not in there


@pytest.mark.long
def test_against_the_target_of_whom_is_asked_about(selling: Firm) -> None:
    alice, carol = selling.cast.alice, selling.cast.carol
    for owner, figure, value, start in (
        (None, "new", 2, None), (None, "lost", 1, None), (None, "new", 1, date(2026, 10, 1)),
        (carol, "new", 5, None), (alice, "new", 9, date(2026, 9, 1)),
    ):  # fmt: skip
        given = {"figure": figure, "value": value, "starts_on": start}
        selling.make(Target, None, **given, owner=owner, department=owner and owner.department)
    mona, whose = selling.cast.actor("mona"), ("owner", "in", [carol.pk])
    assert targets(Question(mona), OCTOBER) == {"new": 1, "lost": 1}
    assert targets(Question(mona, None, (whose,)), OCTOBER) == {"new": 5}
    assert targets(Question(mona, None, (("level", "in", ["a"]),)), OCTOBER) == {}
    assert targets(Question(selling.cast.actor("carol")), OCTOBER) == {"new": 5}
    assert targets(Question(selling.cast.actor("alice")), OCTOBER) == {}  # not of October
    page = selling.page("mona", f"{PAGE}?owner={carol.pk}")
    assert "Short of the target: new customers." in page
    assert table(page, "Scorecard")["new customers"][-2:] == ["5", "no"]
    assert "Target" not in table(selling.page("bob", PAGE), "Scorecard")


@pytest.mark.parametrize(
    ("record", "name", "gone"),
    [
        ("analytics.score", "amount", ["revenue", "upgraded", "cross_sell_share"]),
        ("analytics.score", "profit", ["profit_per_customer"]),
        ("trade.order", "total", ["revenue", "profit_per_customer"]),
        ("trade.order", "cost", ["profit_per_customer"]),
    ],
)
@pytest.mark.long
def test_what_is_hidden_is_not_counted(
    selling: Firm, record: str, name: str, gone: list[str]
) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record=record, field=name, right="hidden")
    found = of(selling, "mona", "party__owner")
    shown = {m.name for m in found.measures} | set(found.groups[0]) | set(found.course[0][1])
    assert "new" in shown
    assert not shown & set(gone)
    assert "1,000.00" not in selling.page("mona", PAGE) or "revenue" not in gone


def test_nothing_is_counted_for_those_who_may_not_see_orders(selling: Firm) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="trade.order", field="on", right="masked")
    assert "There is nothing here that you may read." in selling.page("mona", PAGE)


def test_an_empty_firm_and_one_never_loaded(firm: Firm, home: None) -> None:
    assert "Nothing has been analysed yet." in firm.page("mona", PAGE)
    firm.ran()
    firm.scored(firm.cast.alice)
    assert "There is nothing here that you may read." in firm.page("mona", PAGE)


def test_periods_end_with_the_one_under_way() -> None:
    found = periods("quarter", date(2026, 11, 5))
    assert (found[0].start, found[0].end, found[0].is_whole) == (
        date(2026, 10, 1), date(2026, 11, 5), False,
    )  # fmt: skip
    assert newest_whole(found) == Period("quarter", date(2026, 7, 1), date(2026, 9, 30), True)
    assert newest_whole(periods("month", NOW)) == OCTOBER
    assert periods("year", THEN)[1].start == date(2025, 1, 1)


@pytest.mark.long
def test_the_upgraded_and_downgraded_are_led_to(selling: Firm) -> None:
    """In September the northerner was third of three, in October the southerner was first."""
    told = {m.name: m for m in of(selling, "mona").measures}
    page = selling.page("mona", PAGE)
    for name, label in (("upgraded", "upgraded customers"), ("downgraded", "downgraded customers")):
        leaf = told[name].down_to
        assert leaf is not None
        assert leaf[2][0] == name
        keys = changed(Question(selling.cast.actor("mona")), name, OCTOBER.start, OCTOBER.end)
        assert len(keys) == told[name].value
        if keys:
            there = selling.page("mona", links(page, "Scorecard")[label])
            for party in Party.objects.filter(pk__in=keys):
                assert party.name in there
    assert any(told[name].value for name in ("upgraded", "downgraded"))
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="trade.order", field="total", right="hidden")
    mona = Question(selling.cast.actor("mona"))
    assert changed(mona, "upgraded", OCTOBER.start, OCTOBER.end) == []
