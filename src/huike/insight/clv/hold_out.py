"""How far to trust a model of repeat buying: what it foretold against what then happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.clv.transactions import DAYS, TransactionModel
from huike.insight.purchases import purchase_days, repeat_summary

TOP_CLASS = 7


@dataclass(frozen=True)
class HoldOut:
    """The comparison over a hold-out period.

    Attributes:
        customers: how many customers were judged.
        actual, predicted: repeat purchases of all in the hold-out period.
        correlation: over customers, between actual and predicted (NaN when one does not vary).
        mae, rmse: mean absolute error and root mean squared error per customer.
        by_frequency: frame frequency (7 means 7 and more), customers, actual, predicted (means).
        by_week: frame week (1..), on, actual, predicted (cumulated repeat purchases since the
            first day).
    """

    customers: int
    actual: float
    predicted: float
    correlation: float
    mae: float
    rmse: float
    by_frequency: pd.DataFrame
    by_week: pd.DataFrame


def hold_out(model: TransactionModel, table: Table, until: date) -> HoldOut:
    """Judge `model`, fitted up to its analysis date, on purchases after it up to `until`.

    Parameters:
        model: fitted; its analysis date is the end of calibration.
        table: order lines that reach to `until`.
        until: last day of the hold-out period.

    Follows Fader, Hardie and Lee 2005, section 4.
    """
    start = model.analysis_date
    summary = repeat_summary(table, start)
    later = purchase_days(table, until)
    later = later.filter(later["on"] > ibis.literal(start, type="date"))
    bought = later.group_by("customer").agg(actual=later.count())
    both = summary.left_join(bought, "customer").select(
        *[summary[c] for c in ("frequency", "recency_days", "age_days")],
        actual=bought["actual"].fill_null(0),
    )
    frame: Any = both.group_by(both.columns).agg(n=both.count()).to_pandas().astype("int64")
    frame = frame.sort_values(list(frame.columns), ignore_index=True)
    unit = DAYS[model.time_unit]
    frame["predicted"] = model.expected(
        (until - start).days / unit, frame["frequency"].astype(float),
        frame["recency_days"] / unit, frame["age_days"] / unit,
    ) if len(frame) else np.zeros(0)  # fmt: skip
    return _measured(frame, _by_week(model, table, until))


def _measured(frame: pd.DataFrame, by_week: pd.DataFrame) -> HoldOut:
    n, y, p = (frame[c].to_numpy(float) for c in ("n", "actual", "predicted"))
    total = n.sum()
    nan = float("nan")
    classes = frame.assign(
        frequency=frame["frequency"].clip(upper=TOP_CLASS), actual=n * y, predicted=n * p
    )
    by = classes.groupby("frequency", as_index=False)[["n", "actual", "predicted"]].sum()
    by[["actual", "predicted"]] = by[["actual", "predicted"]].div(by["n"], axis=0)
    return HoldOut(
        customers=int(total),
        actual=float(n @ y),
        predicted=float(n @ p),
        correlation=_correlation(n, y, p),
        mae=float(n @ np.abs(y - p) / total) if total else nan,
        rmse=float(np.sqrt(n @ (y - p) ** 2 / total)) if total else nan,
        by_frequency=by.rename(columns={"n": "customers"}),
        by_week=by_week,
    )


def _correlation(n: Any, y: Any, p: Any) -> float:
    if not n.sum():
        return float("nan")
    dy, dp = y - np.average(y, weights=n), p - np.average(p, weights=n)
    spread = np.sqrt((n @ dy**2) * (n @ dp**2))
    return float(n @ (dy * dp) / spread) if spread > 0 else float("nan")


def _by_week(model: TransactionModel, table: Table, until: date) -> pd.DataFrame:
    """Repeat purchases of the calibration customers, cumulated by week, actual and expected."""
    cohort = repeat_summary(table, model.analysis_date).select("customer", "first")
    days = purchase_days(table, until).inner_join(cohort, "customer")
    repeat = days.filter(days["on"] > days["first"])
    actual: Any = repeat.group_by("on").agg(n=repeat.count()).to_pandas()
    born: Any = cohort.group_by("first").agg(n=cohort.count()).to_pandas()
    if not len(born):
        return pd.DataFrame({"week": [], "on": [], "actual": [], "predicted": []})
    first, unit = pd.to_datetime(born["first"]), DAYS[model.time_unit]
    weeks = np.arange(1, (pd.Timestamp(until) - first.min()).days // 7 + 1)
    ends = [first.min() + timedelta(days=int(7 * w) - 1) for w in weeks]
    ages = 7 * weeks[:, None] - 1 - (first - first.min()).dt.days.to_numpy()
    known, at = np.unique(np.maximum(ages, 0), return_inverse=True)
    new = np.zeros(len(known))
    by_age = model.expected(known / unit, new, new, new)
    expected = by_age[at.reshape(ages.shape)] @ born["n"].to_numpy(float)
    on = pd.to_datetime(actual["on"])
    seen = [int(actual["n"][on <= end].sum()) for end in ends]
    return pd.DataFrame({"week": weeks, "on": ends, "actual": seen, "predicted": expected})
