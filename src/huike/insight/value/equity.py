"""Customer equity: the sum of lifetime values, by class, and what drives it."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pandas as pd
from ibis.expr.types import Table

from huike.insight.clv.lifetime_value import ModelName, PredictedValue
from huike.insight.clv.transactions import TimeUnit
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import left_out
from huike.insight.value.abc import ABC

DRIVERS: dict[str, tuple[str, str]] = {
    "value": ("价值资产", "value equity"),
    "brand": ("品牌资产", "brand equity"),
    "relationship": ("关系资产", "relationship equity"),
}


class CustomerEquity(Estimator):
    """Customer equity and its drivers (Rust, Zeithaml and Lemon 2000, "Driving customer equity").

    Parameters:
        analysis_date: nothing later is read.
        model, time_unit, months, discount, margin, bootstrap: see `PredictedValue`.

    Attributes after `fit`:
        total_, interval_: sum of CLV and its bootstrap interval.
        by_class_: frame abc, customers, clv, share.
        drivers_: frame driver, zh, en, n, importance (share of 1), rating (1..5), contribution
            (share of 1), equity; empty without a survey.
        result_: customer, abc, clv, share (of the total).
    """

    key = "customer_equity"
    title = {"zh": "客户资产", "en": "Customer equity"}

    def __init__(
        self,
        analysis_date: date,
        model: ModelName = "bg_nbd",
        time_unit: TimeUnit = "week",
        months: int = 36,
        discount: float = 0.10,
        margin: float = 1.0,
        bootstrap: int = 0,
    ) -> None:
        self.analysis_date = analysis_date
        self.model: ModelName = model
        self.time_unit: TimeUnit = time_unit
        self.months = months
        self.discount = discount
        self.margin = margin
        self.bootstrap = bootstrap

    def fit(self, table: Table, survey: Table | None = None) -> Self:
        """Sum up lifetime values.

        Parameters:
            table: order lines (contract: `huike.insight.purchases`).
            survey: optional, columns driver (of `DRIVERS`), importance (any positive scale),
                rating (1..5).
        """
        self.left_out_ = left_out(table, self.analysis_date)
        value = PredictedValue(
            self.analysis_date, self.model, self.time_unit, self.months, self.discount, self.margin,
            self.bootstrap,
        ).fit(table)  # fmt: skip
        abc = ABC(self.analysis_date).fit(table).result_
        both = value.result_.inner_join(abc, "customer").select(
            value.result_["customer"], abc["abc"], clv=value.result_["clv"].fill_null(0.0)
        )
        self.total_ = round(float(both["clv"].sum().to_pyarrow().as_py() or 0.0), 4)
        self.interval_ = value.interval_
        self.result_ = kept(both.mutate(share=both["clv"] / (self.total_ or 1.0)))
        self.by_class_ = self._by_class()
        self.drivers_ = self._drivers(survey)
        return self

    def _by_class(self) -> pd.DataFrame:
        t = self.result_
        found: Any = t.group_by("abc").agg(
            customers=t.count(), clv=t["clv"].sum(), share=t["share"].sum()
        ).to_pandas()  # fmt: skip
        frame = found.set_index("abc").reindex(["A", "B", "C"]).fillna(0.0).reset_index()
        frame["customers"] = frame["customers"].astype(int)
        return pd.DataFrame(frame.round({"clv": 4, "share": 9}))

    def _drivers(self, survey: Table | None) -> pd.DataFrame:
        if survey is None:
            return pd.DataFrame()
        lacking = {"driver", "importance", "rating"} - set(survey.columns)
        if lacking:
            raise InputError(f"The survey lacks {', '.join(sorted(lacking))}.")
        known = survey.filter(survey["driver"].isin(list(DRIVERS)))
        found: Any = known.group_by("driver").agg(
            n=known.count(),
            importance=known["importance"].cast("float64").mean(),
            rating=known["rating"].cast("float64").mean(),
        ).to_pandas()  # fmt: skip
        frame = found.set_index("driver").reindex(list(DRIVERS)).fillna(0.0)
        frame["importance"] /= frame["importance"].sum() or 1.0
        weighted = frame["importance"] * frame["rating"]
        frame["contribution"] = weighted / (weighted.sum() or 1.0)
        frame["equity"] = (frame["contribution"] * self.total_).round(4)
        frame.insert(0, "zh", [zh for zh, _ in DRIVERS.values()])
        frame.insert(1, "en", [en for _, en in DRIVERS.values()])
        return pd.DataFrame(frame.reset_index())

    def _sentence(self, row: Row, language: Language) -> str:
        value, share = f"{row['clv']:,.2f}", f"{row['share']:.2%}"
        return say(
            language,
            f"{row['abc']} 类客户，终身价值 {value}，占全部客户资产的 {share}。",
            f"Class {row['abc']}: lifetime value {value}, {share} of all customer equity.",
        )
