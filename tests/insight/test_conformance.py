"""What every method of insight promises, tried on every one of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from huike.insight.estimator import Estimator, InputError, estimators
from huike.insight.purchases import remembered
from tests.insight.firms import small_firm, table

AT = date(2025, 6, 30)
LIGHT: dict[str, dict[str, Any]] = {
    "predicted_value": {"bootstrap": 3}, "stage": {"steps": 1}, "comparison": {"horizon_days": 120},
}  # fmt: skip
WORDS = ("customer", "order", "product")
DATED = {
    key: kind
    for key, kind in estimators().items()
    if "analysis_date" in inspect.signature(kind).parameters
}
every = pytest.mark.parametrize("key", list(DATED))


def made(key: str) -> Estimator:
    return DATED[key](analysis_date=AT, **LIGHT.get(key, {}))


def rows(model: Estimator) -> pd.DataFrame:
    """The result in a fixed order; floats to 9 significant digits."""
    frame = model.predict().to_pandas().sort_values("customer", ignore_index=True)
    return frame.map(lambda v: float(f"{v:.9g}") if isinstance(v, float) else v)


def learned(model: Estimator) -> dict[str, Any]:
    """The small figures that were learned."""
    plain = (int, float, str, tuple, dict)
    return {
        name: str(value)
        for name, value in sorted(vars(model).items())
        if name.endswith("_") and name != "left_out_" and isinstance(value, plain)
        and not isinstance(value, float)
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    """Reduce each table once for all methods, as a report does."""
    with remembered():
        yield


@pytest.fixture(scope="module")
def firm() -> pd.DataFrame:
    return small_firm()


@pytest.fixture(scope="module")
def before(firm: pd.DataFrame) -> pd.DataFrame:
    return firm[firm["on"] <= pd.Timestamp(AT)]


Known = Callable[[str], tuple[Estimator, pd.DataFrame]]


@pytest.fixture(scope="module")
def known(before: pd.DataFrame) -> Known:
    """Return known(key): the method fitted to the firm, and its result."""
    seen = table(before)

    @cache
    def fitted(key: str) -> tuple[Estimator, pd.DataFrame]:
        model = made(key).fit(seen)
        return model, rows(model)

    return fitted


@pytest.fixture(scope="module")
def nothing(firm: pd.DataFrame) -> Any:
    return table(firm.head(0).astype(dict.fromkeys(WORDS, "string")))


@pytest.fixture(scope="module")
def single(firm: pd.DataFrame) -> Any:
    return table(firm.head(1))


@pytest.fixture(scope="module")
def alike() -> Any:
    """Twelve customers with the very same history."""
    one = pd.DataFrame({
        "order": [1, 2, 3], "on": pd.to_datetime(["2025-01-05", "2025-02-05", "2025-06-01"]),
        "amount": [10.0, 20.0, 30.0], "product": ["p", "q", "r"], "cost": [5.0, 5.0, 5.0],
    })  # fmt: skip
    same = pd.concat([one.assign(customer=k, order=one["order"] + 10 * k) for k in range(12)])
    return table(same)


@pytest.fixture(scope="module")
def odd(before: pd.DataFrame) -> pd.DataFrame:
    """Missing, negative, infinite, repeated and one-day rows."""
    rows = before.head(40).copy().reset_index(drop=True)
    rows.loc[0, "customer"], rows.loc[1, "on"], rows.loc[2, "amount"] = None, pd.NaT, np.nan
    rows.loc[3, "amount"], rows.loc[4, "order"], rows.loc[5, "amount"] = np.inf, None, 0.0
    returns = before.head(15).assign(
        amount=lambda f: -2 * f["amount"], order=lambda f: "r" + f["order"]
    )
    return pd.concat([rows, rows.tail(5), returns], ignore_index=True)


@pytest.fixture(scope="module")
def odd_rows(odd: pd.DataFrame) -> Any:
    return table(odd)


@pytest.fixture(scope="module")
def only_returns(before: pd.DataFrame) -> Any:
    return table(before.head(10).assign(amount=-5.0))


@pytest.fixture(scope="module")
def shuffled(firm: pd.DataFrame, before: pd.DataFrame) -> Any:
    """The firm in another order, with rows after the analysis date."""
    future = firm.assign(on=pd.Timestamp(2025, 8, 1), amount=1e6, customer="c001", product="zz")
    mixed = pd.concat([before, firm[firm["on"] > pd.Timestamp(AT)], future])
    return table(mixed.sample(frac=1, random_state=3))


@every
def test_empty(key: str, nothing: Any) -> None:
    model = made(key).fit(nothing)
    assert model.predict().count().execute() == 0
    assert model.explain("c001")
    assert "customer" in model.predict().columns


@every
def test_one_row(key: str, firm: pd.DataFrame, single: Any) -> None:
    model = made(key).fit(single)
    assert model.predict().count().execute() <= 1
    assert model.explain(firm["customer"][0])
    assert model.explain(firm["customer"][0], "en")


@every
@pytest.mark.long
def test_ties(key: str, alike: Any) -> None:
    """Customers with the very same history get the very same result."""
    result = rows(made(key).fit(alike))
    drawn = {"customer"} | ({"abc", "rfm", "clv", "best"} if key == "comparison" else set())
    rest = result.drop(columns=list(drawn & set(result.columns)))
    assert len(rest.drop_duplicates()) <= 1


@every
@pytest.mark.long
def test_odd_rows(key: str, odd: pd.DataFrame, odd_rows: Any) -> None:
    """They are no reason to fail; all are counted."""
    model = made(key).fit(odd_rows)
    for customer in odd["customer"].dropna().unique()[:3]:
        assert model.explain(customer)
        assert model.explain(customer, "en")
    found = model.left_out_
    assert {"no customer", "no date", "no amount"} <= set(found) or key == "basket"


@every
@pytest.mark.long
def test_all_returns(key: str, before: pd.DataFrame, only_returns: Any) -> None:
    model = made(key).fit(only_returns)
    assert model.explain(before["customer"].iloc[0])


@every
def test_order_and_future_do_not_matter(key: str, known: Known, shuffled: Any) -> None:
    """Shuffled rows, and rows after the analysis date, change nothing."""
    _model, first = known(key)
    second = made(key).fit(shuffled)
    pd.testing.assert_frame_equal(first, rows(second), check_dtype=False, rtol=1e-5, atol=1e-8)
    if key not in ("basket",):
        assert second.left_out_.get("after analysis date", 0) > 0


@every
@pytest.mark.long
def test_deterministic_and_parameters_unchanged(
    key: str, known: Known, before: pd.DataFrame
) -> None:
    """Fitted once more, with nothing remembered, a model gives the very same."""
    model, first = known(key)
    assert model.parameters() == made(key).parameters()
    with remembered():
        pd.testing.assert_frame_equal(first, rows(model.fit(table(before))), rtol=1e-9)
    assert model.parameters() == made(key).parameters()
    assert model.row("nobody") is None
    assert model.explain(7) == model.explain(None)


@pytest.mark.parametrize("key", sorted(set(DATED) - {"basket"}))
def test_missing_column_is_said_plainly(key: str) -> None:
    with pytest.raises(InputError, match=r"lack|need|column"):
        made(key).fit(table(pd.DataFrame({"who": ["a"], "what": [1.0]})))


@every
def test_described(key: str) -> None:
    kind = DATED[key]
    assert set(kind.title) == {"zh", "en"}
    assert "nalysis_date" in (kind.__doc__ or "") or "TransactionModel" in (kind.__doc__ or "")
