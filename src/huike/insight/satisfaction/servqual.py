"""SERVQUAL: perceived minus expected service in five dimensions, and the five gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from huike.insight.satisfaction.figures import Figure, mean_figure

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")

GAPS: dict[str, tuple[str, str]] = {
    "1 knowledge": ("managers_think_customers_expect", "expected"),
    "2 standards": ("standards", "managers_think_customers_expect"),
    "3 delivery": ("delivered", "standards"),
    "4 communication": ("delivered", "promised"),
    "5 service quality": ("perceived", "expected"),
}
"""Each gap is the first minus the second: below zero means falling short."""


@dataclass(frozen=True)
class ServqualResult:
    """Gap per dimension (perceived - expected), their weighted mean, and the five gaps."""

    dimensions: dict[str, Figure]
    overall: float | None
    gaps: dict[str, Figure]


def servqual(answers: pd.DataFrame, weights: Mapping[str, float] | None = None) -> ServqualResult:
    """Gaps from one row per answer with `dimension` and the columns of `GAPS` that exist.

    Scores are on one scale (often 1-7). `weights` per dimension, equal by default. A gap whose
    columns are not there is left out; figures from fewer than five answers are hidden.
    Source: Parasuraman, Zeithaml and Berry 1985, 1988.
    """
    found = {
        dimension: _gap(answers[answers["dimension"] == dimension], "perceived", "expected")
        for dimension in DIMENSIONS
        if (answers["dimension"] == dimension).any()
    }
    weight = weights or dict.fromkeys(DIMENSIONS, 1.0)
    pairs = [(f.value, weight.get(d, 0.0)) for d, f in found.items() if f.value is not None]
    total = sum(w for _, w in pairs)
    overall = sum(value * w for value, w in pairs) / total if total else None
    gaps = {
        name: _gap(answers, *columns)
        for name, columns in GAPS.items()
        if set(columns) <= set(answers.columns)
    }
    return ServqualResult(found, overall, gaps)


def _gap(answers: pd.DataFrame, first: str, second: str) -> Figure:
    if not {first, second} <= set(answers.columns):
        return Figure(None, 0, None, None)
    return mean_figure(answers[first] - answers[second])
