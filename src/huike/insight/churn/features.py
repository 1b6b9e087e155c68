"""What is known of a customer at a moment, and whether the customer then lapsed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Column, Table

from huike.insight.lifecycle.rhythm import rhythm
from huike.insight.purchases import customers, day, orders, purchase_days

FEATURES = (
    "silent_days", "silence_ratio", "age_days", "frequency", "median_interval", "mean_amount",
    "amount_year", "orders_year", "amount_90", "amount_90_before", "orders_90", "orders_90_before",
    "return_share",
)  # fmt: skip


def known_at(table: Table, at: date, active_days: int) -> pd.DataFrame:
    """Features of the customers who bought in the `active_days` up to `at`; nothing later is read.

    Parameters:
        table: order lines (contract: `huike.insight.purchases`).
        at: the moment.
        active_days: who has been silent longer is gone already, and not warned of.

    Returns:
        Frame sorted by customer: customer, the columns of `FEATURES`.
    """
    life = rhythm(table, at)
    life = life.filter(life["silent_days"] < active_days)
    whole = customers(table, at).select("customer", "orders", "bought", "returned")
    base = life.inner_join(whole, "customer").inner_join(_windows(table, at), "customer")
    gap = ibis.greatest(base["median_interval"], 1.0)
    frame: Any = base.select(
        "customer", "silent_days", "age_days", "frequency", "median_interval",
        "amount_year", "orders_year", "amount_90", "amount_90_before", "orders_90",
        "orders_90_before",
        silence_ratio=base["silent_days"] / gap,
        mean_amount=base["bought"] / base["orders"].nullif(0),
        return_share=base["returned"] / base["bought"].nullif(0.0),
    ).to_pandas()  # fmt: skip
    frame = frame.sort_values("customer", ignore_index=True)[["customer", *FEATURES]]
    return pd.DataFrame(frame.astype(dict.fromkeys(FEATURES, float)).round(9))


def lapsed(table: Table, at: date, horizon_days: int) -> pd.Series:
    """Customers who bought in the horizon after `at`, as an index of customers (values: purchase
    days).

    A customer who is not in it lapsed.
    """
    days = purchase_days(table, at + timedelta(days=horizon_days))
    after = days.filter(days["on"] > day(at))
    frame: Any = after.group_by("customer").agg(n=after.count()).to_pandas()
    return pd.Series(frame["n"].to_numpy(), index=frame["customer"])


def _windows(table: Table, at: date) -> Table:
    placed = orders(table, at)
    ago = day(at).delta(placed["on"], unit="day").cast("int64")
    placed = placed.mutate(_ago=ago, _one=placed["is_purchase"].cast("int64"))

    def total(name: str, since: int, until: int) -> Column:
        within = (placed["_ago"] >= until) & (placed["_ago"] < since)
        return placed[name].sum(where=within).cast("float64").fill_null(0.0).round(4)

    return placed.group_by("customer").agg(
        amount_year=total("amount", 365, 0), orders_year=total("_one", 365, 0),
        amount_90=total("amount", 90, 0), amount_90_before=total("amount", 180, 90),
        orders_90=total("_one", 90, 0), orders_90_before=total("_one", 180, 90),
    )  # fmt: skip
