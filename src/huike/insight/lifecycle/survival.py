"""Survival of customers: the Kaplan-Meier curve from first purchase to loss."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table
from numpy.typing import ArrayLike
from scipy.special import ndtri

from huike.insight.clv.likelihood import Floats
from huike.insight.estimator import Estimator, Language, Row, kept, say
from huike.insight.lifecycle.rhythm import LostRule, is_silent, rhythm
from huike.insight.purchases import left_out


class KaplanMeier(Estimator):
    """Kaplan-Meier survival curve.

    From purchases: a customer silent beyond the rule left at the last purchase; the others are
    still there, seen until the analysis date.

    Parameters:
        analysis_date: nothing later is read.
        rule: when a silent customer is lost, see `LostRule` (P(alive) is not used here).
        level: coverage of the interval.

    Attributes after `fit`:
        curve_: frame time (days), at_risk, events, censored, survival, low, high (log-log interval
            of Greenwood's variance).
        median_: first time with survival at or below one half, infinite if never, NaN without data.
        result_: customer, duration (days), lost (bool), survival (of the curve at the duration).

    Source: Kaplan and Meier 1958, J. of the American Statistical Association 53; interval:
    Kalbfleisch and Prentice 1980, section 1.3.
    """

    key = "kaplan_meier"
    title = {"zh": "客户存续曲线", "en": "Survival of customers"}

    def __init__(
        self, analysis_date: date, rule: LostRule | None = None, level: float = 0.95
    ) -> None:
        self.analysis_date = analysis_date
        self.rule = rule
        self.level = level

    def fit(self, table: Table) -> Self:
        """Draw the curve from purchases (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        life = rhythm(table, self.analysis_date)
        lost = is_silent(life, self.rule or LostRule())
        duration = ibis.ifelse(lost, life["recency_days"], life["age_days"])
        lives = kept(life.select("customer", duration=duration, lost=lost))
        grouped: Any = lives.group_by("duration", "lost").agg(n=lives.count()).to_pandas()
        self.fit_durations(grouped["duration"], grouped["lost"].astype(bool), grouped["n"])
        steps = self.curve_[["time", "survival"]].rename(columns={"time": "duration"})
        steps["duration"] = steps["duration"].astype("int64")
        here = ibis.memtable(steps)
        self.result_ = kept(
            lives.left_join(here, "duration").select(
                *[lives[name] for name in lives.columns], survival=here["survival"]
            )
        )
        return self

    def fit_durations(
        self, durations: ArrayLike, events: ArrayLike, customers: ArrayLike = 1.0
    ) -> Self:
        """Draw the curve from durations, whether the end was seen, and how many share the row."""
        t, e, n = (
            np.array(a, dtype=float) for a in np.broadcast_arrays(durations, events, customers)
        )
        time, inverse = np.unique(t, return_inverse=True)
        ended = np.bincount(inverse.ravel(), weights=n * e, minlength=len(time))
        leaving = np.bincount(inverse.ravel(), weights=n, minlength=len(time))
        risk = leaving[::-1].cumsum()[::-1] if len(time) else leaving
        with np.errstate(divide="ignore", invalid="ignore"):
            survival = np.asarray(np.cumprod(1 - ended / risk), dtype=np.float64)
            variance = np.asarray(np.cumsum(ended / (risk * (risk - ended))), dtype=np.float64)
        low, high = self._interval(survival, variance)
        self.curve_ = pd.DataFrame({
            "time": time, "at_risk": risk, "events": ended, "censored": leaving - ended,
            "survival": survival, "low": low, "high": high,
        })  # fmt: skip
        below = time[survival <= 0.5 + 1e-12]
        self.median_ = (
            float(below[0]) if len(below) else (float("inf") if len(time) else float("nan"))
        )
        return self

    def survival(self, time: ArrayLike) -> Floats:
        """Survival at given times; NaN without data."""
        at = np.asarray(time, dtype=float)
        if not len(self.curve_):
            return np.full(at.shape, np.nan)
        steps = np.searchsorted(self.curve_["time"].to_numpy(), at, side="right")
        return np.asarray(np.concatenate([[1.0], self.curve_["survival"].to_numpy()])[steps])

    def _interval(self, survival: Floats, variance: Floats) -> tuple[Floats, Floats]:
        z = float(ndtri(0.5 + self.level / 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            log_s = np.log(survival)
            spread = z * np.sqrt(variance) / log_s
            low, high = np.exp(log_s * np.exp(-spread)), np.exp(log_s * np.exp(spread))
        whole = survival >= 1
        return np.where(whole, 1.0, low), np.where(whole, 1.0, high)

    def _sentence(self, row: Row, language: Language) -> str:
        days = row["duration"]
        share = "-" if row["survival"] is None else f"{row['survival']:.0%}"
        if row["lost"]:
            return say(
                language,
                f"首次购买 {days} 天后流失；{share} 的客户留得更久。",
                f"Left {days} days after the first purchase; {share} of customers stay longer.",
            )
        return say(
            language,
            f"成为客户已 {days} 天，仍在；有 {share} 的客户能留这么久。",
            f"A customer for {days} days and still here; {share} of customers stay that long.",
        )
