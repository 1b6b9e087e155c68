"""How far a customer's purchases to come may lie from what is expected of them."""

from __future__ import annotations

import numpy as np

from huike.insight.clv.likelihood import Floats


def purchase_interval(
    p_alive: Floats, expected: Floats, frequency: Floats, r: float, level: float = 0.8
) -> tuple[Floats, Floats]:
    """Predictive interval of the number of purchases within the horizon.

    A customer is gone with probability 1 - p and then buys nothing; an active one buys at a rate
    whose posterior is gamma with shape r + x (Fader, Hardie and Lee 2005, appendix), which makes
    the number negative binomial with that shape and mean expected / p. That an active customer may
    still drop out within the horizon is in the mean, not in the spread.

    Parameters:
        p_alive: P(alive) of each customer, 0 to 1.
        expected: expected purchases over the horizon, unconditional on being alive.
        frequency: repeat purchases so far (x).
        r: shape of the gamma of rates.
        level: coverage, between both tails.

    Returns:
        low and high: quantiles (1 - level) / 2 and (1 + level) / 2; NaN where an input is.
    """
    from scipy import stats  # the distributions take a second to load

    p = np.clip(np.asarray(p_alive, float), 1e-9, 1.0)
    shape = r + np.asarray(frequency, float)
    mean = np.maximum(np.asarray(expected, float), 0.0) / p
    chance = shape / (shape + mean)

    def quantile(q: float) -> Floats:
        left = np.clip((q - (1 - p)) / p, 0.0, 1.0)
        found = stats.nbinom.ppf(left, shape, chance)
        return np.where(np.isnan(p * mean), np.nan, np.where(left <= 0, 0.0, np.maximum(found, 0)))

    return quantile((1 - level) / 2), quantile((1 + level) / 2)
