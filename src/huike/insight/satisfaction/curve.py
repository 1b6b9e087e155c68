"""The satisfaction-to-loyalty curve: how many buy again at each level of satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from huike.insight.satisfaction.figures import Figure, share_figure

Shape = Literal["convex", "concave", "straight", "unknown"]


@dataclass(frozen=True)
class LoyaltyCurve:
    """Repurchase share per satisfaction level (1 lowest), with the curve's shape per expectation.

    Convex: loyalty jumps only for the very satisfied (basic expectations: being merely content
    binds nobody). Concave: it climbs at once and flattens (latent expectations met by surprise).
    """

    levels: dict[str, dict[int, Figure]]
    shape: dict[str, Shape]


def loyalty_curve(answers: pd.DataFrame, *, tolerance: float = 0.03) -> LoyaltyCurve:
    """The curve from one row per person: `satisfaction` (1-5), `repurchased` (bool).

    With a column `expectation` ("basic" or "latent") one curve each, else one named "all".
    `tolerance`: by how much (share) the middle level may leave the straight line between the ends
    before the curve counts as bent. Source: Jones and Sasser 1995.
    """
    rows = answers.dropna(subset=["satisfaction", "repurchased"])
    if "expectation" not in rows.columns:
        rows = rows.assign(expectation="all")
    levels = {str(kind): _levels(part) for kind, part in rows.groupby("expectation", sort=True)}
    return LoyaltyCurve(levels, {kind: _shape(found, tolerance) for kind, found in levels.items()})


def _levels(part: pd.DataFrame) -> dict[int, Figure]:
    return {
        int(level): share_figure(int(group["repurchased"].astype(bool).sum()), len(group))
        for level, group in part.groupby("satisfaction", sort=True)
    }


def _shape(levels: dict[int, Figure], tolerance: float) -> Shape:
    shown = {level: f.value for level, f in levels.items() if f.value is not None}
    if len(shown) < 3:
        return "unknown"
    low, high = min(shown), max(shown)
    bends = [
        value - (shown[low] + (shown[high] - shown[low]) * (level - low) / (high - low))
        for level, value in shown.items()
        if low < level < high
    ]
    bend = sum(bends) / len(bends)
    if abs(bend) <= tolerance:
        return "straight"
    return "concave" if bend > 0 else "convex"
