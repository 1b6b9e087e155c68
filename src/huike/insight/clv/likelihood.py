"""Maximum likelihood for positive parameters, from grouped counts and analytic gradients."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
"""Parameters (natural scale) to the log-likelihood and its gradient."""

LOG_BOUND = 12.0
ROUGH = 2_000
"""Rows that a first, rough search looks at where there are many."""


@dataclass(frozen=True)
class Maximum:
    """Where the search ended: parameters, log-likelihood, and whether that is a proper inner
    maximum.
    """

    parameters: Floats
    log_likelihood: float
    converged: bool


def maximise(objective: Objective, starts: Sequence[Sequence[float]], weight: float) -> Maximum:
    """The best maximum over several starting points, searched by L-BFGS-B on the logarithms.

    Parameters:
        objective: log-likelihood and gradient at natural parameters.
        starts: starting points, each of the same length; the first that converges inside the
            bounds ends the search.
        weight: number of observations; the search works on the mean so that tolerances hold at any
            size.

    Returns:
        The maximum; NaN parameters and `converged=False` if there is nothing to fit.
    """
    count = len(starts[0])
    if not weight > 0:
        return Maximum(np.full(count, np.nan), float("nan"), False)
    best: Maximum | None = None
    for start in starts:
        found = _search(objective, np.log(np.asarray(start, dtype=float)), weight)
        if (
            best is None
            or found.log_likelihood > best.log_likelihood
            or np.isnan(best.log_likelihood)
        ):
            best = found
        if found.converged:
            break
    assert best is not None
    return best


def _search(objective: Objective, start: Floats, weight: float) -> Maximum:
    def negative(logs: Floats) -> tuple[float, Floats]:
        natural = np.exp(logs)
        value, gradient = objective(natural)
        if not np.isfinite(value):
            return 1e10, np.zeros_like(logs)
        return -value / weight, -gradient * natural / weight

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = optimize.minimize(
            negative,
            np.clip(start, -LOG_BOUND, LOG_BOUND),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-LOG_BOUND, LOG_BOUND)] * len(start),
            options={"maxiter": 1000, "maxfun": 3000, "ftol": 1e-14, "gtol": 1e-8, "maxcor": 20},
        )
    inner = bool(np.all(np.abs(found.x) < LOG_BOUND - 1e-3))
    flat = float(np.max(np.abs(found.jac))) < 1e-4
    return Maximum(np.exp(found.x), float(-found.fun * weight), inner and flat)
