"""Runs the methods for one day and lays their results side by side, one row per customer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.analytics.runs.methods import METHODS, Inputs, Method
from huike.insight.churn.warning import ChurnWarning
from huike.insight.clv.interval import purchase_interval
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.estimator import Estimator
from huike.insight.groups import Groups
from huike.insight.loyalty import LoyaltyRules

PERIOD = 90  # days; a loyal customer buys in most of them
Keep = Callable[[Estimator], None]
Progress = Callable[[str], None]


@dataclass
class Measured:
    """What was found for one day."""

    on: date
    scores: pd.DataFrame  # index: customer; columns: fields of Score
    fitted: dict[str, Estimator] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # method: what happened
    seconds: dict[str, float] = field(default_factory=dict)

    def left_alone(self) -> list[str]:
        """The fields whose method failed: they keep what the last good run found."""
        return [name for m in METHODS if m.key in self.failed for name in m.fields]


def measure(
    given: Inputs,
    *,
    past: bool = False,
    keep: Keep | None = None,
    tell: Progress = lambda key: None,
) -> Measured:
    """Run every method (for a day gone by only those that `in_past`).

    Parameters:
        keep: called with each fitted method of Score, to store what explains its numbers.
        tell: called with the key of each method before it runs; may raise to stop.

    A method that fails stops no other; what happened stands in `failed`.
    """
    found = Measured(given.on, _sums(given))
    columns = [found.scores]
    for method in METHODS:
        if given.is_past and not method.in_past:
            continue
        tell(method.key)
        began = time.perf_counter()
        try:
            fitted = method.fit(given)
            if keep is not None:
                keep(fitted)
            columns.append(_columns(method, fitted))
            if not given.is_past:
                columns.append(_more(fitted, given))
            found.fitted[method.key] = fitted
        except Exception as error:
            found.failed[method.key] = f"{type(error).__name__}: {error}"[:300]
        found.seconds[method.key] = round(time.perf_counter() - began, 3)
    columns.append(_loyalty(given))
    _forget_weak_offers(columns)
    found.scores = pd.concat([c for c in columns if len(c.columns)], axis=1)
    found.scores["orders"] = found.scores["orders"].fillna(0)
    found.scores["amount"] = found.scores["amount"].fillna(0)
    return found


def _sums(given: Inputs) -> pd.DataFrame:
    """Orders and money in the window, first and last purchase, and who never bought."""
    totals = given.totals
    bought = totals.select("customer", "orders", "amount", "recency_days")
    ever = given.orders.filter(given.orders["is_purchase"])
    days = ever.group_by("customer").agg(first_on=ever["on"].min(), last_on=ever["on"].max())
    return _indexed(bought).join(_indexed(days), how="outer")


def _columns(method: Method, fitted: Estimator) -> pd.DataFrame:
    if not method.fields:
        return pd.DataFrame()
    result = fitted.result_
    rows = _indexed(result.select("customer", **dict(method.fields)))
    if isinstance(fitted, Groups):  # people count from one
        rows["group"] = (rows["group"].astype("int64") + 1).astype(str)
    return rows


def _forget_weak_offers(columns: list[pd.DataFrame]) -> None:
    """Recommend nothing that is bought less often with the customer's goods than without."""
    for frame in columns:
        if "next_lift" in frame.columns:
            weak = ~(frame["next_lift"] > 1)
            frame.loc[weak, ["next_product", "next_lift"]] = None


def _more(fitted: Estimator, given: Inputs) -> pd.DataFrame:
    """What a method tells beyond its own columns: intervals, reasons, names of groups."""
    if isinstance(fitted, ValueMatrix):
        return _interval(fitted, given)
    if isinstance(fitted, ChurnWarning):
        return _reasons(fitted)
    return pd.DataFrame()


def _interval(matrix: ValueMatrix, given: Inputs) -> pd.DataFrame:
    """CLV at the ends of the 80 % interval of the number of purchases."""
    rows = _indexed(matrix.future_.result_)
    expected = rows["expected_purchases"].to_numpy(float)
    low, high = purchase_interval(
        rows["p_alive"].to_numpy(float), expected, rows["frequency"].to_numpy(float),
        float(matrix.future_.transactions_.parameters_.get("r", np.nan)),
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(expected > 0, rows["clv"].to_numpy(float) / expected, 0.0)
    made = {"expected_purchases": expected, "clv_low": low * each, "clv_high": high * each}
    return pd.DataFrame(made, index=rows.index)


def _reasons(warning: ChurnWarning) -> pd.DataFrame:
    """The reasons as lists of [feature, value], the strongest first."""
    names = [f"reason_{k}" for k in (1, 2, 3)]
    wanted = [c for name in names for c in (name, f"{name}_value")]
    rows = _indexed(warning.result_.select("customer", *wanted))
    pairs = [rows[[name, f"{name}_value"]].to_numpy() for name in names]
    told = [
        [[one[0], round(float(one[1]), 4)] for one in reasons if one[0]]
        for reasons in zip(*pairs, strict=True)
    ]
    return pd.DataFrame({"reasons": pd.Series(told, index=rows.index, dtype=object)})


def _loyalty(given: Inputs) -> pd.DataFrame:
    """The loyalty type by the share of quarters with a purchase since the first one, by what was
    brought back, by what was answered on satisfaction, and by whether others were referred.
    """
    placed = given.orders
    bought = placed["is_purchase"]
    ago = ibis.literal(given.on, type="date").delta(placed["on"], unit="day").cast("int64")
    periods = placed.mutate(_period=(ago / PERIOD).floor().cast("int64"))
    gained, back = ibis.greatest(placed["amount"], 0), ibis.greatest(-placed["amount"], 0)
    seen = periods.group_by("customer").agg(
        seen=periods["_period"].nunique(where=bought),
        all=periods["_period"].max(where=bought) + 1,
        return_rate=back.sum() / gained.sum().nullif(0),
    )
    facts = seen.filter(seen["all"] > 1).select(
        "customer", "return_rate", repeat_rate=seen["seen"] / seen["all"]
    )
    known = facts.left_join(given.referrals, "customer").select(
        *[facts[name] for name in facts.columns], given.referrals["referrals"]
    )
    known = known.left_join(given.answers, "customer").select(
        *[known[name] for name in known.columns], given.answers["satisfaction"]
    )
    return _indexed(LoyaltyRules().apply(known).select("customer", loyalty="type"))


def _indexed(table: Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    frame = frame[frame["customer"].notna()]
    frame["customer"] = frame["customer"].astype("int64")
    return frame.set_index("customer").sort_index()
