"""Uplift: a split that can be repeated, intervals that cover, power that holds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from huike.insight.estimator import InputError
from huike.insight.uplift import difference, needed, power, split


def test_the_split_depends_on_the_seed_and_not_on_the_order() -> None:
    customers = [f"c{n}" for n in range(1000)]
    one = split(customers, seed=7)
    assert one == split(list(reversed(customers)) + customers, seed=7)
    assert one != split(customers, seed=8)
    assert len(one.held_out) == 200
    assert not set(one.held_out) & set(one.treated)
    with pytest.raises(InputError):
        split(customers, seed=1, held_out_share=1.0)


@pytest.mark.parametrize("outcome", ["kept", "money"])
def test_intervals_cover_the_true_effect_in_95_of_100(outcome: str) -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(500):
        if outcome == "kept":
            truth = 0.06
            treated, held = rng.binomial(1, 0.36, 400), rng.binomial(1, 0.30, 100)
        else:
            truth = 20.0
            treated, held = rng.gamma(2, 60, 400), rng.gamma(2, 50, 100)
        effect = difference(treated, held)
        covered += effect.low <= truth <= effect.high
    assert covered / 500 == pytest.approx(0.95, abs=0.02)


def test_power_says_how_often_the_effect_is_seen() -> None:
    n = needed(base_rate=0.3, expected_difference=0.1, held_out_share=0.5)
    assert n is not None
    assert power(n, base_rate=0.3, expected_difference=0.1, held_out_share=0.5) >= 0.8
    rng = np.random.default_rng(3)
    half = n // 2
    seen = [
        difference(rng.binomial(1, 0.4, half), rng.binomial(1, 0.3, half)).low > 0
        for _ in range(500)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.06)
    assert needed(base_rate=0.3, expected_difference=0.0) is None


def test_the_sentence_says_whether_it_helped() -> None:
    assert "It helped" in difference([1] * 90 + [0] * 10, [0] * 90 + [1] * 10).sentence("en")
    assert "适得其反" in difference([0] * 90 + [1] * 10, [1] * 90 + [0] * 10).sentence()
    assert "看不出差别" in difference([0, 1] * 20, [1, 0] * 20).sentence()


def test_tiny_and_constant_groups_do_not_raise() -> None:
    assert math.isnan(difference([1], []).difference)
    assert difference([2.5, 2.5], [2.5, 2.5]).p_value == 1.0
    everyone_stayed = difference([1] * 10, [1] * 10)
    assert everyone_stayed.low < 0 < everyone_stayed.high
