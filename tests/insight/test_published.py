"""Published results, reproduced: each figure with its source, at the precision it was printed
with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_waltons
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary

from huike.insight.churn.backtest import measures, strata
from huike.insight.churn.models import ChurnModel
from huike.insight.clv.bg_nbd import BGNBD
from huike.insight.clv.gamma_gamma import GammaGamma
from huike.insight.clv.hold_out import hold_out
from huike.insight.clv.mbg_nbd import MBGNBD
from huike.insight.clv.pareto_nbd import ParetoNBD
from huike.insight.clv.shifted_beta_geometric import ShiftedBetaGeometric
from huike.insight.clv.transactions import Counts
from huike.insight.lifecycle.survival import KaplanMeier
from tests.insight.firms import CDNOW_END, CDNOW_LAST, cdnow_frame, shared_data, table


@pytest.fixture(scope="module")
def cdnow() -> Any:
    return table(cdnow_frame())


def test_bg_nbd_on_cdnow(cdnow: Any) -> None:
    """Fader, Hardie and Lee 2005, table 2; hold-out weeks 40 to 78, table 4."""
    model = BGNBD(CDNOW_END).fit(cdnow)
    assert np.round(model.theta, 3) == pytest.approx([0.243, 4.414, 0.793, 2.426])
    assert model.log_likelihood_ == pytest.approx(-9582.429, abs=5e-4)
    judged = hold_out(model, cdnow, CDNOW_LAST)
    assert round(judged.correlation, 3) >= 0.626
    assert round(judged.mae, 3) <= 0.786
    assert judged.customers == 2357
    assert judged.by_frequency["actual"] @ judged.by_frequency["customers"] == judged.actual == 1882


def test_pareto_nbd_on_cdnow(cdnow: Any) -> None:
    """The same tables, for Pareto/NBD."""
    model = ParetoNBD(CDNOW_END).fit(cdnow)
    assert np.round(model.theta, 3) == pytest.approx([0.553, 10.578, 0.606, 11.669])
    assert model.log_likelihood_ == pytest.approx(-9594.976, abs=5e-4)
    judged = hold_out(model, cdnow, CDNOW_LAST)
    assert round(judged.correlation, 3) >= 0.630
    assert round(judged.mae, 3) <= 0.755


def test_gamma_gamma_on_cdnow(cdnow: Any) -> None:
    """Fader and Hardie 2013, "The Gamma-Gamma model of monetary value"."""
    model = GammaGamma(CDNOW_END).fit(cdnow)
    assert list(np.round(list(model.parameters_.values()), 2)) == [6.25, 3.74, 15.44]
    assert model.log_likelihood_ == pytest.approx(-4055.918, abs=5e-4)
    assert model.customers_ == 946


@pytest.mark.parametrize(
    ("survival", "alpha", "beta", "log_likelihood"),
    [
        ([0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491], 0.668, 3.806, -1611.2),
        ([0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241], 0.704, 1.182, -1680.3),
    ],
    ids=["high end", "regular"],
)
def test_shifted_beta_geometric(
    survival: list[float], alpha: float, beta: float, log_likelihood: float
) -> None:
    """Fader and Hardie 2007, both segments of 1,000 customers over seven renewals."""
    alive = np.array([1.0, *survival]) * 1000
    model = ShiftedBetaGeometric(CDNOW_END).fit_counts(
        range(1, 8), -np.diff(alive), [8], [alive[-1]]
    )
    found = [round(value, 3) for value in model.parameters_.values()]
    assert found == [alpha, beta]
    assert round(model.log_likelihood_, 1) == log_likelihood


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(BGNBD, BetaGeoFitter), (MBGNBD, ModifiedBetaGeoFitter), (ParetoNBD, ParetoNBDFitter)],
)
def test_same_as_lifetimes(ours: Any, theirs: Any) -> None:
    """P(alive) and expectations at the same parameters."""
    data = load_cdnow_summary()
    x, tx, t = data["frequency"], data["recency"], data["T"]
    model = ours(CDNOW_END).fit_counts(Counts.of(x, tx, t))
    peer = theirs()
    peer.params_ = pd.Series(model.parameters_)
    alive = np.asarray(peer.conditional_probability_alive(x, tx, t)).ravel()
    assert model.p_alive(x, tx, t) == pytest.approx(alive, abs=1e-9)
    ahead = peer.conditional_expected_number_of_purchases_up_to_time(39, x, tx, t)
    assert model.expected(39, x, tx, t) == pytest.approx(np.asarray(ahead), abs=1e-8)
    new = float(peer.expected_number_of_purchases_up_to_time(39))
    assert model.expected_new(39) == pytest.approx(new, abs=1e-9)


def test_kaplan_meier_same_as_lifelines() -> None:
    data = load_waltons()
    peer = KaplanMeierFitter().fit(data["T"], data["E"])
    model = KaplanMeier(CDNOW_END).fit_durations(data["T"], data["E"])
    at = model.curve_["time"].to_numpy()
    assert model.survival(at) == pytest.approx(peer.survival_function_at_times(at).to_numpy())
    band = peer.confidence_interval_.loc[at].to_numpy()
    seen = model.curve_["survival"].to_numpy() > 0
    ours = model.curve_[["low", "high"]].to_numpy()
    assert ours[seen] == pytest.approx(band[seen], abs=1e-9)
    assert model.median_ == peer.median_survival_time_


@pytest.mark.data
@pytest.mark.long
def test_telecom_churn_out_of_fold() -> None:
    """IBM telecom sample; five folds, three shufflings: no leakage, and as good as seen
    anywhere.
    """
    data = pd.read_csv(shared_data("churn", "Telco-Customer-Churn.csv"))
    data["TotalCharges"] = pd.to_numeric(data["TotalCharges"], errors="coerce")
    left = (data["Churn"] == "Yes").astype(int).to_numpy()
    rows = data.drop(columns=["customerID", "Churn"])
    found = []
    for seed in (1, 2, 3):
        fold, p = strata(len(left), left, 5, seed), np.zeros(len(left))
        for k in range(5):
            model = ChurnModel("boosted").fit(rows[fold != k], left[fold != k])
            p[fold == k] = model.predict(rows[fold == k])
        found.append(measures(left, p))
    auc = float(np.mean([one["roc_auc"] for one in found]))
    assert 0.848 <= auc <= 0.87
    assert np.mean([one["lift_top_decile"] for one in found]) >= 2.88
