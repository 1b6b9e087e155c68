"""Value, lifecycle and churn on small tables whose answer can be worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from huike.insight.churn.backtest import calibration, lift, measures, money
from huike.insight.churn.warning import ChurnWarning
from huike.insight.clv.lifetime_value import PredictedValue
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.clv.shifted_beta_geometric import ShiftedBetaGeometric
from huike.insight.estimator import InputError
from huike.insight.lifecycle.cohorts import Cohorts
from huike.insight.lifecycle.ended import Ending
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.stage import Stage
from huike.insight.purchases import customers, orders, repeat_summary
from huike.insight.value.abc import ABC
from huike.insight.value.comparison import Comparison
from huike.insight.value.equity import CustomerEquity
from huike.insight.value.parts import ValueParts
from huike.insight.value.profit import Profit
from huike.insight.value.pyramid import ProfitPyramid, SpendPyramid
from huike.insight.value.rfm import RFM
from huike.insight.value.simple_clv import SimpleCLV
from tests.insight.firms import CDNOW_END, CDNOW_LAST, cdnow_frame, table

AT = date(2025, 6, 30)


def sold(*rows: tuple[Any, ...], names: str = "customer on amount") -> Any:
    frame = pd.DataFrame(list(rows), columns=names.split())
    frame["on"] = pd.to_datetime(frame["on"])
    return table(frame)


def by_customer(result: Any) -> pd.DataFrame:
    return result.to_pandas().set_index("customer").sort_index()


@pytest.fixture(scope="module")
def cdnow() -> Any:
    return table(cdnow_frame())


def test_orders_and_customers() -> None:
    lines = sold(
        ("a", 1, "2025-01-01", 10.0), ("a", 1, "2025-01-01", 5.0), ("a", 2, "2025-01-01", 4.0),
        ("a", 3, "2025-02-01", -6.0), ("b", 4, "2025-03-01", 3.0), ("b", 4, "2025-03-01", -3.0),
        ("c", 5, "2025-04-01", 0.0), ("a", None, "2025-05-01", 1.0), ("a", None, "2025-05-01", 1.0),
        names="customer order on amount",
    )  # fmt: skip
    assert orders(lines, AT).count().execute() == 6
    one = by_customer(customers(lines, AT))
    assert one["orders"].to_dict() == {"a": 3, "b": 0, "c": 1}
    assert one.loc["a", ["amount", "bought", "returned"]].tolist() == [15.0, 21.0, 6.0]
    repeat = by_customer(repeat_summary(lines, AT))
    assert repeat.loc["a", ["frequency", "recency_days", "monetary"]].tolist() == [1, 120, 2.0]
    assert set(repeat.index) == {"a", "c"}


def test_abc_crossing_customer_is_upper() -> None:
    lines = sold(*[(c, "2025-01-01", v) for c, v in zip("abcde", [50, 30, 12, 6, 2], strict=True)])
    model = ABC(AT).fit(lines)
    assert "".join(by_customer(model.result_)["abc"]) == "AABCC"
    assert model.top20_share_ == pytest.approx(0.5)
    gini = 1 - sum(
        (2 * s - v) / 500 for v, s in zip([2, 6, 12, 30, 50], [2, 8, 20, 50, 100], strict=True)
    )
    assert model.gini_ == pytest.approx(gini)
    assert model.lorenz_["amount_share"].iloc[-1] == 1


def test_abc_on_cdnow(cdnow: Any) -> None:
    amounts = np.sort(cdnow_frame().groupby("customer")["amount"].sum().to_numpy())
    n, whole = len(amounts), amounts.sum()
    model = ABC(CDNOW_LAST).fit(cdnow)
    assert model.gini_ == pytest.approx(
        1 - 2 * (amounts.cumsum() - amounts / 2).sum() / (n * whole)
    )
    assert model.top20_share_ == pytest.approx(amounts[-472:].sum() / whole)


def test_who_is_just_the_mean_is_not_above_it() -> None:
    alike = [(name, "2025-05-01", 10.0) for name in "abc"]
    assert set(RFM(AT).fit(sold(*alike)).result_["rfm_class"].execute()) == {"000"}


def test_an_order_is_of_its_first_day_and_the_last_day_counts() -> None:
    lines = sold(
        ("a", 1, "2025-06-01", 1.0), ("a", 1, "2025-06-20", 1.0),
        ("b", 2, "2025-06-30", 1.0), ("c", 3, "2025-07-01", 1.0),
        names="customer order on amount",
    )  # fmt: skip
    assert by_customer(RFM(AT).fit(lines).result_)["recency_days"].to_dict() == {"a": 29, "b": 0}


def test_rfm_ties_classes_and_fixed_breaks() -> None:
    rows = [(f"c{k}", f"2025-0{m}-01", 10.0 * k) for k in range(1, 6) for m in range(1, k + 1)]
    model = RFM(AT).fit(sold(*rows, ("t", "2025-05-01", 10.0)))
    got = by_customer(model.result_)
    assert got.loc["c5", ["r", "f", "m"]].tolist() == [4, 5, 5]
    assert got.loc["t", "r"] == got.loc["c5", "r"]
    assert got.loc["c5", "rfm_class"] == "111"
    assert got.loc["t", "rfm_class"] == "100"
    assert model.classes_["customers"].sum() == 6
    fixed = RFM(AT, breaks={"recency_days": [30, 60, 90, 120], "frequency": [1, 2, 3, 4],
                            "monetary": [20, 50, 100, 200]}).fit(sold(*rows))  # fmt: skip
    assert by_customer(fixed.result_).loc["c1", ["r", "f", "m"]].tolist() == [1, 1, 1]
    with pytest.raises(InputError):
        RFM(AT, breaks={"days": [1]})


def test_pyramids() -> None:
    rows = [(f"c{k:03d}", "2025-01-01", float(1000 - k), float(900)) for k in range(200)]
    lines = sold(*rows, names="customer on amount cost")
    spend = SpendPyramid(AT).fit(lines)
    assert spend.tiers_["customers"].tolist() == [2, 38, 60, 100]
    assert SpendPyramid(AT, cuts="1/4/15/80").fit(lines).tiers_["customers"].tolist() == [
        2,
        8,
        30,
        160,
    ]
    profit = ProfitPyramid(AT).fit(lines)
    assert profit.tiers_["customers"].tolist() == [20, 30, 50, 100]


def test_profit_with_cost_to_serve() -> None:
    lines = sold(("a", "2025-01-01", 100.0, 60.0, 5.0), ("a", "2025-02-01", -10.0, -6.0, 0.0),
                 names="customer on amount cost discount")  # fmt: skip
    served = table(pd.DataFrame({
        "customer": ["a", "a", "a", "z"], "kind": ["visit", "dance", "visit", "visit"],
        "on": pd.to_datetime(["2025-01-05", "2025-01-06", "2025-09-01", "2025-01-01"]),
        "units": [1, 1, 1, 1],
    }))  # fmt: skip
    model = Profit(AT, rates={"visit": 20.0}).fit(lines, served)
    row = by_customer(model.result_).loc["a"]
    assert row.to_dict() == {"gross": 105.0, "discount": 5.0, "returned": 10.0, "revenue": 90.0,
                             "cost": 54.0, "service": 20.0, "profit": 16.0}  # fmt: skip
    assert model.left_out_ == {"service without a rate": 1}


def test_simple_clv_formula() -> None:
    lines = sold(("a", "2025-01-01", 100.0))
    kind = dict.fromkeys(("vip", "major", "ordinary", "small"), 0.8)
    years = dict.fromkeys(kind, 3)
    model = SimpleCLV(AT, 0.1, kind, years).fit(lines)
    assert model.total_ == pytest.approx(sum(100 * (0.8 / 1.1) ** t for t in (1, 2, 3)), abs=1e-3)
    plain = SimpleCLV(AT, None, kind, years).fit(lines)
    assert plain.total_ == pytest.approx(100 * (0.8 + 0.64 + 0.512))


def test_parts_add_up() -> None:
    lines = sold(
        ("a", "2025-01-01", 10.0, "p"), ("a", "2025-02-01", 7.0, "p"),
        ("a", "2025-03-01", 5.0, "q"),
        ("b", "2025-03-01", 20.0, "q"), names="customer on amount product",
    )  # fmt: skip
    referrals = table(pd.DataFrame({"customer": ["a"], "referred": ["b"]}))
    wallets = table(pd.DataFrame({"customer": ["a"], "wallet": [44.0]}))
    row = by_customer(ValueParts(AT).fit(lines, None, referrals, wallets).result_).loc["a"]
    parts = ["first", "repeat", "cross_sell", "referral", "total", "wallet_share"]
    assert row[parts].tolist() == [10.0, 7.0, 5.0, 2.0, 24.0, 0.5]


def test_predicted_value_total_matches_customers(cdnow: Any) -> None:
    model = PredictedValue(CDNOW_END, months=12, bootstrap=8).fit(cdnow)
    assert float(model.result_["clv"].sum().execute()) == pytest.approx(model.total_, rel=1e-6)
    assert model.interval_[0] < model.total_ < model.interval_[1]
    longer = PredictedValue(CDNOW_END, months=24, bootstrap=0).fit(cdnow)
    assert longer.total_ > model.total_


def test_matrix_halves(cdnow: Any) -> None:
    model = ValueMatrix(CDNOW_END).fit(cdnow)
    assert sum(model.counts_.values()) == 2357
    high_later = model.counts_["gold"] + model.counts_["iron"]
    assert high_later == pytest.approx(2357 / 2, abs=60)


def test_comparison_and_equity(cdnow: Any) -> None:
    model = Comparison(CDNOW_LAST).fit(cdnow)
    assert model.captured_["customers"].tolist() == [472, 472, 472]
    assert (model.captured_["share"] > 0.5).all()
    survey = table(pd.DataFrame({
        "driver": ["value", "brand", "relationship"], "importance": [2, 1, 1], "rating": [4, 4, 2],
    }))  # fmt: skip
    equity = CustomerEquity(CDNOW_END).fit(cdnow, survey)
    assert equity.drivers_["contribution"].tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert equity.by_class_["share"].sum() == pytest.approx(1)


def test_relation_of_buyers_and_others() -> None:
    lines = sold(
        ("old", "2023-01-01", 5.0), ("new", "2025-06-01", 5.0), ("shop", "2024-12-25", 5.0)
    )
    people = table(pd.DataFrame({
        "customer": ["shop", "lead", "cold", "never"], "is_dealer": [True, False, False, False],
        "pursued": [False, True, False, False], "suited": [True, True, True, False],
    }))  # fmt: skip
    got = by_customer(Relation(AT).fit(lines, people).result_)["relation"].to_dict()
    assert got == {"old": "lost", "new": "current", "shop": "lost", "lead": "target",
                   "cold": "potential", "never": "non_customer"}  # fmt: skip


def test_stages_transitions_and_endings(cdnow: Any) -> None:
    model = Stage(CDNOW_LAST, steps=2).fit(cdnow)
    assert sum(model.counts_.values()) == 2357
    assert model.transitions_.sum(axis=1).to_numpy() == pytest.approx(np.ones(5))
    steady = np.array(list(model.steady_.values()))
    assert steady @ model.transitions_.to_numpy() == pytest.approx(steady, abs=1e-6)
    ended = Ending(CDNOW_LAST).fit(cdnow)
    assert sum(ended.counts_.values()) == Relation(CDNOW_LAST).fit(cdnow).counts_["lost"]


def test_cohorts() -> None:
    model = Cohorts(AT).fit(sold(
        ("a", "2025-04-03", 1.0), ("b", "2025-04-20", 1.0), ("a", "2025-05-01", 2.0),
        ("c", "2025-06-01", 1.0), ("b", "2025-06-11", 1.0),
    ))  # fmt: skip
    april = model.cells_[model.cells_["cohort"] == date(2025, 4, 1)]
    assert april["retention"].tolist() == [1.0, 0.5, 0.5]
    assert model.rates_["churn"].tolist()[1:] == [0.5, 1.0]


def test_contract_tenures() -> None:
    months = pd.date_range("2025-01-01", periods=6, freq="30D")
    rows = [("a", on, 9.0) for on in months] + [("b", on, 9.0) for on in months[:2]]
    got = by_customer(ShiftedBetaGeometric(AT).fit(sold(*rows)).result_)
    assert got["periods"].to_dict() == {"a": 6, "b": 2}
    assert got["lost"].to_dict() == {"a": False, "b": True}


def test_churn_backtest_learns_only_from_before(cdnow: Any) -> None:
    model = ChurnWarning(CDNOW_LAST, model="logistic").fit(cdnow)
    judged = model.comparison_.set_index("model")
    assert judged.loc["logistic", "roc_auc"] > judged.loc["rule", "roc_auc"]
    assert set(judged.index) == {"rule", "logistic", "tree", "boosted", "survival"}
    predicted = model.calibration_["logistic"]
    assert np.average(predicted["predicted"], weights=predicted["n"]) == pytest.approx(
        np.average(predicted["actual"], weights=predicted["n"]), abs=0.08
    )
    assert "%" in model.explain(1)


def test_churn_without_churn() -> None:
    """Nobody left: no model fails, and nobody is warned of."""
    rows = [
        (f"c{k}", on, 10.0) for k in range(60) for on in pd.date_range("2024-01-01", AT, freq="15D")
    ]
    model = ChurnWarning(AT).fit(sold(*rows))
    assert by_customer(model.result_)["p_churn"].max() < 0.01
    assert model.comparison_["roc_auc"].isna().all()


def test_columns_without_a_type() -> None:
    """An empty file has columns of no type; the engine must not be asked to keep those."""
    bare = table(pd.DataFrame({"customer": [], "order": [], "on": [], "amount": [], "product": []}))
    untyped = bare.mutate(customer=ibis.null(), order=ibis.null(), product=ibis.null())
    for model in (ABC(AT), RFM(AT), ChurnWarning(AT), ValueParts(AT), Stage(AT, steps=1)):
        assert model.fit(untyped).predict().count().execute() == 0


def test_measures_do_not_depend_on_row_order() -> None:
    left, p = np.array([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), np.array([0.5] * 10)
    assert lift(left, p) == lift(left[::-1], p) == pytest.approx(1.0)
    assert measures([], [])["n"] == 0
    assert len(calibration(left, np.linspace(0, 1, 10), 5)) == 5
    assert money(left, left * 0.9, np.full(10, 100.0), 5, 0.2)["net"] == pytest.approx(2 * 20 - 10)
