"""BG/NBD: buying at a constant rate, with a chance of leaving after each repeat purchase."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import ibis
import numpy as np
from ibis.expr.types import Column, Table
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, expit, gammaln, hyp2f1

from huike.insight.clv.likelihood import Floats
from huike.insight.clv.transactions import DAYS, Counts, TransactionModel

NODES = 32
FAR = 50.0


class BetaGeometricModel(TransactionModel):
    """What BG/NBD and MBG/NBD share: Gamma(r, alpha) rates, Beta(a, b) chances of leaving.

    `early` is 1 when a customer may leave already after the first purchase (MBG), else 0.
    """

    names = ("r", "alpha", "a", "b")
    early: ClassVar[int] = 0

    def log_likelihood(self, theta: Floats, counts: Counts) -> tuple[float, Floats]:
        """Log-likelihood and gradient; the gamma functions are taken once per frequency.

        L(x, t_x, T) = B(a, b+x+e)/B(a, b) Gamma(r+x) alpha^r/Gamma(r)
        [(alpha+T)^-(r+x) + a/(b+x+e-1) (alpha+t_x)^-(r+x)], second term only where leaving was
        possible. Source: Fader, Hardie and Lee 2005, "Counting your customers the easy way", eq.
        (6) (e=0); Batislam, Denizel and Filiztekin 2007, section 3 (e=1).
        """
        r, alpha, a, b = theta
        n, k = counts.customers, r + counts.frequency
        (of, at_x), (age, at_age) = counts.frequencies, counts.ages
        recency, at_recency = counts.recencies
        silence = np.log(alpha + age)[at_age] - np.log(alpha + recency)[at_recency]
        log_odds = self._odds(theta, of)[at_x] + k * silence
        small = np.exp(-np.abs(log_odds))
        w_gone = n * np.where(log_odds > 0, 1.0, small) / (1 + small)
        per_x, gone_x = _sums(at_x, n, of), _sums(at_x, w_gone, of)
        per_age, bought = _sums(at_age, n, age), _sums(at_age, n * counts.frequency, age)
        gone_k = k * w_gone
        c, log_age = b + of + self.early, np.log(alpha + age)
        value = (
            n @ (np.maximum(log_odds, 0) + np.log1p(small)) - (r * per_age + bought) @ log_age
            + per_x @ (gammaln(r + of) - gammaln(r) + r * np.log(alpha)
                       + gammaln(c) - gammaln(a + c) - gammaln(b) + gammaln(a + b))
        )  # fmt: skip
        common = digamma(a + b) - digamma(a + c)
        gradient = np.array([
            per_x @ (digamma(r + of) - digamma(r) + np.log(alpha))
            - per_age @ log_age + w_gone @ silence,
            n.sum() * r / alpha
            - (r * per_age + bought - _sums(at_age, gone_k, age)) @ (1 / (alpha + age))
            - _sums(at_recency, gone_k, recency) @ (1 / (alpha + recency)),
            per_x @ common + w_gone.sum() / a,
            per_x @ (common + digamma(c) - digamma(b)) - gone_x @ _inverse(c - 1, gone_x > 0),
        ])  # fmt: skip
        return float(value), gradient

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive at T) = 1 / (1 + a/(b+x+e-1) ((alpha+T)/(alpha+t_x))^(r+x)).

        Source: Fader, Hardie and Lee 2008, "Computing P(alive) using the BG/NBD model".
        """
        r, alpha, _, _ = self.theta
        x, tx, t = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
        # a fit to very little may leave nothing to divide by: then nobody knows, and NaN says so
        with np.errstate(invalid="ignore", divide="ignore"):
            silence = np.log((alpha + t) / (alpha + tx))
            return np.asarray(expit(-self._odds(self.theta, x) - (r + x) * silence))

    def alive_column(self, summary: Table) -> Column | None:
        """`p_alive` as an expression the engine computes; null without parameters."""
        if not np.all(np.isfinite(self.theta)):
            return ibis.null("float64")
        unit = DAYS[self.time_unit]
        r, alpha, a, b = (float(value) for value in self.theta)
        x = summary["frequency"].cast("float64")
        reach = alpha * unit
        silence = ((summary["age_days"] + reach) / (summary["recency_days"] + reach)).ln()
        after = x + (b + self.early - 1)
        # beyond e^600 the engine would overflow; such a customer is gone either way
        log_odds = ibis.least(
            (x + r) * silence + (np.log(a) - ibis.greatest(after, 1e-300).ln()), 600.0
        )
        alive = 1 / (log_odds.exp() + 1)
        return alive if self.early else ibis.ifelse(x > 0, alive, 1.0)

    def expected_if_alive(
        self, horizon: float | Floats, frequency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """E[(1 - (1 + p t/(alpha+T))^-(r+x)) / p] over p ~ Beta(a, b+x+e).

        This is the bracket of eq. (10) of Fader, Hardie and Lee 2005 before the integral over p is
        written as a 2F1; Gauss-Jacobi quadrature keeps it exact and stable for all x, also at a =
        1.
        """
        x, t = (np.asarray(values, dtype=float) for values in (frequency, age))
        x, t = np.atleast_1d(x), np.atleast_1d(t)
        r, alpha, a, b = self.theta
        out = np.full(x.shape, np.nan)
        if not np.all(np.isfinite(self.theta)):
            return out
        ratio = horizon / (alpha + t)
        for value in np.unique(x):
            rows = np.flatnonzero(x == value)
            c = b + value + self.early
            near, far = rows[ratio[rows] <= FAR], rows[ratio[rows] > FAR]
            p, weights = _beta_rule(a, c)
            out[near] = -np.expm1(-(r + value) * np.log1p(np.outer(ratio[near], p))) @ (weights / p)
            out[far] = _closed(ratio[far], r + value, a, c)
        return out

    def _odds(self, theta: Floats, x: Floats) -> Floats:
        """Log odds of having left at the last purchase over not, before any silence."""
        _, _, a, b = theta
        after = b + x + self.early - 1
        possible = (x > 0) | (self.early == 1)
        return np.where(possible, np.log(a) - np.log(np.where(possible, after, 1.0)), -np.inf)

    def _starts(self, counts: Counts) -> list[list[float]]:
        n = max(float(counts.customers.sum()), 1.0)
        age = max(float(counts.customers @ counts.age) / n, 1e-3)
        mean = max(float(counts.customers @ counts.frequency) / n, 1e-3)
        return [
            [1.0, age / mean, 1.0, 2.5],
            [0.3, 0.3 * age / mean, 0.5, 3.0],
            [3.0, age, 0.2, 1.0],
        ]


class BGNBD(BetaGeometricModel):
    """BG/NBD of Fader, Hardie and Lee 2005 (Marketing Science 24:2).

    Parameters, attributes and errors: see `TransactionModel`.  `parameters_`: r and alpha
    (purchase rate, Gamma), a and b (chance of leaving after a repeat purchase, Beta).  A customer
    without a repeat purchase has P(alive) 1 by construction; use MBG/NBD where that is not wanted.
    """

    key = "bg_nbd"
    title = {"zh": "BG/NBD 购买预测", "en": "BG/NBD purchase forecast"}


@lru_cache(maxsize=4096)
def _beta_rule(a: float, c: float) -> tuple[Floats, Floats]:
    """Nodes and weights (summing to 1) of Gauss quadrature for Beta(a, c) on (0, 1).

    Golub and Welsch 1969 with the Jacobi recurrence; normalised, so that no beta function can
    underflow.
    """
    hi, lo = c - 1.0, a - 1.0
    k = np.arange(1, NODES, dtype=float)
    s = 2 * k + hi + lo
    diagonal = np.concatenate([[(lo - hi) / (hi + lo + 2)], (lo**2 - hi**2) / (s * (s + 2))])
    first = 4 * (hi + 1) * (lo + 1) / ((hi + lo + 2) ** 2 * (hi + lo + 3))
    k, s = k[1:], s[1:]
    rest = 4 * k * (k + hi) * (k + lo) * (k + hi + lo) / (s**2 * (s + 1) * (s - 1))
    nodes, vectors = eigh_tridiagonal(diagonal, np.sqrt(np.concatenate([[first], rest])))
    weights = vectors[0] ** 2
    return np.clip((1 + nodes) / 2, 1e-300, 1.0), weights / weights.sum()


def _closed(ratio: Floats, k: float, a: float, c: float) -> Floats:
    """The same expectation in closed form (Euler-transformed 2F1), for horizons far beyond the
    history.
    """
    a = a + 1e-9 if abs(a - 1) < 1e-9 else a
    z = ratio / (1 + ratio)
    inner = (1 - z) ** (a - 1) * hyp2f1(a + c - 1 - k, a - 1, a + c - 1, z)
    return np.asarray((a + c - 1) / (a - 1) * (1 - inner))


def _inverse(values: Floats, where: NDArray[np.bool_]) -> Floats:
    return np.where(where, 1 / np.where(where, values, 1.0), 0.0)


def _sums(at: NDArray[np.intp], values: Floats, of: Floats) -> Floats:
    """Values added up by class."""
    return np.bincount(at, weights=values, minlength=len(of)).astype(np.float64)
