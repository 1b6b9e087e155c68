"""Causes of loss: entered before inferred, the rule that fired is said, and nothing is made up."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from huike.insight.estimator import InputError
from huike.insight.lifecycle.causes import LossCause
from tests.insight.firms import table

AT = date(2025, 6, 30)


def lost(*names: str) -> pd.DataFrame:
    """Customers who bought twice in early 2023, and one who still buys."""
    rows = [(name, on, 100.0) for name in names for on in ("2023-01-01", "2023-02-01")]
    rows += [("stays", f"2025-0{month}-01", 100.0) for month in range(1, 7)]
    frame = pd.DataFrame(rows, columns=["customer", "on", "amount"])
    return frame.assign(on=pd.to_datetime(frame["on"]))


def test_the_first_rule_that_holds_decides_and_is_said() -> None:
    evidence = pd.DataFrame({
        "customer": ["a", "b", "c", "d", "e", "f", "stays"],
        "complaints": [2, 0, None, 0, 0, 1, 5],
        "price_rise": [0.3, 0.12, None, 0.0, 0.0, 0.0, 0.0],
        "competitor": [1, 1, None, 1, 0, 0, 0],
        "last_contact_days": [900, 900, None, 30, 400, 0, 0],
        "cause": [None, None, None, None, None, "need", None],
        "manner": [None, None, None, None, None, "forced", None],
    })  # fmt: skip
    model = LossCause(AT).fit(table(lost(*"abcdef")), table(evidence))
    found = model.predict().to_pandas().set_index("customer")
    assert found["rule"].to_dict() == {
        "a": "complaints", "b": "price_rise", "c": "none", "d": "competitor", "e": "no_contact",
        "f": "entered",
    }  # fmt: skip
    assert found.loc["a", ["cause", "manner"]].tolist() == ["service", "left"]
    assert found.loc["d", ["cause", "manner"]].tolist() == ["competition", "drawn"]
    assert found.loc["f", ["cause", "manner"]].tolist() == ["need", "forced"]
    assert model.counts_["unknown"] == 1
    assert model.inferred_ == 4
    assert "2 次投诉" in model.explain("a")
    assert "prices rose by 12%" in model.explain("b", "en")
    assert "请询问" in model.explain("c")
    assert "没有这位客户" in model.explain("stays")


def test_returns_explain_a_loss_without_any_evidence() -> None:
    back = pd.DataFrame({"customer": ["a"], "on": [pd.Timestamp("2023-02-10")], "amount": [-60.0]})
    model = LossCause(AT).fit(table(pd.concat([lost("a", "b"), back])))
    found = model.predict().to_pandas().set_index("customer")
    assert found["rule"].to_dict() == {"a": "returns", "b": "none"}
    assert "30%" in model.explain("a")


def test_evidence_without_customers_and_odd_thresholds_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="customer"):
        LossCause(AT).fit(table(lost("a")), table(pd.DataFrame({"who": ["a"]})))
    with pytest.raises(InputError, match="share"):
        LossCause(AT, returns=2)
