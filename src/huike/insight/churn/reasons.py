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
    "age_days": ("成为客户才 {0:.0f} 天", "a customer for only {0:.0f} days"),
    "frequency": ("只回购过 {0:.0f} 次", "only {0:.0f} repeat purchases"),
    "median_interval": ("平时约 {0:.0f} 天才买一次", "buys only every {0:.0f} days or so"),
    "mean_amount": ("平均每单只有 {0:,.2f}", "spends only {0:,.2f} an order"),
    "amount_year": ("近一年只消费 {0:,.2f}", "spent only {0:,.2f} in the last year"),
    "orders_year": ("近一年只有 {0:.0f} 单", "only {0:.0f} orders in the last year"),
    "amount_90": ("近 90 天只消费 {0:,.2f}", "spent only {0:,.2f} in the last 90 days"),
    "amount_90_before": (
        "前 90 天还消费 {0:,.2f}，之后少了",
        "spent {0:,.2f} in the 90 days before, and less since",
    ),
    "orders_90": ("近 90 天只有 {0:.0f} 单", "only {0:.0f} orders in the last 90 days"),
    "orders_90_before": (
        "前 90 天还有 {0:.0f} 单，之后少了",
        "{0:.0f} orders in the 90 days before, and fewer since",
    ),
    "return_share": ("退货占购买的 {0:.0%}", "{0:.0%} of purchases returned"),
}
NOTHING: dict[str, tuple[str, str]] = {
    "age_days": ("今天才成为客户", "a customer since today"),
    "frequency": ("还没有回购过", "has not come back yet"),
    "amount_90": ("近 90 天没有消费", "spent nothing in the last 90 days"),
    "orders_90": ("近 90 天没有下单", "no orders in the last 90 days"),
    "amount_year": ("近一年净消费为零", "nothing left of last year's purchases after returns"),
}
"""How zero is said."""
FAMILIES = (
    ("silent_days", "silence_ratio"), ("amount_90", "orders_90"), ("amount_year", "orders_year"),
    ("amount_90_before", "orders_90_before"),
)  # fmt: skip
"""Features that say the same in two ways: only the stronger is named."""
LOW_SPEAKS = ("age_days", "frequency", "mean_amount", "amount_year", "orders_year", "amount_90",
              "orders_90")  # fmt: skip
LEAST_SILENCE = 14.0
LEAST_RETURNED = 0.05
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


def speaking(rows: pd.DataFrame, usual: pd.Series) -> pd.DataFrame:
    """Whether each feature speaks for leaving where it stands: a reason a person would accept.

    A model may count two days of silence against someone who buys daily; said as a reason that is
    nonsense. Silence speaks from two weeks and from the own usual interval on; little speaks
    below what is usual, much (long intervals, returns, a past better than the present) above it.
    """
    silent = (rows["silent_days"] >= LEAST_SILENCE) & (rows["silence_ratio"] >= 1.0)
    has_rhythm = rows["frequency"] >= 1  # else the interval is other customers'
    speaks = {name: rows[name] < usual[name] for name in LOW_SPEAKS}
    speaks |= {
        "silent_days": silent & (rows["silent_days"] > usual["silent_days"]),
        "silence_ratio": silent & has_rhythm & (rows["silence_ratio"] >= 1.5),
        "median_interval": has_rhythm & (rows["median_interval"] > usual["median_interval"]),
        "amount_90_before": rows["amount_90_before"] > rows["amount_90"],
        "orders_90_before": rows["orders_90_before"] > rows["orders_90"],
        "return_share": rows["return_share"] >= LEAST_RETURNED,
    }
    return pd.DataFrame(speaks, index=rows.index)[list(rows.columns)]


def strongest(
    effect: pd.DataFrame, speaks: pd.DataFrame | None = None, count: int = 3
) -> pd.DataFrame:
    """Frame reason_1 .. reason_`count` of feature names; empty text where fewer raise the
    probability.

    Parameters:
        effect: see `effects`.
        speaks: see `speaking`; None lets every feature speak.
    """
    told = effect if speaks is None else effect.where(speaks, 0.0)
    told = told.copy()
    for one, other in FAMILIES:
        if {one, other} <= set(told.columns):
            first = told[one] >= told[other]
            told[other] = told[other].where(~first, 0.0)
            told[one] = told[one].where(first, 0.0)
    values = told.to_numpy(float)
    names = np.array([*effect.columns, ""], dtype=object)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    raised = np.take_along_axis(values, order, axis=1) > MARGIN
    picked = np.where(raised, order, len(effect.columns))
    return pd.DataFrame(
        names[picked], columns=[f"reason_{k + 1}" for k in range(count)], index=effect.index
    )


def in_words(name: str, value: float, language: str) -> str:
    """One reason as a phrase."""
    words = NOTHING if name in NOTHING and round(value) <= 0 else WORDS
    zh, en = words[name]
    said = (zh if language == "zh" else en).format(value)
    return said.replace("1 repeat purchases", "1 repeat purchase").replace(" 1 orders", " 1 order")


def _log_odds(p: Floats) -> Floats:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


assert set(WORDS) == set(FEATURES)
