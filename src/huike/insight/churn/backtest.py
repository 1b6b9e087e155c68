"""How good a warning was: measured on customers and a period that the model has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from huike.insight.clv.likelihood import Floats


def measures(left: ArrayLike, probability: ArrayLike) -> dict[str, float]:
    """n, base_rate, roc_auc, pr_auc, lift_top_decile and brier; NaN where only one class was
    seen.
    """
    y, p = np.asarray(left, dtype=float), np.asarray(probability, dtype=float)
    found = {"n": float(len(y)), "base_rate": float(y.mean()) if len(y) else float("nan")}
    names = ("roc_auc", "pr_auc", "lift_top_decile", "brier")
    if not len(y) or np.isnan(p).any():
        return found | dict.fromkeys(names, float("nan"))
    from sklearn.metrics import average_precision_score, roc_auc_score

    both = 0 < y.mean() < 1
    return found | {
        "roc_auc": float(roc_auc_score(y, p)) if both else float("nan"),
        "pr_auc": float(average_precision_score(y, p)) if both else float("nan"),
        "lift_top_decile": lift(y, p),
        "brier": float(np.mean((y - p) ** 2)),
    }


def lift(left: ArrayLike, probability: ArrayLike, top: float = 0.1) -> float:
    """Share who left in the top tenth by probability over the share overall.

    Customers with equal probability at the edge count by their average, so that row order can't
    matter.
    """
    y, p = np.asarray(left, dtype=float), np.asarray(probability, dtype=float)
    size = max(1, round(len(y) * top)) if len(y) else 0
    if not size or not y.mean():
        return float("nan")
    edge = np.sort(p)[-size]
    above, at = p > edge, p == edge
    hits = y[above].sum() + (size - above.sum()) * y[at].mean()
    return float(hits / size / y.mean())


def calibration(left: ArrayLike, probability: ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Frame bin, n, predicted, actual: rows in equal-sized groups by probability (ties
    together).
    """
    y, p = np.asarray(left, dtype=float), np.asarray(probability, dtype=float)
    if not len(y) or np.isnan(p).any():
        return pd.DataFrame({"bin": [], "n": [], "predicted": [], "actual": []})
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    frame: Any = pd.DataFrame({"bin": np.searchsorted(edges, p, side="left"), "p": p, "y": y})
    by = frame.groupby("bin").agg(n=("y", "size"), predicted=("p", "mean"), actual=("y", "mean"))
    return pd.DataFrame(by.reset_index())


def money(
    left: ArrayLike, probability: ArrayLike, value: ArrayLike, contact_cost: float, saved: float
) -> dict[str, float]:
    """What acting on the warning would have brought.

    Contacted are the customers whose probability x value x `saved` is above the cost of the
    contact; of those who were leaving, a share `saved` stays.

    Returns:
        contacted, at_stake (value of all who left), kept (value kept), cost, net.
    """
    y, p, v = (np.asarray(a, dtype=float) for a in (left, probability, value))
    v = np.maximum(v, 0)
    act = np.nan_to_num(p) * v * saved > contact_cost
    brought = float((y * v)[act].sum() * saved)
    cost = float(act.sum() * contact_cost)
    return {
        "contacted": float(act.sum()), "at_stake": float((y * v).sum()), "kept": brought,
        "cost": cost, "net": brought - cost,
    }  # fmt: skip


def strata(count: int, left: ArrayLike, folds: int, seed: int) -> Floats:
    """Fold number per row, both classes spread evenly (for data without dates)."""
    y = np.asarray(left)
    fold = np.empty(count)
    random = np.random.default_rng(seed)
    for value in np.unique(y):
        rows = np.flatnonzero(y == value)
        fold[random.permutation(rows)] = np.arange(len(rows)) % folds
    return fold
