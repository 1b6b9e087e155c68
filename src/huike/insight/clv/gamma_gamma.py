"""Gamma-Gamma: what a customer spends per purchase, between the own mean and everybody's."""

from __future__ import annotations

from datetime import date
from typing import Self

import ibis
import numpy as np
from ibis.expr.types import Column, Table
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from huike.insight.clv.likelihood import ROUGH, Floats, maximise
from huike.insight.estimator import Estimator, Language, Row, kept, say
from huike.insight.purchases import left_out, repeat_summary


class GammaGamma(Estimator):
    """Gamma-Gamma model of Fader, Hardie and Lee 2005 ("RFM and CLV", J. of Marketing Research
    42:4).

    Parameters:
        analysis_date: nothing later is read.

    Attributes after `fit`:
        parameters_: p, q, v (gamma in the note; in the unit of money); NaN without repeat buyers.
        log_likelihood_, converged_; customers_: repeat buyers with a positive mean spend.
        correlation_: between frequency and mean spend of repeat buyers; the model assumes it near
            0.
        mean_: expected spend of an average customer, p v / (q - 1), or the observed mean if q <= 1.
        result_: customer, frequency, monetary, expected_spend.
    """

    key = "gamma_gamma"
    title = {"zh": "Gamma-Gamma 单次消费", "en": "Gamma-Gamma spend per purchase"}

    def __init__(self, analysis_date: date) -> None:
        self.analysis_date = analysis_date
        self.parameters_ = dict.fromkeys(("p", "q", "v"), float("nan"))
        self.log_likelihood_ = self.correlation_ = self.mean_ = float("nan")
        self.converged_ = False
        self.customers_ = 0

    def fit(self, table: Table) -> Self:
        """Learn from order lines (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        summary = kept(repeat_summary(table, self.analysis_date))
        self.fit_pairs(*spend_pairs(summary))
        self.result_ = kept(self._scored(summary))
        return self

    def fit_pairs(
        self, frequency: ArrayLike, monetary: ArrayLike, customers: ArrayLike = 1.0
    ) -> Self:
        """Learn from repeat buyers: repeat purchases x > 0, mean spend z > 0, and how many share
        the pair.
        """
        x, z, n = (
            np.array(a, dtype=float) for a in np.broadcast_arrays(frequency, monetary, customers)
        )
        total = float(n.sum())
        self.customers_ = int(total)
        if not total:
            return self
        mean = float(n @ z / total)
        starts = [[2.0, 3.0, mean], [6.0, 4.0, mean / 2], [1.0, 1.5, mean]]
        if len(x) > 2 * ROUGH:
            few = slice(None, None, len(x) // ROUGH)
            rough = GammaGamma(self.analysis_date).fit_pairs(x[few], z[few], n[few])
            starts = [list(rough.parameters_.values())]
        found = maximise(lambda theta: _log_likelihood(theta, x, z, n), starts, total)
        self.parameters_ = dict(zip(("p", "q", "v"), map(float, found.parameters), strict=True))
        self.log_likelihood_, self.converged_ = found.log_likelihood, found.converged
        self.correlation_ = _correlation(x, z, n)
        p, q, v = found.parameters
        self.mean_ = float(p * v / (q - 1)) if q > 1.01 else mean
        return self

    def expected(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """E(M | x, z) = p (v + x z) / (p x + q - 1); `mean_` where x is 0.

        Source: Fader and Hardie 2013, "The Gamma-Gamma model of monetary value", eq. (5).
        """
        x, z = (np.asarray(values, dtype=float) for values in (frequency, monetary))
        p, q, v = self.parameters_.values()
        usable = (x > 0) & (z > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(usable, p * (v + x * z) / (p * x + q - 1), self.mean_)

    def predict(self, table: Table | None = None) -> Table:
        """Expected spend per purchase, for the fitted or another table."""
        if table is None:
            return self.result_
        return self._scored(repeat_summary(table, self.analysis_date))

    def column(self, summary: Table) -> Column:
        """`expected` as an expression over the columns frequency and monetary of `summary`."""
        p, q, v = self.parameters_.values()
        x, z = summary["frequency"], summary["monetary"]
        if np.isnan(p):
            return ibis.null("float64")
        below = p * x + (q - 1)
        own = p * (v + x * z) / below.nullif(0.0)
        return ibis.ifelse((x > 0) & (z > 0) & (below > 0), own, self.mean_)

    def _scored(self, summary: Table) -> Table:
        spend = self.column(summary)
        return summary.select("customer", "frequency", "monetary", expected_spend=spend)

    def _sentence(self, row: Row, language: Language) -> str:
        if row["expected_spend"] is None:
            return say(
                language, "没有回头客，无法估计单次消费。", "No repeat buyers: spend is unknown."
            )
        spend, own, times = (
            f"{row['expected_spend']:,.2f}",
            f"{row['monetary']:,.2f}",
            row["frequency"],
        )
        if not times:
            return say(
                language,
                f"只买过一次，按全体客户估计每次消费 {spend}。",
                f"Bought once only; expected to spend {spend} a time, as customers do on average.",
            )
        return say(
            language,
            f"{times} 次回购平均每次 {own}，预计今后每次消费 {spend}。",
            f"Spent {own} on average in {times} repeat purchases; "
            f"expected to spend {spend} a time.",
        )


def spend_pairs(summary: Table) -> tuple[Floats, Floats, Floats]:
    """Repeat buyers grouped by (frequency, mean spend): x, z, n in a fixed order."""
    repeat = summary.filter(summary["frequency"] > 0, summary["monetary"] > 0)
    pairs = repeat.group_by("frequency", "monetary").agg(n=repeat.count()).to_pandas()
    pairs = pairs.sort_values(["frequency", "monetary"]).astype(float)
    return pairs["frequency"].to_numpy(), pairs["monetary"].to_numpy(), pairs["n"].to_numpy()


def _log_likelihood(theta: Floats, x: Floats, z: Floats, n: Floats) -> tuple[float, Floats]:
    """Fader and Hardie 2013 (the note), eq. (1a), and its gradient."""
    p, q, v = theta
    px = p * x
    log_mix = np.log(v + x * z)
    value = n @ (
        gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        + (px - 1) * np.log(z) + px * np.log(x) - (px + q) * log_mix
    )  # fmt: skip
    both = digamma(px + q)
    gradient = np.array([
        n @ (x * (both - digamma(px) + np.log(z) + np.log(x) - log_mix)),
        n @ (both - digamma(q) + np.log(v) - log_mix),
        n @ (q / v - (px + q) / (v + x * z)),
    ])  # fmt: skip
    return float(value), gradient


def _correlation(x: Floats, z: Floats, n: Floats) -> float:
    dx, dz = x - np.average(x, weights=n), z - np.average(z, weights=n)
    spread = float(np.sqrt((n @ dx**2) * (n @ dz**2)))
    return float(n @ (dx * dz)) / spread if spread > 0 else float("nan")
