"""The checks of quality rules, without a database: real values of Chinese customer files."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from huike.customers.quality.checks import CHECKS, birthday, filled, fits, phone, province


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("phone", ["13812345678", "+8613812345678", "020-83331234", "+442079460958", ""],
         ["12345678901", "138123456789012", "没有电话", "1381234567"]),
        ("province", ["广东", "广东省", "北京市", "内蒙古自治区", "新疆维吾尔自治区", "香港"],
         ["广州市", "广东广州", "Guangdong", "东北"]),
        ("filled", ["王伟", "0755", 0, date(2000, 1, 1), ["a"]],
         ["", None, "无", " 未知 ", "N/A", "123456"]),
    ],
)  # fmt: skip
def test_what_is_right_and_wrong(check: str, good: list[object], bad: list[object]) -> None:
    assert [v for v in good if not CHECKS[check](v, "")] == []
    assert [v for v in bad if CHECKS[check](v, "")] == []


def test_dates_of_birth() -> None:
    today = timezone.localdate()
    assert birthday(date(1960, 2, 29))
    assert birthday(today)
    assert not birthday(today + timedelta(days=1))
    assert not birthday(date(1890, 1, 1))
    assert not CHECKS["not_future"](today + timedelta(days=1), "")
    assert CHECKS["not_future"](today, "")


def test_a_pattern_must_fit_the_whole_text() -> None:
    assert fits("510000", r"\d{6}")
    assert not fits("5100001", r"\d{6}")
    assert fits("", r"\d{6}")
    assert fits("anything", "")


def test_empty_is_no_fault_but_of_being_empty() -> None:
    for check in (phone, province, birthday):
        assert check("")
        assert check(None)
    assert not filled("")
