"""Baskets: rules for those who see all, next products for everybody's own customers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from huike.analytics.figures.asking import Question
from huike.analytics.figures.baskets import offers, rules
from huike.catalog.models import Product
from huike.kernel.access.models import FieldLimit, Role
from tests.web.insight.conftest import Firm, links, table

PAGE = "/insight/baskets/"
RULES = "Rules"
NEXT = "What to offer next, and to how many"


@pytest.fixture(autouse=True)
def home(tmp_path: object) -> Any:
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def selling(firm: Firm) -> Firm:
    cast = firm.cast
    oil, filter_, tyre = (firm.make(Product, None, name=n) for n in ("机油", "滤芯", "轮胎"))
    shape = {"support": 0.25, "leverage": 0.1, "margin": 5.0}
    told = [
        {"antecedent": [str(oil.pk)], "consequent": str(filter_.pk), "count": 40,
         "confidence": 0.8, "lift": 3.2, "conviction": None, "expected_profit": 12.5, **shape},
        {"antecedent": [str(oil.pk), str(filter_.pk)], "consequent": str(tyre.pk), "count": 7,
         "confidence": 0.4, "lift": 2.0, "conviction": 1.5, "expected_profit": 1, **shape},
    ]  # fmt: skip
    firm.ran(details={"basket": {"baskets": 160, "rules": told}})
    for owner, name, product in (
        (cast.alice, "缺滤芯一", filter_), (cast.alice, "缺滤芯二", filter_),
        (cast.carol, "缺滤芯三", filter_), (cast.carol, "缺轮胎", tyre),
        (cast.carol, "不缺", None),
    ):  # fmt: skip
        firm.scored(owner, name, next_product=product, next_lift=product and 3)
    return firm


def test_rules_with_their_figures_and_in_words(selling: Firm) -> None:
    page = selling.page("mona", PAGE)
    assert "Who bought 机油 bought 滤芯 too in 80.0% of cases: 3.2 times as often" in page
    rows = table(page, RULES)
    assert rows["机油 → 滤芯"] == ["40", "25.0%", "80.0%", "3.2", "0.1", "∞", "12.50"]
    assert rows["机油 + 滤芯 → 轮胎"][-2] == "1.5"
    pairs = table(page, "Pairs: how much more often than by chance")
    assert pairs == {"机油": ["滤芯", "40", "3.2"]}
    assert "Found in what 160 customers bought" in page


def test_next_products_lead_down_to_their_customers(selling: Firm) -> None:
    page = selling.page("mona", PAGE)
    assert table(page, NEXT) == {"滤芯": ["3", "3"], "轮胎": ["1", "3"]}
    assert "4 customers lack something" in page
    there = selling.page("mona", links(page, NEXT)["滤芯"])
    assert "缺滤芯三" in there
    assert "缺轮胎" not in there


def test_a_seller_sees_the_own_customers_and_no_counts_of_the_firm(selling: Firm) -> None:
    page = selling.page("alice", PAGE)
    assert table(page, NEXT) == {"滤芯": ["2", "3"]}
    assert "<caption" in page
    assert ">Rules</caption>" not in page
    assert "of cases" not in page
    assert rules(Question(selling.cast.actor("dora"))) is None


@pytest.mark.parametrize(("record", "field"), [
    ("analytics.score", "next_product"), ("analytics.score", "next_lift"),
])  # fmt: skip
def test_hidden_fields_close_the_page(selling: Firm, record: str, field: str) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record=record, field=field, right="hidden")
    page = selling.page("mona", PAGE)
    assert "There are no rules here yet that you may read." in page
    assert "滤芯" not in page


def test_hidden_names_of_products_do_not_leak(selling: Firm) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="catalog.product", field="name", right="hidden")
    assert "滤芯" not in selling.page("mona", PAGE)


def test_products_out_of_sight_and_an_empty_firm(selling: Firm) -> None:
    from huike.kernel.access.models import Grant

    Grant.objects.filter(role__name="mona", record="catalog.product").delete()
    mona = Question(selling.cast.actor("mona"))
    assert offers(mona) == []
    assert rules(mona).rules == []  # type: ignore[union-attr]


def test_nothing_analysed_yet(firm: Firm) -> None:
    assert "Nothing has been analysed yet." in firm.page("mona", PAGE)
    firm.ran()
    firm.scored(firm.cast.alice)
    assert "There are no rules here yet that you may read." in firm.page("mona", PAGE)
