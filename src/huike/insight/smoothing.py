"""Models of a series of months or weeks: the seasonal-naive floor, and exponential smoothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Model = Callable[[Sequence[Floats], int, int], Floats]
"""(series up to each origin, length of the season or 1, horizon) -> one row per series."""

_LEVEL = [(a, 0.0, 0.0) for a in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)]
_ALPHA, _BETA = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9), (0.02, 0.05, 0.1, 0.2, 0.3)
_DAMPED = list(product(_ALPHA, _BETA, (0.8, 0.9, 0.95, 0.98)))


def floor(series: Sequence[Floats], season: int, horizon: int) -> Floats:
    """Seasonal naive: what the same month or week of the last season was; without one, the last."""
    steps = np.arange(horizon) % season
    return np.array([y[-season:][steps] for y in series])


def level(series: Sequence[Floats], season: int, horizon: int) -> Floats:
    """Simple exponential smoothing of seasonally adjusted values: a level without a trend."""
    return _adjusted(series, season, horizon, _LEVEL)


def damped(series: Sequence[Floats], season: int, horizon: int) -> Floats:
    """Exponential smoothing with a damped trend (Gardner and McKenzie 1985), seasonally adjusted.

    Smoothing parameters are those of a grid with the least sum of squared one-step errors.
    """
    return _adjusted(series, season, horizon, _DAMPED)


MODELS: Mapping[str, Model] = {"floor": floor, "level": level, "damped": damped}


def indices(y: Floats, season: int) -> Floats:
    """What each place in the season stands for, by classical decomposition.

    Ratios to the centred moving average, with mean one, where all values are above zero; else
    differences with mean zero. `y` holds two seasons or more.
    """
    weights = np.ones(season) if season % 2 else np.array([0.5, *np.ones(season - 1), 0.5])
    middle = np.convolve(y, weights / weights.sum(), mode="valid")
    start = len(weights) // 2
    inner = y[start : start + len(middle)]
    is_ratio = bool(y.min() > 0)
    seen = inner / middle if is_ratio else inner - middle
    places = (np.arange(len(seen)) + start) % season
    found = np.array([seen[places == place].mean() for place in range(season)])
    return np.asarray(found / found.mean() if is_ratio else found - found.mean())


def _adjusted(
    series: Sequence[Floats], season: int, horizon: int, grid: Sequence[tuple[float, ...]]
) -> Floats:
    """Smooth without the season, and put it back upon what is foreseen."""
    if season == 1 or min(len(y) for y in series) < 2 * season:
        return _smoothed(series, horizon, grid)
    known = [(y, indices(y, season), bool(y.min() > 0)) for y in series]
    plain = [y / _laid(s, 0, len(y)) if ratio else y - _laid(s, 0, len(y)) for y, s, ratio in known]
    ahead = _smoothed(plain, horizon, grid)
    for row, (y, s, ratio) in zip(ahead, known, strict=True):
        future = _laid(s, len(y), horizon)
        row[:] = row * future if ratio else row + future
    return ahead


def _laid(found: Floats, start: int, count: int) -> Floats:
    """The indices of `count` places from `start` on."""
    laid: Floats = found[np.arange(start, start + count) % len(found)]
    return laid


def _smoothed(series: Sequence[Floats], horizon: int, grid: Sequence[tuple[float, ...]]) -> Floats:
    """Run every series through all parameters at once, and go on from its best."""
    alpha, beta, phi = (np.array(column) for column in zip(*grid, strict=True))
    ends = np.array([len(y) for y in series])
    padded = np.zeros((len(series), ends.max()))
    for row, y in zip(padded, series, strict=True):
        row[: len(y)] = y
    starts = [_start(y, trend=bool(phi.any())) for y in series]
    at = np.repeat([[one[0]] for one in starts], len(grid), axis=1)
    slope = np.repeat([[one[1]] for one in starts], len(grid), axis=1)
    squares = np.zeros_like(at)
    for step in range(padded.shape[1]):
        on = (step < ends)[:, None]
        foreseen = at + phi * slope
        error = np.where(on, padded[:, [step]] - foreseen, 0.0)
        squares += error**2
        slope = np.where(on, phi * slope + alpha * beta * error, slope)
        at = np.where(on, foreseen + alpha * error, at)
    best = np.argmin(np.round(squares / (squares.max() or 1.0), 12), axis=1)
    rows = np.arange(len(series))
    powers = np.cumsum(phi[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    return np.asarray(at[rows, best][:, None] + slope[rows, best][:, None] * powers)


def _start(y: Floats, *, trend: bool) -> tuple[float, float]:
    """Level and slope before the first value, from the first year or less."""
    first = y[: max(4, min(12, len(y) // 2))]
    if not trend or len(first) < 3:
        return float(first.mean()), 0.0
    slope = float(np.polyfit(np.arange(len(first)), first, 1)[0])
    return float(first.mean() - slope * (len(first) + 1) / 2), slope
