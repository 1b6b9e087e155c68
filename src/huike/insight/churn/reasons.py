"""Why a customer is warned of: the three features that raise the probability most, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from huike.insight.churn.features import FEATURES
from huike.insight.clv.likelihood import Floats

WORDS: dict[str, tuple[str, str]] = {
    "silent_days": ("已 {0:.0f} 天没有购买", "silent for {0:.0f} days"),
    "silence_ratio": (
        "沉默时间是平时间隔的 {0:.1f} 倍",
        "silent for {0:.1f} times the usual interval",
    ),
    "age_days": ("成为客户 {0:.0f} 天", "a customer for {0:.0f} days"),
    "frequency": ("只回购过 {0:.0f} 次", "only {0:.0f} repeat purchases"),
    "median_interval": ("平时约 {0:.0f} 天买一次", "usually buys every {0:.0f} days"),
    "mean_amount": ("平均每单 {0:,.2f}", "spends {0:,.2f} an order"),
    "amount_year": ("近一年消费 {0:,.2f}", "spent {0:,.2f} in the last year"),
    "orders_year": ("近一年 {0:.0f} 单", "{0:.0f} orders in the last year"),
    "amount_90": ("近 90 天消费 {0:,.2f}", "spent {0:,.2f} in the last 90 days"),
    "amount_90_before": ("前 90 天消费 {0:,.2f}", "spent {0:,.2f} in the 90 days before"),
    "orders_90": ("近 90 天 {0:.0f} 单", "{0:.0f} orders in the last 90 days"),
    "orders_90_before": ("前 90 天 {0:.0f} 单", "{0:.0f} orders in the 90 days before"),
    "return_share": ("退货占购买的 {0:.0%}", "{0:.0%} of purchases returned"),
}
MARGIN = 0.02


def effects(
    predict: Callable[[pd.DataFrame], Floats], rows: pd.DataFrame, usual: pd.Series
) -> pd.DataFrame:
    """By how much (log odds) each feature raises the probability against its usual value.

    Parameters:
        predict: rows to probabilities.
        rows: features (n, k).
        usual: value of each feature to compare with (the median of the learning rows).

    Returns:
        Frame (n, k); one feature at a time is set to its usual value (occlusion, Robnik-Sikonja and
        Kononenko 2008).
    """
    here = _log_odds(predict(rows))
    found: dict[str, Any] = {}
    for name in rows.columns:
        changed = rows.copy()
        changed[name] = usual[name]
        found[name] = here - _log_odds(predict(changed))
    return pd.DataFrame(found, index=rows.index).round(6)


def strongest(effect: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """Frame reason_1 .. reason_`count` of feature names; empty text where fewer raise the
    probability.
    """
    values = effect.to_numpy(float)
    names = np.array([*effect.columns, ""], dtype=object)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    raised = np.take_along_axis(values, order, axis=1) > MARGIN
    picked = np.where(raised, order, len(effect.columns))
    return pd.DataFrame(names[picked], columns=[f"reason_{k + 1}" for k in range(count)])


def in_words(name: str, value: float, language: str) -> str:
    """One reason as a phrase."""
    zh, en = WORDS[name]
    return (zh if language == "zh" else en).format(value)


def _log_odds(p: Floats) -> Floats:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


assert set(WORDS) == set(FEATURES)
