"""Single figures from answers, each with its n and 95 % interval, hidden when too few answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

FEWEST = 5
"""Below this many answers no figure is shown: it would point at persons, and say nothing."""

_Z = 1.959963984540054
Answers = npt.ArrayLike
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A figure with the number of answers behind it; value and limits are None below `FEWEST`."""

    value: float | None
    n: int
    low: float | None
    high: float | None

    @property
    def shown(self) -> bool:
        """Whether enough answered for the figure to be shown."""
        return self.value is not None


def answered(answers: Answers) -> Numbers:
    """The answers that were given, as numbers; missing and non-numeric ones are dropped."""
    numbers = pd.to_numeric(pd.Series(np.asarray(answers, dtype=object).ravel()), errors="coerce")
    values = numbers.to_numpy(dtype=np.float64)
    kept: Numbers = values[np.isfinite(values)]
    return kept


def hidden(n: int) -> Figure:
    """The figure of a group that is too small."""
    return Figure(None, n, None, None)


def share_figure(successes: int, n: int) -> Figure:
    """A share (0 to 1) with Wilson's interval (Wilson 1927), which holds for small n too."""
    if n < FEWEST:
        return hidden(n)
    share = successes / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Figure(share, n, max(0.0, centre - half), min(1.0, centre + half))


def mean_figure(answers: Answers) -> Figure:
    """The mean answer with Student's interval, in the unit of the answers."""
    values = answered(answers)
    n = len(values)
    if n < FEWEST:
        return hidden(n)
    mean = float(values.mean())
    half = float(special.stdtrit(n - 1, 0.975) * values.std(ddof=1) / math.sqrt(n))
    return Figure(mean, n, mean - half, mean + half)


def satisfied_share(answers: Answers, *, satisfied_from: float = 4) -> Figure:
    """CSAT: the share (0 to 1) of answers on a 1-5 scale that are 4 or 5."""
    values = answered(answers)
    return share_figure(int((values >= satisfied_from).sum()), len(values))


def net_promoter(answers: Answers) -> Figure:
    """NPS on a 0-10 scale, in points from -100 to 100: % of 9-10 minus % of 0-6.

    Interval from the variance of a trinomial difference, `p + d - (p - d)^2`, with one pseudo
    answer shared over both ends so that it does not close to nothing when all agree.
    """
    values = answered(answers)
    n = len(values)
    if n < FEWEST:
        return hidden(n)
    up, down = float((values >= 9).mean()), float((values <= 6).mean())
    score = up - down
    near_up, near_down = (up * n + 0.5) / (n + 1), (down * n + 0.5) / (n + 1)
    spread = near_up + near_down - (near_up - near_down) ** 2
    half = _Z * math.sqrt(max(spread, 0.0) / n)
    return Figure(100 * score, n, 100 * max(-1.0, score - half), 100 * min(1.0, score + half))


def customer_effort(answers: Answers) -> Figure:
    """CES: the mean ease of getting something done, on the scale that was asked (often 1-7)."""
    return mean_figure(answers)


def perceived_over_expected(perceived: Answers, expected: Answers) -> Figure:
    """c = b / a: mean perceived over mean expected of the same persons (1 means as expected).

    Both have one entry per person; a person who left one out is dropped. Interval by the delta
    method on the log of the ratio of paired means.
    """
    pairs = pd.DataFrame({"b": np.asarray(perceived), "a": np.asarray(expected)})
    pairs = pairs.apply(pd.to_numeric, errors="coerce").dropna()
    n = len(pairs)
    if n < FEWEST or pairs["a"].mean() <= 0 or pairs["b"].mean() <= 0:
        return hidden(n)
    b, a = pairs["b"].to_numpy(dtype=float), pairs["a"].to_numpy(dtype=float)
    ratio = float(b.mean() / a.mean())
    residual = b / b.mean() - a / a.mean()
    factor = math.exp(_Z * float(residual.std(ddof=1)) / math.sqrt(n))
    return Figure(ratio, n, ratio / factor, ratio * factor)


def weighted_ratio(ratios: Mapping[str, Figure], weights: Mapping[str, float]) -> float | None:
    """The overall c: ratios of the attributes that are shown, weighted; None if none is shown."""
    pairs = [(r.value, weights.get(name, 0.0)) for name, r in ratios.items() if r.value is not None]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total > 0 else None


def by_group(
    frame: pd.DataFrame, group: str, columns: Sequence[str], measure: Callable[..., Figure]
) -> dict[str, Figure]:
    """`measure` over `columns` (in its order of arguments) for each value of `group`."""
    return {
        str(value): measure(*(rows[column] for column in columns))
        for value, rows in frame.groupby(group, sort=True)
    }
