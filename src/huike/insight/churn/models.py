"""The models of churn behind one face: fit on rows and labels, give a probability per row."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from huike.insight.clv.likelihood import Floats
from huike.insight.clv.mbg_nbd import MBGNBD
from huike.insight.clv.transactions import Counts
from huike.insight.estimator import InputError

LEARNERS = ("logistic", "tree", "boosted")
SEED = 20_261_123
MOST_ROWS = 200_000
FEW_ROWS = 50_000


class ChurnModel:
    """A classifier for any table of features: numbers and categories, with gaps.

    Parameters:
        name: "logistic", "tree" or "boosted" (the mean, in log odds, of gradient-boosted trees and
            the logistic regression, which errs less than either).

    Rows of only one class give that class's share as a constant; no rows give NaN.  At most
    200,000 rows are learned from, drawn with a fixed seed.
    """

    def __init__(self, name: str) -> None:
        if name not in LEARNERS:
            raise InputError(f"The model must be one of {', '.join(LEARNERS)}, not {name!r}.")
        self.name = name
        self.constant_: float | None = float("nan")
        self.parts_: list[Any] = []

    def fit(self, rows: pd.DataFrame, left: ArrayLike) -> Self:
        """Learn from `rows` (n, features) and whether each customer left (n, 0 or 1)."""
        y = np.asarray(left, dtype=int)
        if len(y) == 0 or y.min() == y.max():
            self.constant_ = float(y.mean()) if len(y) else float("nan")
            return self
        if len(y) > MOST_ROWS:
            some = np.sort(np.random.default_rng(SEED).choice(len(y), MOST_ROWS, replace=False))
            rows, y = rows.iloc[some], y[some]
        self.constant_ = None
        from huike.insight.churn.learners import parts  # loads scikit-learn: two seconds

        # on few rows threads cost more than they bring, and starve the neighbours
        with threadpool_limits(1 if len(y) < FEW_ROWS else None):
            self.parts_ = [part.fit(rows, y) for part in parts(self.name, rows)]
        return self

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Probability to leave of each row."""
        if self.constant_ is not None or not len(rows):
            return np.full(len(rows), self.constant_ if self.constant_ is not None else np.nan)
        with threadpool_limits(1 if len(rows) < FEW_ROWS else None):
            p = np.array([part.predict_proba(rows)[:, 1] for part in self.parts_])
        p = np.clip(p, 1e-9, 1 - 1e-9)
        return np.asarray(1 / (1 + np.exp(-np.mean(np.log(p / (1 - p)), axis=0))))


def rule_score(rows: pd.DataFrame, times: float = 3.0, min_days: float = 180.0) -> Floats:
    """The rule as a score: silence over the silence that counts as lost; 1 and above is flagged."""
    limit = np.maximum(rows["median_interval"].to_numpy(float) * times, min_days)
    return np.asarray(rows["silent_days"].to_numpy(float) / limit)


class RuleModel:
    """The rule with the lapse rate seen below and above half and all of its limit."""

    cuts = np.array([0.25, 0.5, 1.0])

    def fit(self, rows: pd.DataFrame, left: ArrayLike) -> Self:
        """Count lapses by band of the rule's score."""
        band, y = np.digitize(rule_score(rows), self.cuts), np.asarray(left, dtype=float)
        overall = float(y.mean()) if len(y) else float("nan")
        self.rates_ = [
            float(y[band == k].mean()) if np.any(band == k) else overall
            for k in range(len(self.cuts) + 1)
        ]
        return self

    def predict(self, rows: pd.DataFrame) -> Floats:
        """The rate of the row's band, with the score breaking ties."""
        score = rule_score(rows)
        rate = np.asarray(self.rates_)[np.digitize(score, self.cuts)]
        return np.asarray(np.clip(rate + 1e-6 * score / (1 + score), 0, 1))


class SurvivalModel:
    """P(no purchase in the horizon) by MBG/NBD: 1 - P(alive) (1 - ((alpha+T)/(alpha+T+h))^(r+x)).

    Needs no labels; leaving within the horizon itself is neglected.
    """

    def __init__(self, at: Any, horizon_days: int) -> None:
        self.horizon_days = horizon_days
        self.model = MBGNBD(at, "day")

    def fit(self, rows: pd.DataFrame, left: ArrayLike) -> Self:
        """Learn the rates of buying and leaving from the rows' histories."""
        x, age = rows["frequency"].to_numpy(float), rows["age_days"].to_numpy(float)
        self.model.fit_counts(Counts.of(x, age - rows["silent_days"].to_numpy(float), age))
        return self

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Probability that nothing is bought in the horizon."""
        x, age = rows["frequency"].to_numpy(float), rows["age_days"].to_numpy(float)
        r, alpha, _, _ = self.model.theta
        alive = self.model.p_alive(x, age - rows["silent_days"].to_numpy(float), age)
        none = ((alpha + age) / (alpha + age + self.horizon_days)) ** (r + x)
        return np.asarray(1 - alive * (1 - none))
