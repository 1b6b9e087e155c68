"""The indicators of loyalty, counted by hand, and their intervals on firms of known truth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from huike.insight.estimator import InputError
from huike.insight.indicators import NAMES, indicators
from huike.insight.satisfaction.figures import Figure

AT = date(2026, 6, 30)


def asked(rows: list[tuple[Any, ...]], groups: dict[str, str], referred: dict[str, int]) -> Any:
    names = ["customer", "order", "on", "amount", "discount", "group"]
    lines = pd.DataFrame(rows, columns=names)
    lines["on"] = pd.to_datetime(lines["on"])
    kinds = pd.DataFrame(list(groups.items()), columns=["customer", "group"])
    sent = pd.DataFrame(list(referred.items()), columns=["customer", "referrals"])
    return indicators(
        ibis.memtable(lines, schema={"customer": "string", "order": "string", "on": "date",
                                     "amount": "float64", "discount": "float64",
                                     "group": "string"}),
        ibis.memtable(kinds, schema={"customer": "string", "group": "string"}),
        ibis.memtable(sent, schema={"customer": "string", "referrals": "int64"}), AT,
    )  # fmt: skip


def test_by_hand() -> None:
    """Six customers buy; one twice on a day, two on two days, one long ago, one brings back."""
    rows: list[tuple[Any, ...]] = [
        (name, f"{name}1", date(2026, 3, 1), 90.0, 10.0, "tea") for name in "abcdef"
    ]
    rows += [("a", "a2", date(2026, 3, 1), 90.0, 0.0, "tea"),
             ("b", "b2", date(2026, 5, 1), 90.0, 0.0, "cup"),
             ("c", "c2", date(2026, 5, 2), 90.0, 3.0, "tea"),
             ("d", "d0", date(2024, 6, 30), 500.0, 0.0, "pot"),
             ("e", "e-", date(2026, 4, 1), -45.0, 0.0, "tea"),
             ("f", "f9", date(2026, 7, 1), 999.0, 0.0, "new")]  # fmt: skip
    found = asked(rows, dict.fromkeys("abcdefg", "trust"), {"a": 2, "g": 1})
    told = found["trust"]
    assert list(told) == list(NAMES)
    assert found[""] == told
    assert (told["repurchase"].value, told["repurchase"].n) == (pytest.approx(2 / 6), 6)
    assert (told["recommendation"].value, told["recommendation"].n) == (pytest.approx(2 / 7), 7)
    assert told["per_purchase"].value == pytest.approx((9 * 90 - 45) / 9)
    assert told["return_rate"].value == pytest.approx(45 / 810)
    assert told["price_sensitivity"].value == pytest.approx(6 / 9)  # 3 of 93 is no reduction
    assert told["categories"].value == pytest.approx(7 / 6)
    days = [(AT - date(2026, 3, 1)).days] * 5 + [730]
    assert told["years"].value == pytest.approx(np.mean(days) / 365.25)


def test_nothing_is_shown_of_fewer_than_five() -> None:
    rows = [(name, name, date(2026, 3, 1), 9.0, 1.0, "tea") for name in "abcd"]
    found = asked(rows, dict.fromkeys("abcd", "trust"), {})
    assert all(figure == Figure(None, figure.n, None, None) for figure in found["trust"].values())
    assert asked([], {}, {})[""]["repurchase"] == Figure(None, 0, None, None)


def test_without_any_discount_price_sensitivity_is_not_told() -> None:
    rows = [(name, name, date(2026, 3, 1), 9.0, 0.0, "tea") for name in "abcdefgh"]
    told = asked(rows, dict.fromkeys("abcdefgh", "trust"), {})["trust"]
    assert told["price_sensitivity"].value is None
    assert told["per_purchase"].value == 9


def test_the_interval_of_money_per_purchase_covers_the_truth() -> None:
    """Customers differ in how often and how much they buy; the true ratio is known."""
    random, hit, firms = np.random.default_rng(8), 0, 60
    rows, groups = [], {}
    for firm in range(firms):
        for k in range(60):
            name, dear = f"{firm}-{k}", random.random() < 0.3
            groups[name] = str(firm)
            for n in range(int(random.poisson(2) + 1)):
                amount = float(random.gamma(4, 50 if dear else 10))
                day = AT - timedelta(days=int(random.integers(0, 360)))
                rows.append((name, f"{name}-{n}", day, amount, 0.0, "tea"))
    truth = 4 * (0.3 * 50 + 0.7 * 10)
    found = asked(rows, groups, {})
    for firm in range(firms):
        told = found[str(firm)]["per_purchase"]
        hit += told.low <= truth <= told.high
    assert 0.85 <= hit / firms <= 1


def test_a_missing_column_is_said() -> None:
    empty = ibis.memtable(pd.DataFrame({"customer": ["a"]}))
    with pytest.raises(InputError, match="lines lack"):
        indicators(empty, empty, empty, AT)
