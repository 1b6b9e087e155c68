"""Reducing lines once, remembering and learning from a sample change no result they should not."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from huike.insight.churn.reasons import in_words, speaking, strongest
from huike.insight.churn.warning import ChurnWarning
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.stage import Stage
from huike.insight.purchases import is_reduced, left_out, orders, reduced, remembered
from huike.insight.value.abc import ABC
from huike.insight.value.rfm import RFM
from tests.insight.firms import small_firm, table

AT = date(2025, 6, 30)


@pytest.fixture(scope="module")
def firm() -> Any:
    return table(small_firm(customers=120))


def rows(model: Any) -> pd.DataFrame:
    found = model.predict().to_pandas().sort_values("customer", ignore_index=True)
    return pd.DataFrame(found)


@pytest.mark.parametrize("kind", [ABC, RFM, Relation, Stage, ValueMatrix, ChurnWarning])
@pytest.mark.long
def test_orders_reduced_once_and_remembered_give_the_same(kind: Any, firm: Any) -> None:
    plain = rows(kind(AT).fit(firm))
    with remembered():
        kind(AT).fit(reduced(firm, AT))
        again = rows(kind(AT).fit(reduced(firm, AT)))
    pd.testing.assert_frame_equal(plain, again, check_dtype=False, rtol=1e-6)


def test_lines_after_the_date_are_counted_also_of_orders(firm: Any) -> None:
    whole = reduced(firm)
    assert is_reduced(whole)
    assert left_out(whole, AT) == left_out(firm, AT)
    assert orders(whole, AT).count().execute() == orders(firm, AT).count().execute()


def test_orders_without_a_number_are_a_day_and_keep_no_number() -> None:
    for numbers in (["x", None, None, None], [7, None, None, None]):
        lines = table(pd.DataFrame({
            "customer": ["a"] * 4, "amount": [1.0] * 4, "order": pd.Series(numbers, dtype=object),
            "on": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-01", "2025-02-01"]),
        }))  # fmt: skip
        found = orders(lines, AT).to_pandas().sort_values(["on", "lines"])
        assert found["lines"].tolist() == [1, 2, 1]
        assert found["order"].notna().tolist() == [True, False, False]


@pytest.mark.long
def test_everybody_is_judged_by_what_a_sample_taught(firm: Any) -> None:
    some = firm.filter(firm["customer"] < "c060")
    everyone = ValueMatrix(AT).fit(firm)
    taught = ValueMatrix(AT).fit(firm, learn_from=some)
    assert sum(taught.counts_.values()) == sum(everyone.counts_.values())
    alone = ValueMatrix(AT).fit(some)
    assert taught.future_.transactions_.parameters_ == alone.future_.transactions_.parameters_
    warned = ChurnWarning(AT).fit(firm, learn_from=some)
    assert len(rows(warned)) == len(rows(ChurnWarning(AT).fit(firm)))
    assert warned.comparison_.empty or warned.comparison_["n"].max() <= 60
    known = Relation(AT).fit(firm, learn_from=some)
    assert sum(known.counts_.values()) == sum(Relation(AT).fit(firm).counts_.values())


@pytest.mark.long
def test_reasons_not_worked_out_at_once_are_found_when_asked_for(firm: Any) -> None:
    whole, few = ChurnWarning(AT).fit(firm), ChurnWarning(AT, explained=3).fit(firm)
    shown = rows(few)
    assert shown["reason_1"].notna().sum() == 3
    for customer in shown["customer"]:
        assert few.explain(customer) == whole.explain(customer)


def test_only_what_speaks_for_the_risk_is_a_reason() -> None:
    names = ["silent_days", "silence_ratio", "age_days", "frequency", "median_interval",
             "mean_amount", "amount_year", "orders_year", "amount_90", "amount_90_before",
             "orders_90", "orders_90_before", "return_share"]  # fmt: skip
    usual = pd.Series([30, 1, 300, 4, 30, 50, 600, 6, 100, 100, 1, 1, 0], index=names, dtype=float)
    active = pd.Series([2, 0.1, 900, 40, 5, 80, 5e3, 40, 900, 800, 9, 8, 0], index=names)
    going = pd.Series([120, 4, 200, 1, 30, 50, 400, 4, 0, 300, 0, 3, 0.3], index=names)
    both = pd.DataFrame([active, going])
    effect = pd.DataFrame(np.ones((2, len(names))), columns=names)
    found = strongest(effect, speaking(both, usual))
    assert found.iloc[0].tolist() == ["", "", ""]
    assert set(found.iloc[1]) <= set(names)
    assert "" not in found.iloc[1].tolist()
    assert len({"orders_90", "amount_90"} & set(found.iloc[1])) <= 1
    assert in_words("frequency", 0.0, "zh") == "还没有回购过"
    assert "0" not in in_words("orders_90", 0.0, "zh").replace("90", "")
