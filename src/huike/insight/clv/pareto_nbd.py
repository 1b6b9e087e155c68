"""Pareto/NBD: buying at a constant rate until an unseen moment of leaving, both rates differing by
customer.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln

from huike.insight.clv.likelihood import Floats
from huike.insight.clv.transactions import Counts, TransactionModel

NODES = 24
REACH = 36.0
CHUNK = 2_000


class ParetoNBD(TransactionModel):
    """Pareto/NBD of Schmittlein, Morrison and Colombo 1987 (Management Science 33:1).

    Parameters, attributes and errors: see `TransactionModel`.  `parameters_`: r and alpha
    (purchase rate, Gamma), s and beta (rate of leaving, Gamma).
    """

    key = "pareto_nbd"
    title = {"zh": "Pareto/NBD 购买预测", "en": "Pareto/NBD purchase forecast"}
    names = ("r", "alpha", "s", "beta")

    def log_likelihood(self, theta: Floats, counts: Counts) -> tuple[float, Floats]:
        """Log-likelihood and gradient.

        L = Gamma(r+x) alpha^r beta^s / Gamma(r) [ (alpha+T)^-(r+x) (beta+T)^-s
        + s int_tx^T (alpha+u)^-(r+x) (beta+u)^-(s+1) du ].
        Source: Fader and Hardie 2005, "A note on deriving the Pareto/NBD model", before the
        integral over the moment of leaving is written as two 2F1 whose difference loses all
        digits; here it is a sum of positive terms (Gauss-Legendre on a logarithmic scale), and so
        is its gradient.
        """
        r, alpha, s, beta = theta
        n, x = counts.customers, counts.frequency
        of, inverse = np.unique(x, return_inverse=True)
        per_x = np.bincount(inverse.ravel(), weights=n, minlength=len(of))
        value = per_x @ (gammaln(r + of) - gammaln(r)) + n.sum() * (
            r * np.log(alpha) + s * np.log(beta)
        )
        gradient = np.array([
            per_x @ (digamma(r + of) - digamma(r)) + n.sum() * np.log(alpha),
            n.sum() * r / alpha, n.sum() * np.log(beta), n.sum() * s / beta,
        ])  # fmt: skip
        for begin in range(0, len(n), CHUNK):
            part = slice(begin, begin + CHUNK)
            some, slope = self._mixture(
                theta, x[part], counts.recency[part], counts.age[part], n[part]
            )
            value, gradient = value + some, gradient + slope
        return float(value), gradient

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive at T): the share of the first of the two terms of the likelihood.

        Source: Schmittlein, Morrison and Colombo 1987.
        """
        x, tx, t = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
        x, tx, t = np.atleast_1d(x), np.atleast_1d(tx), np.atleast_1d(t)
        out = np.empty(x.shape)
        for begin in range(0, len(x), CHUNK):
            part = slice(begin, begin + CHUNK)
            alive, gone, _, _ = _terms(self.theta, x[part], tx[part], t[part])
            with np.errstate(invalid="ignore"):
                out[part] = expit(alive - gone)
        return out

    def expected_if_alive(
        self, horizon: float | Floats, frequency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """(r+x)(beta+T) / ((alpha+T)(s-1)) [1 - ((beta+T)/(beta+T+t))^(s-1)], its limit at s = 1.

        Source: Fader and Hardie 2005, the note above.
        """
        r, alpha, s, beta = self.theta
        x, t = (np.asarray(values, dtype=float) for values in (frequency, age))
        reach = np.log1p(horizon / (beta + t))
        inner = reach if abs(s - 1) < 1e-9 else -np.expm1(-(s - 1) * reach) / (s - 1)
        return np.atleast_1d((r + x) * (beta + t) / (alpha + t) * inner)

    def _mixture(
        self, theta: Floats, x: Floats, tx: Floats, t: Floats, n: Floats
    ) -> tuple[float, Floats]:
        r, alpha, s, beta = theta
        alive, gone, u, share = _terms(theta, x, tx, t)
        total = np.logaddexp(alive, gone)
        w_gone = np.exp(gone - total) * n
        w_alive = n - w_gone
        at = w_gone[:, None] * share
        k = r + x
        slope = np.array([
            -w_alive @ np.log(alpha + t) - np.sum(at * np.log(alpha + u)),
            -(w_alive * k) @ (1 / (alpha + t)) - k @ np.sum(at / (alpha + u), axis=1),
            -w_alive @ np.log(beta + t) - np.sum(at * np.log(beta + u)) + w_gone.sum() / s,
            -s * (w_alive @ (1 / (beta + t))) - (s + 1) * np.sum(at / (beta + u)),
        ])  # fmt: skip
        return float(total @ n), slope

    def _starts(self, counts: Counts) -> list[list[float]]:
        n = max(float(counts.customers.sum()), 1.0)
        age = max(float(counts.customers @ counts.age) / n, 1e-3)
        mean = max(float(counts.customers @ counts.frequency) / n, 1e-3)
        return [
            [1.0, age / mean, 1.0, age],
            [0.5, 0.5 * age / mean, 0.5, age / 2],
            [2.0, age, 0.3, age],
        ]


def _terms(
    theta: Floats, x: Floats, tx: Floats, t: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Logarithms of the two terms, the moments u (rows, nodes) and each moment's share of the
    integral.

    With v = log(m + u), m = min(alpha, beta), the integrand is smooth; where it falls by more than
    e^-REACH the rest is left out.
    """
    r, alpha, s, beta = theta
    k = r + x
    alive = -k * np.log(alpha + t) - s * np.log(beta + t)
    m = min(alpha, beta)
    low = np.log(m + tx)
    nodes, weights = _legendre()
    steep = np.maximum(k * (m + tx) / (alpha + tx) + s * (m + tx) / (beta + tx), 1e-12)
    width = np.minimum(np.log(m + t) - low, REACH / steep)
    v = low[:, None] + width[:, None] * nodes
    u = np.maximum(np.exp(v) - m, tx[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        log_f = v - k[:, None] * np.log(alpha + u) - (s + 1) * np.log(beta + u)
        top = log_f[:, :1]
        part = np.exp(log_f - top) * weights
        whole = part.sum(axis=1)
        gone = np.log(s) + top[:, 0] + np.log(whole) + np.log(width)
    return alive, gone, u, part / whole[:, None]


@lru_cache(maxsize=1)
def _legendre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2
