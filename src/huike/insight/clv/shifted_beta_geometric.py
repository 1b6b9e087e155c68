"""Shifted beta-geometric: how long customers under contract keep renewing."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table
from numpy.typing import ArrayLike
from scipy.special import betaln, digamma

from huike.insight.clv.likelihood import Floats, maximise
from huike.insight.estimator import Estimator, InputError, Language, Row, joined, kept, say
from huike.insight.purchases import days_between, left_out, orders


class ShiftedBetaGeometric(Estimator):
    """sBG of Fader and Hardie 2007 ("How to project customer retention", J. of Interactive
    Marketing 21:1).

    For businesses where leaving is seen: a customer pays once per period, and has left when the
    next payment is overdue.

    Parameters:
        analysis_date: nothing later is read.
        period_days: length of a contract period.
        grace_days: days overdue before a customer counts as lost.
        discount: yearly rate for `expected_renewals`.

    Attributes after `fit`:
        parameters_: alpha, beta of the Beta distribution of the chance not to renew.
        log_likelihood_, converged_.
        survival_: frame period, at_risk, lost, retention, fitted (retention), survival (fitted).
        result_: customer, first, last, periods (paid), lost (bool), p_renew (null when lost),
            expected_renewals (discounted).
    """

    key = "shifted_beta_geometric"
    title = {"zh": "合同续约 (sBG)", "en": "Contract renewal (sBG)"}

    def __init__(
        self,
        analysis_date: date,
        period_days: int = 30,
        grace_days: int = 15,
        discount: float = 0.10,
    ) -> None:
        if period_days < 1 or grace_days < 0:
            raise InputError("period_days must be 1 or more and grace_days 0 or more.")
        self.analysis_date = analysis_date
        self.period_days = period_days
        self.grace_days = grace_days
        self.discount = discount
        self.parameters_ = {"alpha": float("nan"), "beta": float("nan")}
        self.log_likelihood_ = float("nan")
        self.converged_ = False
        self.survival_ = pd.DataFrame()

    def fit(self, table: Table) -> Self:
        """Learn from payments (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        tenures = kept(self._tenures(table))
        groups = _groups(tenures)
        gone, here = groups[groups["lost"]], groups[~groups["lost"]]
        self.fit_counts(gone["periods"], gone["n"], here["periods"], here["n"])
        self.result_ = kept(self._scored(tenures, groups))
        return self

    def fit_counts(
        self, lost_after: ArrayLike, lost: ArrayLike, kept_for: ArrayLike, still: ArrayLike
    ) -> Self:
        """Learn from counts.

        Parameters:
            lost_after, lost: periods paid by customers who left, and how many did.
            kept_for, still: periods paid by customers still there, and how many; they have faced
            one renewal
                less than periods, the same as in the paper's S(t).
        """
        d, nd, k, nk = (np.asarray(v, dtype=float) for v in (lost_after, lost, kept_for, still))
        total = float(nd.sum() + nk.sum())

        def objective(theta: Floats) -> tuple[float, Floats]:
            return _log_likelihood(theta, d, nd, k - 1, nk)

        found = maximise(objective, [[1.0, 1.0], [0.5, 3.0], [5.0, 20.0]], total)
        self.parameters_ = dict(zip(("alpha", "beta"), map(float, found.parameters), strict=True))
        self.log_likelihood_, self.converged_ = found.log_likelihood, found.converged
        self.survival_ = self._survival(d, nd, k, nk)
        return self

    def retention(self, period: ArrayLike) -> Floats:
        """Chance to renew after having paid `period` periods: (beta+t-1)/(alpha+beta+t-1)."""
        alpha, beta = self.parameters_.values()
        t = np.asarray(period, dtype=float)
        return np.asarray((beta + t - 1) / (alpha + beta + t - 1))

    def predict(self, table: Table | None = None) -> Table:
        """Chance to renew and expected renewals, for the fitted or another table."""
        if table is None:
            return self.result_
        tenures = kept(self._tenures(table))
        return self._scored(tenures, _groups(tenures))

    def _tenures(self, table: Table) -> Table:
        paid = orders(table, self.analysis_date)
        paid = paid.filter(paid["is_purchase"])
        ends = paid.group_by("customer").agg(first=paid["on"].min(), last=paid["on"].max())
        span = ends["last"].delta(ends["first"], unit="day").cast("float64")
        overdue = days_between(ends["last"], self.analysis_date) - self.period_days
        return ends.mutate(
            periods=(span / self.period_days + 0.5).floor().cast("int64") + 1,
            lost=overdue > self.grace_days,
        )

    def _scored(self, tenures: Table, groups: pd.DataFrame) -> Table:
        frame = groups[["periods", "lost"]].copy()
        frame["p_renew"] = np.where(frame["lost"], np.nan, self.retention(frame["periods"]))
        ahead = [self._expected(int(p)) for p in frame["periods"]]
        frame["expected_renewals"] = np.where(frame["lost"], 0.0, np.array(ahead, dtype=float))
        scored = joined(tenures, frame, ["periods", "lost"])
        renew = ibis.ifelse(scored["lost"], ibis.null("float64"), scored["p_renew"])
        return scored.mutate(p_renew=renew)

    def _expected(self, paid: int, limit: int = 2000) -> float:
        """Discounted expected renewals of one who has paid `paid` periods (Fader and Hardie 2010,
        DERL).
        """
        keep = np.cumprod(self.retention(np.arange(paid, paid + limit)))
        rate = (1 + self.discount) ** (self.period_days / 365.25)
        return float(keep @ rate ** -np.arange(1.0, limit + 1))

    def _survival(self, d: Floats, nd: Floats, k: Floats, nk: Floats) -> pd.DataFrame:
        last = int(max([1.0, *d, *(k - 1)]))
        periods = np.arange(1, last + 1)
        lost = np.array([nd[d == t].sum() for t in periods])
        risk = np.array([nd[d >= t].sum() + nk[k - 1 >= t].sum() for t in periods])
        fitted = self.retention(periods)
        with np.errstate(invalid="ignore", divide="ignore"):
            seen = 1 - lost / risk
        return pd.DataFrame({
            "period": periods, "at_risk": risk, "lost": lost, "retention": seen,
            "fitted": fitted, "survival": np.cumprod(fitted),
        })  # fmt: skip

    def _sentence(self, row: Row, language: Language) -> str:
        n = row["periods"]
        if row["lost"]:
            return say(language, f"付费 {n} 期后已流失。", f"Left after paying {n} periods.")
        if row["p_renew"] is None or row["p_renew"] != row["p_renew"]:
            return say(language, "数据太少，无法判断。", "There are too few data to tell.")
        chance, ahead = f"{row['p_renew']:.0%}", f"{row['expected_renewals']:.1f}"
        return say(
            language,
            f"已付费 {n} 期，下期续约的概率为 {chance}，预计还会续约 {ahead} 期（折现）。",
            f"Has paid {n} periods: {chance} likely to renew next, about {ahead} renewals to come "
            f"(discounted).",
        )


def _groups(tenures: Table) -> pd.DataFrame:
    counted: Any = tenures.group_by("periods", "lost").agg(n=tenures.count()).to_pandas()
    counted["lost"] = counted["lost"].astype(bool)
    return counted.sort_values(["periods", "lost"], ignore_index=True)


def _log_likelihood(
    theta: Floats, d: Floats, nd: Floats, s: Floats, ns: Floats
) -> tuple[float, Floats]:
    """Sum of ln P(T=t) = ln B(a+1, b+t-1)/B(a, b) and ln S(t) = ln B(a, b+t)/B(a, b) (2007,
    section 3).
    """
    a, b = theta
    value = nd @ (betaln(a + 1, b + d - 1) - betaln(a, b)) + ns @ (betaln(a, b + s) - betaln(a, b))
    base_a, base_b = digamma(a) - digamma(a + b), digamma(b) - digamma(a + b)
    left, stay = digamma(a + b + d), digamma(a + b + s)
    gradient = np.array([
        nd @ (digamma(a + 1) - left - base_a) + ns @ (digamma(a) - stay - base_a),
        nd @ (digamma(b + d - 1) - left - base_b) + ns @ (digamma(b + s) - stay - base_b),
    ])  # fmt: skip
    return float(value), gradient
