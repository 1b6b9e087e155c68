"""Baskets: the published Groceries figures, guards, next products, and odd input."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest
from ibis.expr.types import Table

from huike.insight.basket import BasketRules
from huike.insight.estimator import InputError

GROCERIES = Path(__file__).parents[3] / "shared" / "data" / "baskets" / "groceries.csv"


def baskets(rows: list[tuple[str, str, str]]) -> Table:
    frame = pd.DataFrame(rows, columns=["customer", "order", "product"])
    frame["on"] = date(2026, 1, 5)
    frame["amount"] = 10.0
    return ibis.memtable(frame)


@pytest.fixture(scope="module")
def groceries() -> Table:
    if not GROCERIES.exists():
        pytest.skip("shared/data/baskets/groceries.csv is not here")
    with GROCERIES.open() as file:
        rows = [
            (str(n), str(n), item.strip())
            for n, line in enumerate(file)
            for item in line.strip().split(",")
        ]
    return ibis.duckdb.connect().create_table("lines", baskets(rows).execute())


@pytest.mark.data
def test_groceries_gives_the_463_rules_of_arules(groceries: Table) -> None:
    found = BasketRules(support=0.006, confidence=0.25, max_length=10).fit(groceries)
    assert found.baskets_ == 9835
    assert len(found.rules_) == 463
    herbs = found.rules_.iloc[0]
    assert (herbs["antecedent"], herbs["consequent"]) == (("herbs",), "root vegetables")
    assert herbs["lift"] == pytest.approx(3.956477, abs=1e-5)


@pytest.mark.data
def test_groceries_gives_the_170_rules_of_mlxtend(groceries: Table) -> None:
    found = BasketRules(support=0.01, confidence=0.25).fit(groceries)
    assert len(found.rules_) == 170
    lengths = pd.Series([len(items) for items in found.itemsets_.counts]).value_counts()
    assert dict(lengths) == {1: 88, 2: 213, 3: 32}


def test_the_measures_of_a_small_case_by_hand() -> None:
    rows = [(str(n), str(n), "tea") for n in range(8)]
    rows += [(str(n), str(n), "cup") for n in range(4, 10)]
    rules = BasketRules(support=0.1, confidence=0.1, min_count=1).fit(baskets(rows)).rules_
    rule = rules[rules["consequent"] == "cup"].iloc[0]
    assert rule["support"] == pytest.approx(0.4)
    assert rule["confidence"] == pytest.approx(0.5)
    assert rule["lift"] == pytest.approx(0.5 / 0.6)
    assert rule["leverage"] == pytest.approx(0.4 - 0.8 * 0.6)
    assert rule["conviction"] == pytest.approx(0.4 / 0.5)
    assert rule["expected_profit"] == pytest.approx(5.0)


def test_nobody_is_offered_what_they_have_and_the_offer_is_explained() -> None:
    rows = [(str(n), str(n), item) for n in range(6) for item in ("tea", "cup")]
    rows += [("lone", "x", "tea"), ("other", "y", "pen")]
    found = BasketRules(support=0.1, min_count=2).fit(baskets(rows))
    offers = found.offers().execute()
    assert list(offers["customer"]) == ["lone"]
    assert list(offers["product"]) == ["cup"]
    assert "还没买过cup" in found.explain("lone")
    assert "No rule fits" in found.explain("other", "en")
    assert found.result_.count().execute() == 8


def test_an_offer_gives_the_rule_it_comes_from_among_longer_rules() -> None:
    rows = [(str(n), str(n), item) for n in range(9) for item in ("tea", "cup", "pot")]
    rows += [(f"a{n}", f"a{n}", item) for n in range(9) for item in ("ink", "pen")]
    rows += [(f"b{n}", f"b{n}", "pen") for n in range(3)]
    rows += [("lone", "x", "pen")]
    found = BasketRules(support=0.01, min_count=2).fit(baskets(rows))
    assert found.rules_["antecedent"].map(len).max() == 2
    offers = found.offers().execute()
    singles = {(a[0], c): p for a, c, p in zip(
        found.rules_["antecedent"], found.rules_["consequent"], found.rules_["confidence"],
        strict=True) if len(a) == 1}  # fmt: skip
    assert set(offers["customer"]) == {"lone", "b0", "b1", "b2"}
    for offer in offers.itertuples():
        assert offer.confidence == pytest.approx(singles[(offer.because, offer.product)])
        assert (offer.because, offer.product) == ("pen", "ink")


def test_few_baskets_make_no_rule_however_low_the_support() -> None:
    rows = [(str(n), str(n), item) for n in range(4) for item in ("tea", "cup")]
    assert BasketRules(support=0.0, min_count=5).fit(baskets(rows)).rules_.empty
    assert not BasketRules(support=0.0, min_count=4).fit(baskets(rows)).rules_.empty


def test_histories_join_what_single_orders_do_not() -> None:
    rows = [(str(n), f"{n}-{item}", item) for n in range(6) for item in ("tea", "cup")]
    assert BasketRules(min_count=2).fit(baskets(rows)).rules_.empty
    assert len(BasketRules(min_count=2, basket_of="customer").fit(baskets(rows)).rules_) == 2


def test_empty_and_productless_tables_give_no_rules() -> None:
    table = baskets([("1", "1", "tea")])
    assert BasketRules().fit(table.limit(0)).rules_.empty
    bare = BasketRules().fit(table.drop("product"))
    assert bare.rules_.empty
    assert bare.left_out_ == {"no product": 1}


def test_shares_outside_their_range_are_refused() -> None:
    with pytest.raises(InputError):
        BasketRules(support=1.5)
    with pytest.raises(InputError):
        BasketRules(max_length=1)
