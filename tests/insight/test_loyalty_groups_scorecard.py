"""Loyalty types, customer groups and the scorecard, on small made-up firms."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from huike.insight.estimator import InputError
from huike.insight.groups import Groups
from huike.insight.loyalty import LoyaltyRules
from huike.insight.scorecard import by_group, course, moved, scorecard

TODAY = date(2026, 6, 30)


def test_the_first_rule_that_holds_gives_the_loyalty_type() -> None:
    facts = pd.DataFrame(
        {
            "customer": list("abcdefg"),
            "repeat_rate": [0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1],
            "alternatives": [0, 3, 3, 3, None, 3, 3],
            "kinship": [0, 1, 0, 0, 0, 0, 0],
            "points_share": [0.9, 0.9, 0.9, 0.0, None, 0.0, 0.0],
            "satisfaction": [5, 5, 5, 5, 2, 5, 2],
        }
    )
    found = LoyaltyRules().apply(ibis.memtable(facts)).order_by("customer").execute()
    expected = ["monopoly", "kinship", "interest", "trust", "inertia", "latent", "none"]
    assert list(found["type"]) == expected
    assert "惰性忠诚" in LoyaltyRules().explain(found.iloc[4].to_dict())
    with pytest.raises(InputError):
        LoyaltyRules().apply(ibis.memtable(facts[["customer"]]))


def test_a_referral_stands_for_the_attitude_of_who_was_never_asked() -> None:
    facts = pd.DataFrame(
        {
            "customer": list("abcde"),
            "repeat_rate": [0.9, 0.9, 0.1, 0.9, 0.9],
            "satisfaction": [None, None, None, 2.0, None],
            "referrals": [1, 0, 2, 3, 1],
            "return_rate": [0.0, 0.0, 0.1, 0.0, 0.9],
        }
    )
    found = LoyaltyRules().apply(ibis.memtable(facts)).order_by("customer").execute()
    assert list(found["type"]) == ["trust", "inertia", "latent", "inertia", "inertia"]
    assert "referrals 1" in LoyaltyRules().explain(found.iloc[0].to_dict(), "en")


def two_kinds() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = []
    for n in range(60):
        often = n < 20
        for order in range(12 if often else 1):
            back = 5 + order * 10 if often else int(rng.integers(200, 300))
            amount = float(rng.normal(500, 20) if often else rng.normal(50, 5))
            rows.append((f"c{n:02}", f"{n}-{order}", TODAY - timedelta(days=back), amount))
    return pd.DataFrame(rows, columns=["customer", "order", "on", "amount"])


def test_groups_find_the_two_kinds_and_say_what_sets_them_apart() -> None:
    frame = two_kinds()
    found = Groups(analysis_date=TODAY, groups=2).fit(ibis.memtable(frame))
    assert list(found.profiles_["customers"]) == [20, 40]
    assert "来得勤" in found.profiles_.loc[0, "zh"]
    assert "long absent" in found.profiles_.loc[1, "en"]
    assert found.silhouette_ > 0.5
    assert "属于第 1 群" in found.explain("c00")
    mixed = Groups(analysis_date=TODAY, groups=2).fit(
        ibis.memtable(frame.sample(frac=1, random_state=2).reset_index(drop=True))
    )
    assert mixed.profiles_.equals(found.profiles_)


def test_groups_of_nobody_and_of_one() -> None:
    frame = two_kinds()
    nobody = Groups(analysis_date=TODAY).fit(ibis.memtable(frame).limit(0))
    assert nobody.result_.count().execute() == 0
    one = Groups(analysis_date=TODAY).fit(ibis.memtable(frame.head(1)))
    assert list(one.result_["group"].execute()) == [0]


def test_scorecard_counts_new_lost_and_kept_and_cross_sold() -> None:
    rows = [
        ("old", "1", date(2026, 5, 3), 100.0, "tea"),
        ("old", "2", date(2026, 6, 3), 100.0, "tea"),
        ("old", "3", date(2026, 6, 9), 50.0, "cup"),
        ("gone", "4", date(2026, 5, 9), 80.0, "tea"),
        ("fresh", "5", date(2026, 6, 20), 50.0, "tea"),
        ("late", "6", date(2026, 7, 2), 999.0, "tea"),
    ]
    table = ibis.memtable(
        pd.DataFrame(rows, columns=["customer", "order", "on", "amount", "product"])
    )
    card = scorecard(
        table,
        start=date(2026, 6, 1),
        end=TODAY,
        targets={"new": 2},
        given={"complaint_rate": 0.02},
    )
    assert card["customers"].value == 2
    assert (card["new"].value, card["new"].target) == (1, 2)
    assert card["lost_rate"].value == 0.5
    assert card["retention_rate"].value == 0.5
    assert card["revenue"].value == 200
    assert card["revenue"].last_period == 180
    assert card["cross_sell_share"].value == pytest.approx(0.25)
    assert card["complaint_rate"].value == 0.02
    with pytest.raises(InputError):
        scorecard(table, start=TODAY, end=date(2026, 6, 1))


MAY, JUNE = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), TODAY)


def three_months() -> pd.DataFrame:
    """Thirty customers who buy in May, June or both, at random."""
    random = np.random.default_rng(4)
    rows = []
    for n in range(30):
        for month in (4, 5, 6):
            if random.random() < 0.6:
                amount = round(float(random.gamma(2, 60)), 2)
                day = date(2026, month, int(random.integers(1, 29)))
                rows.append((f"c{n:02}", f"{n}-{month}", day, amount, amount * 0.6))
    return pd.DataFrame(rows, columns=["customer", "order", "on", "amount", "cost"])


def test_the_course_is_the_scorecard_of_each_period() -> None:
    table = ibis.memtable(three_months())
    told = course(table, [MAY, JUNE])
    for (start, end), one in zip((MAY, JUNE), told, strict=True):
        card = scorecard(table, start=start, end=end)
        for name, value in one.items():
            assert value == pytest.approx(card[name].value), name
    assert told[0] != told[1]
    assert course(table, []) == []


def test_the_groups_add_up_to_the_scorecard() -> None:
    frame = three_months()
    names = sorted(frame["customer"].unique())
    groups = pd.DataFrame(
        {"customer": names, "group": [("a", "b", "c")[n % 3] for n in range(len(names))]}
    )
    table = ibis.memtable(frame)
    card = scorecard(table, start=JUNE[0], end=TODAY)
    told = by_group(table, ibis.memtable(groups), start=JUNE[0], end=TODAY)
    assert {one["group"] for one in told} == {"a", "b", "c"}
    assert [one["revenue"] for one in told] == sorted((o["revenue"] for o in told), reverse=True)
    for name in ("customers", "new", "lost", "revenue"):
        assert sum(one[name] for one in told) == pytest.approx(card[name].value), name
    stayed = sum(one["retention_rate"] * one["was"] for one in told)
    assert stayed / sum(one["was"] for one in told) == pytest.approx(card["retention_rate"].value)
    profit = sum(one["profit_per_customer"] * one["customers"] for one in told)
    assert profit == pytest.approx(0.4 * frame[frame["on"] >= JUNE[0]]["amount"].sum())
    only = by_group(table, ibis.memtable(groups.head(1)), start=JUNE[0], end=TODAY)
    assert [one["group"] for one in only] in ([], ["a"])


def test_those_whose_tier_moved_are_as_many_as_the_scorecard_counts() -> None:
    table = ibis.memtable(three_months())
    card = scorecard(table, start=JUNE[0], end=TODAY)
    rises = list(moved(table, *JUNE)["rises"].execute())
    assert sum(rises) == card["upgraded"].value
    assert len(rises) - sum(rises) == card["downgraded"].value
    assert len(rises) > 2
