"""Did it help: a split by a stored seed, and the difference it made with an interval."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from huike.insight.estimator import InputError, Language, say


@dataclass(frozen=True)
class Split:
    """Who is treated and who is held out; the same customers and seed give the same split."""

    treated: tuple[Hashable, ...]
    held_out: tuple[Hashable, ...]
    seed: int


@dataclass(frozen=True)
class Effect:
    """Treated minus hold-out, in the outcome's unit, with a 95 % interval and two-sided p."""

    difference: float
    low: float
    high: float
    p_value: float
    treated: float
    held_out: float
    n_treated: int
    n_held_out: int

    def sentence(self, language: Language = "zh") -> str:
        """Whether it helped, in one sentence."""
        if not math.isfinite(self.difference):
            return say(language, "两组人数太少，无法判断。", "The groups are too small to judge.")
        interval = f"{self.low:+.3g} … {self.high:+.3g}"
        if self.low > 0:
            return say(
                language,
                f"有效：比对照组高 {self.difference:.3g}(95% 区间 {interval}）。",
                f"It helped: {self.difference:.3g} above the hold-out (95 % interval {interval}).",
            )
        if self.high < 0:
            return say(
                language,
                f"适得其反：比对照组低 {-self.difference:.3g}(95% 区间 {interval}）。",
                f"It harmed: {-self.difference:.3g} below the hold-out (95 % interval {interval}).",
            )
        return say(
            language,
            f"看不出差别：{self.difference:+.3g},95% 区间 {interval} 含零。",
            f"No difference shown: {self.difference:+.3g}, 95 % interval {interval} holds zero.",
        )


def split(customers: Iterable[Hashable], *, seed: int, held_out_share: float = 0.2) -> Split:
    """Split at random so that `held_out_share` (0 to 1) is held out, whatever the order given.

    A customer's place comes from a hash of the seed and their key; duplicates count once.
    Raises `InputError` for a share outside 0 to 1.
    """
    if not 0 < held_out_share < 1:
        raise InputError("the share held out must lie between 0 and 1")
    ranked = sorted(set(customers), key=lambda customer: _rank(customer, seed))
    held = round(len(ranked) * held_out_share)
    return Split(tuple(ranked[held:]), tuple(ranked[:held]), seed)


def difference(treated: npt.ArrayLike, held_out: npt.ArrayLike) -> Effect:
    """The effect on an outcome (one number per customer; 0/1 for kept or not), by Welch's t.

    Missing outcomes are dropped. Fewer than two customers in a group give NaN, not an error.
    For 0/1 outcomes one success and one failure are added per group to the spread (Agresti and
    Caffo 2000), so that a group where all stayed does not claim certainty.
    """
    a, b = _clean(treated), _clean(held_out)
    if len(a) < 2 or len(b) < 2:
        nan = math.nan
        return Effect(nan, nan, nan, nan, nan, nan, len(a), len(b))
    gap = float(a.mean() - b.mean())
    if _is_binary(a) and _is_binary(b):
        centre, error, degrees = _binary_spread(a, b)
    else:
        centre, error, degrees = gap, *_welch(a, b)
    if error == 0:
        p = 0.0 if gap else 1.0
        return Effect(gap, gap, gap, p, float(a.mean()), float(b.mean()), len(a), len(b))
    half = float(special.stdtrit(degrees, 0.975)) * error
    p = float(2 * special.stdtr(degrees, -abs(centre) / error))
    means = float(a.mean()), float(b.mean())
    return Effect(gap, centre - half, centre + half, p, *means, len(a), len(b))


def power(
    n: int, *, base_rate: float, expected_difference: float, held_out_share: float = 0.2
) -> float:
    """The chance (0 to 1) to see a true difference in a rate, two-sided at 5 %, before starting.

    `n` customers in all; `base_rate` without the action; `expected_difference` as a share.
    """
    held = max(1, round(n * held_out_share))
    treated = max(1, n - held)
    rate = min(max(base_rate + expected_difference, 0.0), 1.0)
    error = math.sqrt(rate * (1 - rate) / treated + base_rate * (1 - base_rate) / held)
    if error == 0:
        return 1.0 if expected_difference else 0.05
    z = abs(rate - base_rate) / error
    return float(special.ndtr(z - 1.96) + special.ndtr(-z - 1.96))


def needed(
    *, base_rate: float, expected_difference: float, held_out_share: float = 0.2, aim: float = 0.8
) -> int | None:
    """The least number of customers that reaches power `aim`; None if no number under 10^8 does."""
    low, high = 2, 100_000_000
    settings = {
        "base_rate": base_rate,
        "expected_difference": expected_difference,
        "held_out_share": held_out_share,
    }
    if power(high, **settings) < aim:
        return None
    while low < high:
        middle = (low + high) // 2
        if power(middle, **settings) >= aim:
            high = middle
        else:
            low = middle + 1
    return low


def _rank(customer: Hashable, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{customer!r}".encode(), digest_size=16).digest()


def _clean(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    numbers = np.asarray(values, dtype=np.float64)
    kept: npt.NDArray[np.float64] = numbers[np.isfinite(numbers)]
    return kept


def _is_binary(values: npt.NDArray[np.float64]) -> bool:
    return bool(np.isin(values, (0.0, 1.0)).all())


def _binary_spread(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]
) -> tuple[float, float, float]:
    rates = [(values.sum() + 1) / (len(values) + 2) for values in (a, b)]
    error = math.sqrt(sum(r * (1 - r) / (len(v) + 2) for r, v in zip(rates, (a, b), strict=True)))
    return float(rates[0] - rates[1]), error, math.inf


def _welch(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> tuple[float, float]:
    parts = [float(values.var(ddof=1)) / len(values) for values in (a, b)]
    total = sum(parts)
    if total == 0:
        return 0.0, math.inf
    degrees = total**2 / sum(p**2 / (len(v) - 1) for p, v in zip(parts, (a, b), strict=True))
    return math.sqrt(total), degrees
