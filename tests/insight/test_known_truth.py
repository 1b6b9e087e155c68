"""Simulated firms whose truth is known: parameters come back, and P(alive) means what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from huike.insight.clv.bg_nbd import BGNBD
from huike.insight.clv.gamma_gamma import GammaGamma
from huike.insight.clv.pareto_nbd import ParetoNBD
from huike.insight.clv.shifted_beta_geometric import ShiftedBetaGeometric
from huike.insight.clv.transactions import Counts
from tests.insight.firms import CDNOW_END, bg_counts, pareto_counts

WORLDS: list[tuple[Any, Any, tuple[float, ...]]] = [
    (BGNBD, bg_counts, (0.8, 4.0, 0.9, 2.5)),
    (ParetoNBD, pareto_counts, (0.9, 8.0, 0.7, 12.0)),
]


@pytest.mark.parametrize(("kind", "world", "truth"), WORLDS, ids=["bg_nbd", "pareto_nbd"])
def test_parameters_recovered_and_alive_calibrated(kind: Any, world: Any, truth: Any) -> None:
    x, tx, age, alive = world(7, 12_000, *truth)
    model = kind(CDNOW_END).fit_counts(Counts.of(x, tx, age))
    assert model.converged_
    assert model.theta == pytest.approx(truth, rel=0.2)
    p = model.p_alive(x, tx, age)
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.sum() > 200:
            error = 3 * np.sqrt(0.25 / inside.sum())
            assert alive[inside].mean() == pytest.approx(p[inside].mean(), abs=error)


@pytest.mark.parametrize(("kind", "world", "truth"), WORLDS, ids=["bg_nbd", "pareto_nbd"])
def test_expected_purchases_come_true(kind: Any, world: Any, truth: Any) -> None:
    """New customers of the known world buy as often as the known parameters say."""
    x, _, age, _ = world(11, 20_000, *truth)
    model = kind(CDNOW_END)
    model.parameters_ = dict(zip(model.names, truth, strict=True))
    mean, error = x.mean(), 4 * x.std() / np.sqrt(len(x))
    assert model.expected_new(float(age[0])) == pytest.approx(mean, abs=error)


@pytest.mark.parametrize(("kind", "world", "truth"), WORLDS, ids=["bg_nbd", "pareto_nbd"])
def test_gradient_is_the_slope(kind: Any, world: Any, truth: Any) -> None:
    x, tx, age, _ = world(3, 500, *truth)
    counts, model, theta = Counts.of(x, tx, age), kind(CDNOW_END), np.array(truth) * 1.3
    _, gradient = model.log_likelihood(theta, counts)
    for k, step in enumerate(np.eye(4) * 1e-5):
        up, down = (model.log_likelihood(theta + s, counts)[0] for s in (step, -step))
        assert gradient[k] == pytest.approx((up - down) / 2e-5, rel=1e-4, abs=1e-3)


def test_extreme_histories_stay_finite() -> None:
    """Thousands of purchases, zero age, very long horizons."""
    counts = Counts.of([0, 5000, 1, 0], [0, 5000, 1e-3, 0], [0, 5001, 9000, 9000])
    for kind, _, truth in WORLDS:
        model = kind(CDNOW_END)
        value, gradient = model.log_likelihood(np.array(truth), counts)
        assert np.isfinite(value)
        assert np.all(np.isfinite(gradient))
        model.parameters_ = dict(zip(model.names, truth, strict=True))
        ahead = model.expected(1e5, counts.frequency, counts.recency, counts.age)
        assert np.all(np.isfinite(ahead))
        assert np.all(ahead >= 0)


def test_gamma_gamma_recovered() -> None:
    random = np.random.default_rng(5)
    p, q, v, n = 6.0, 4.0, 15.0, 8000
    x = random.integers(1, 9, n).astype(float)
    scale = random.gamma(q, 1 / v, n)
    z = random.gamma(p * x, 1 / (scale * x))
    model = GammaGamma(CDNOW_END).fit_pairs(x, z)
    assert list(model.parameters_.values()) == pytest.approx([p, q, v], rel=0.15)
    assert model.mean_ == pytest.approx(p * v / (q - 1), rel=0.03)


def test_shifted_beta_geometric_recovered() -> None:
    random = np.random.default_rng(6)
    leave = random.beta(0.8, 2.0, 20_000)
    life = random.geometric(leave)
    lost, still = life[life <= 8], (life > 8).sum()
    model = ShiftedBetaGeometric(CDNOW_END).fit_counts(lost, np.ones(len(lost)), [9], [still])
    assert list(model.parameters_.values()) == pytest.approx([0.8, 2.0], rel=0.1)
