"""Cohorts: customers by the month of their first purchase, and how many still buy month by
month.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, Self

import pandas as pd
from ibis.expr.types import Column, Table

from huike.insight.estimator import Estimator, Language, Row, kept, say
from huike.insight.purchases import left_out, purchase_days


class Cohorts(Estimator):
    """Monthly cohorts.

    Parameters:
        analysis_date: nothing later is read; its month may be incomplete.

    Attributes after `fit`:
        cells_: frame cohort (first of month), month (0, 1, ...), customers (who bought in it),
            amount, size (of the cohort), retention (customers / size); months without a purchase
            are 0 rows.
        retention_: frame cohort x month of retention, NaN for months still to come.
        rates_: frame month (calendar), active, kept (bought in this and the month before),
            retention, churn (1 - retention, of those active the month before).
        result_: customer, cohort, months_active, last_month.

    Source: retention rate = 1 - churn rate per period and cohort (Fader and Hardie 2009, section
    2).
    """

    key = "cohorts"
    title = {"zh": "同期群保持率", "en": "Cohort retention"}

    def __init__(self, analysis_date: date) -> None:
        self.analysis_date = analysis_date

    def fit(self, table: Table) -> Self:
        """Count every cohort (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        days = purchase_days(table, self.analysis_date)
        monthly = days.mutate(at=_month_number(days["on"])).group_by("customer", "at")
        monthly = kept(monthly.agg(amount=lambda t: t["amount"].sum()))
        first = days.group_by("customer").agg(born=_month_number(days["on"].min()))
        both = monthly.inner_join(first, "customer")
        self._monthly = monthly
        counted: Any = both.group_by("born", "at").agg(
            customers=lambda t: t.count(), amount=lambda t: t["amount"].sum()
        ).to_pandas()  # fmt: skip
        self.cells_ = self._cells(counted.astype({"born": "int64", "at": "int64"}))
        self.retention_ = self.cells_.pivot(index="cohort", columns="month", values="retention")
        for name in ("result_", "rates_"):
            vars(self).pop(name, None)
        return self

    @cached_property
    def result_(self) -> Table:
        """One row per customer, worked out when first asked for."""
        monthly = self._monthly
        first = monthly.group_by("customer").agg(
            born=monthly["at"].min(), months_active=monthly.count(), last_at=monthly["at"].max()
        )
        return kept(first.select(
            "customer",
            cohort=_label(first["born"]),
            months_active="months_active",
            last_month=(first["last_at"] - first["born"]),
        ))  # fmt: skip

    @cached_property
    def rates_(self) -> pd.DataFrame:
        """Retention and churn by calendar month, worked out when first asked for."""
        return self._rates(self._monthly)

    def _cells(self, counted: pd.DataFrame) -> pd.DataFrame:
        now = self.analysis_date.year * 12 + self.analysis_date.month - 1
        borns = sorted(set(counted["born"]))
        grid = [(b, at) for b in borns for at in range(b, now + 1)]
        frame = pd.DataFrame(grid, columns=["born", "at"]).merge(counted, how="left")
        frame = frame.fillna({"customers": 0, "amount": 0.0}).astype({"customers": "int64"})
        sizes = counted[counted["born"] == counted["at"]].set_index("born")["customers"]
        size = frame["born"].map(sizes).astype("int64")
        return pd.DataFrame({
            "cohort": [_first_of(b) for b in frame["born"]],
            "month": frame["at"] - frame["born"],
            "customers": frame["customers"],
            "amount": frame["amount"].astype(float).round(4),
            "size": size,
            "retention": frame["customers"] / size.where(size > 0),
        })  # fmt: skip

    def _rates(self, monthly: Table) -> pd.DataFrame:
        before = monthly.select("customer", at=monthly["at"] + 1, was=1)
        both = monthly.left_join(before, ["customer", "at"])
        both = both.select(at=monthly["at"], was=before["was"].fill_null(0))
        found: Any = (
            both.group_by("at").agg(active=both.count(), kept=both["was"].sum()).to_pandas()
        )
        frame = found.astype("int64").sort_values("at", ignore_index=True)
        previous = frame["at"].sub(1).map(frame.set_index("at")["active"]).astype(float)
        retention = frame["kept"] / previous
        return pd.DataFrame({
            "month": [_first_of(at) for at in frame["at"]], "active": frame["active"],
            "kept": frame["kept"], "retention": retention, "churn": 1 - retention,
        })  # fmt: skip

    def _sentence(self, row: Row, language: Language) -> str:
        cohort, months, last = row["cohort"], row["months_active"], row["last_month"]
        return say(
            language,
            f"{cohort} 首次购买，共有 {months} 个月有购买，最近一次在第 {last} 个月。",
            f"First bought in {cohort}; bought in {months} months, the last {last} months on.",
        )


def _month_number(on: Column) -> Column:
    return (on.year() * 12 + on.month() - 1).cast("int64")


def _label(number: Column) -> Column:
    month = (number % 12 + 1).cast("string").lpad(2, "0")
    return (number / 12).floor().cast("int64").cast("string").concat("-", month)


def _first_of(number: int) -> date:
    return date(int(number) // 12, int(number) % 12 + 1, 1)
