"""Groups, equity, loyalty types and the agreement of methods, within what one may see."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huike.analytics.figures import equity as figures
from huike.analytics.figures.asking import Question
from huike.kernel.access.models import FieldLimit, Role
from tests.web.insight.conftest import THEN, Firm, links, table

PAGE = "/insight/groups/"
DETAILS = {
    "predicted_value": {"total": 1500, "low": 1200, "high": 1900},
    "groups": {"profiles": [{"zh": "来得勤", "en": "comes often"},
                            {"zh": "来得少", "en": "comes seldom"}]},
}  # fmt: skip


@pytest.fixture
def grouped(firm: Firm) -> Firm:
    firm.ran(details=DETAILS)
    alice, carol = firm.cast.alice, firm.cast.carol
    for owner, name, group, clv, amount, abc, loyalty in (
        (alice, "北一", "1", 800, 900, "A", "inertia"),
        (alice, "北二", "2", 100, 100, "B", "none"),
        (carol, "南一", "1", 500, 700, "A", "inertia"),
        (carol, "南二", "2", 60, 50, "C", "none"),
        (carol, "南三", "2", 40, 800, "C", ""),
    ):
        firm.scored(
            owner, name, group=group, clv=clv, amount=amount, abc=abc, loyalty=loyalty,
            party__level="vip" if group == "1" else "",
        )  # fmt: skip
    return firm


def test_equity_is_the_sum_and_its_parts_add_up(grouped: Firm) -> None:
    page = grouped.page("mona", PAGE)
    assert "The 5 customers are worth 1,500.00 in what they will still bring." in page
    assert "The 80% interval reaches from 1,200.00 to 1,900.00." in page
    for title in ("Customer equity by ABC class", "Customer equity by department"):
        rows = table(page, title)
        assert sum(Decimal(cells[-1].replace(",", "")) for cells in rows.values()) == 1500
    there = grouped.page("mona", links(page, "Customer equity by department")["north 1"])
    assert "北一" in there
    assert "南一" not in there


def test_a_seller_sees_the_own_without_the_interval_of_the_firm(grouped: Firm) -> None:
    page = grouped.page("alice", PAGE)
    assert "The 2 customers are worth 900.00" in page
    assert "interval" not in page
    narrowed = grouped.page("mona", f"{PAGE}?owner={grouped.cast.carol.pk}")
    assert "The 3 customers are worth 600.00" in narrowed
    assert "1,200.00" not in narrowed


def test_groups_with_their_words_and_their_customers(grouped: Firm) -> None:
    page = grouped.page("mona", PAGE)
    assert "Customers fall into 2 groups; the largest (3): comes seldom." in page
    rows = table(page, "Groups that buy alike")
    assert rows["group 1"][:2] == ["comes often", "2"]
    assert rows["group 1"][-1] == "800.00"
    there = grouped.page("mona", links(page, "Groups that buy alike")["group 1"])
    assert "北一" in there
    assert "北二" not in there
    levels = figures.against(Question(grouped.cast.actor("mona")), "level")
    assert levels == {("1", "vip"): 2, ("2", ""): 3}


def test_loyalty_types_say_the_rule_that_fired(grouped: Firm) -> None:
    rows = table(grouped.page("mona", PAGE), "Loyalty types")
    assert rows["inertia"] == ["buys again without being satisfied", "2", "50.0%"]
    assert sum(int(cells[1]) for cells in rows.values()) == 4  # of one nothing is known


def test_agreement_of_the_top_fifths(grouped: Firm) -> None:
    found = figures.agreement(Question(grouped.cast.actor("mona")))
    # one of five each: 北一 by amount, by RFM (all score alike, so the larger amount) and by CLV
    assert [(a.first, a.second, a.both, a.size) for a in found] == [
        ("abc", "rfm", 1, 1), ("abc", "clv", 1, 1), ("rfm", "clv", 1, 1),
    ]  # fmt: skip
    grouped.scored(grouped.cast.carol, "南四", amount=5000, clv=1, r=1, f=1, m=1)
    found = figures.agreement(Question(grouped.cast.actor("mona")))
    assert [(a.first, a.second, a.both) for a in found] == [
        ("abc", "rfm", 0), ("abc", "clv", 0), ("rfm", "clv", 1),
    ]  # fmt: skip
    assert figures.agreement(Question(grouped.cast.actor("alice"))) == []  # too few


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        ("clv", "are worth"),
        ("group", "Groups that buy alike"),
        ("loyalty", "Loyalty types"),
        ("abc", "Customer equity by ABC class"),
        ("amount", "800.00"),
    ],
)
def test_hidden_fields_are_not_shown(grouped: Firm, field: str, gone: str) -> None:
    assert gone in grouped.page("mona", PAGE)
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="analytics.score", field=field, right="masked")
    assert gone not in grouped.page("mona", PAGE)


def test_the_past_and_an_empty_firm(grouped: Firm) -> None:
    party = grouped.scored(grouped.cast.alice, "从前")
    grouped.past(party, THEN, clv=77)
    page = grouped.page("mona", f"{PAGE}?on={THEN}")
    assert "The 1 customers are worth 77.00" in page
    assert "Groups that buy alike" not in page


def test_nothing_analysed_yet(firm: Firm) -> None:
    assert "Nothing has been analysed yet." in firm.page("mona", PAGE)
