"""Satisfaction: figures with intervals, small groups hidden, Kano, SERVQUAL and the curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from huike.insight.satisfaction import (
    by_group,
    kano,
    kano_class,
    loyalty_curve,
    net_promoter,
    perceived_over_expected,
    satisfied_share,
    servqual,
    share_figure,
    weighted_ratio,
)


def test_csat_counts_fours_and_fives_and_drops_missing() -> None:
    figure = satisfied_share([5, 4, 3, 2, 5, None, "?"])
    assert (figure.value, figure.n) == (0.6, 5)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 0.6 < figure.high


def test_nps_is_promoters_minus_detractors_in_points() -> None:
    figure = net_promoter([10] * 6 + [8] * 2 + [3] * 2)
    assert figure.value == pytest.approx(40)


def test_no_figure_below_five_answers() -> None:
    frame = pd.DataFrame({"shop": ["a"] * 5 + ["b"] * 4, "score": [5] * 9})
    figures = by_group(frame, "shop", ["score"], satisfied_share)
    assert figures["a"].shown
    assert not figures["b"].shown
    assert figures["b"].n == 4


def test_wilson_covers_about_95_percent() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for successes in rng.binomial(50, 0.3, 2000):
        figure = share_figure(int(successes), 50)
        hits += (figure.low or 0) <= 0.3 <= (figure.high or 0)
    assert hits / 2000 == pytest.approx(0.95, abs=0.02)


def test_c_is_perceived_over_expected_of_the_same_persons() -> None:
    figure = perceived_over_expected([4, 4, 5, 4, 3, None], [5, 5, 5, 5, 5, 1])
    assert (figure.value, figure.n) == (pytest.approx(0.8), 5)
    assert weighted_ratio({"price": figure}, {"price": 2.0}) == pytest.approx(0.8)
    assert weighted_ratio({}, {}) is None


@pytest.mark.parametrize(
    ("pair", "kind"),
    [
        ((1, 5), "one-dimensional"),
        ((1, 3), "attractive"),
        ((3, 5), "must-be"),
        ((3, 3), "indifferent"),
        ((5, 1), "reverse"),
        ((1, 1), "questionable"),
    ],
)
def test_kano_classes(pair: tuple[int, int], kind: str) -> None:
    assert kano_class(*pair) == kind


def test_kano_coefficients_and_the_costlier_class_wins_a_tie() -> None:
    result = kano([(1, 3)] * 3 + [(3, 5)] * 3 + [(9, 9)])
    assert (result.kind, result.n) == ("must-be", 6)
    assert (result.better, result.worse) == (0.5, -0.5)
    assert kano([(1, 3)] * 4).kind is None


def test_servqual_gaps_by_dimension_and_the_five_gaps() -> None:
    answers = pd.DataFrame(
        {
            "dimension": ["reliability"] * 5 + ["empathy"] * 5,
            "perceived": [4] * 5 + [6] * 5,
            "expected": [6] * 5 + [5] * 5,
            "standards": [5] * 10,
            "delivered": [4] * 10,
        }
    )
    result = servqual(answers)
    assert result.dimensions["reliability"].value == -2
    assert result.overall == pytest.approx(-0.5)
    assert result.gaps["3 delivery"].value == -1
    assert "4 communication" not in result.gaps


def test_the_curve_tells_basic_from_latent_expectations() -> None:
    shares = {"basic": (0.1, 0.15, 0.2, 0.3, 0.9), "latent": (0.1, 0.7, 0.8, 0.85, 0.9)}
    rows = [
        (kind, level, n < share * 20)
        for kind, values in shares.items()
        for level, share in enumerate(values, 1)
        for n in range(20)
    ]
    answers = pd.DataFrame(rows, columns=["expectation", "satisfaction", "repurchased"])
    curve = loyalty_curve(answers)
    assert curve.shape == {"basic": "convex", "latent": "concave"}
    assert curve.levels["basic"][5].value == pytest.approx(0.9)
    assert loyalty_curve(answers.head(0)).levels == {}
