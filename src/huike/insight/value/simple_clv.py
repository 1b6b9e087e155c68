"""Simple lifetime value: yearly profit, retention and tenure by class, discounted or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self

import ibis
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out, money, reduced
from huike.insight.value.pyramid import SpendPyramid

YEAR = 365
CLASSES = ("vip", "major", "ordinary", "small")


class SimpleCLV(Estimator):
    """CLV = sum over t = 1..tenure of margin x r^t / (1+d)^t; without d the plain sum.

    The margin is the last year's profit; class is the tier of the spend pyramid of that year.

    Parameters:
        analysis_date: nothing later is read.
        discount: yearly rate d; None for the plain sum.
        retention: class to yearly retention r; None to learn it: the share of the customers of the
            year before the last, by class, who bought in the last year.
        tenure: class to years; None for 1 / (1 - r), rounded up, at most `longest`.
        margin: share of net sales kept when there is no cost column.
        longest: years.

    Attributes after `fit`:
        retention_, tenure_: by class (retention 0.0 where nothing is known).
        total_: sum of positive and negative values.
        result_: customer, tier, margin (last year), retention, tenure, clv.

    Source: Berger and Nasr 1998, "Customer lifetime value: marketing models", case 1.
    """

    key = "simple_clv"
    title = {"zh": "终身价值（简式）", "en": "Lifetime value, simple"}
    optional = frozenset({"cost"})

    def __init__(
        self,
        analysis_date: date,
        discount: float | None = 0.10,
        retention: Mapping[str, float] | None = None,
        tenure: Mapping[str, int] | None = None,
        margin: float = 1.0,
        longest: int = 20,
    ) -> None:
        if discount is not None and discount <= -1:
            raise InputError("discount must be above -1.")
        self.analysis_date = analysis_date
        self.discount = discount
        self.retention = retention
        self.tenure = tenure
        self.margin = margin
        self.longest = longest

    def fit(self, table: Table) -> Self:
        """Value every customer of the last year (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        start = self.analysis_date - timedelta(days=YEAR - 1)
        learned = self.retention if self.retention is not None else self._learned(table, start)
        self.retention_ = {c: min(max(float(learned.get(c, 0.0)), 0.0), 1.0) for c in CLASSES}
        self.tenure_ = {c: self._years(c) for c in CLASSES}
        year = customers(table, self.analysis_date, start)
        profit = year["amount"] * self.margin
        if "cost" in year.columns:
            profit = year["amount"] - year["cost"]
        tiers = (
            SpendPyramid(self.analysis_date, start).fit(table).result_.select("customer", "tier")
        )
        both = year.select("customer", margin=money(profit)).inner_join(tiers, "customer")
        self.result_ = kept(self._valued(both))
        total = self.result_["clv"].sum().to_pyarrow().as_py()
        self.total_ = round(float(total or 0.0), 4)
        return self

    def _years(self, tier: str) -> int:
        if self.tenure is not None:
            return max(int(self.tenure.get(tier, 1)), 0)
        stay = self.retention_[tier]
        return self.longest if stay >= 1 else min(self.longest, int(-(-1 // (1 - stay))))

    def _learned(self, table: Table, start: date) -> dict[str, float]:
        """Share of each class of the year before who bought again in the last year."""
        end = start - timedelta(days=1)
        before = SpendPyramid(end, end - timedelta(days=YEAR - 1)).fit(table).result_
        again = customers(table, self.analysis_date, start)
        again = again.filter(again["orders"] > 0).select("customer", back=ibis.literal(1))
        both = before.left_join(again, "customer").select("tier", back=again["back"].fill_null(0))
        rows = both.group_by("tier").agg(r=both["back"].mean()).to_pyarrow().to_pylist()
        return {row["tier"]: float(row["r"]) for row in rows}

    def _valued(self, both: Table) -> Table:
        rates = {c: sum(self._factors(c)) for c in CLASSES}

        def by_class(values: Mapping[str, Any]) -> Any:
            return ibis.cases(*[(both["tier"] == c, v) for c, v in values.items()], else_=None)

        return both.select(
            "customer",
            "tier",
            "margin",
            retention=by_class(self.retention_),
            tenure=by_class(self.tenure_),
            clv=money(both["margin"] * by_class(rates)),
        )

    def _factors(self, tier: str) -> list[float]:
        yearly = self.retention_[tier] / (1 + (self.discount or 0.0))
        return [0.0, *[float(yearly**t) for t in range(1, self.tenure_[tier] + 1)]]

    def _sentence(self, row: Row, language: Language) -> str:
        margin, value = f"{row['margin']:,.2f}", f"{row['clv']:,.2f}"
        keep, years = f"{row['retention']:.0%}", row["tenure"]
        return say(
            language,
            f"终身价值约 {value}：近一年利润 {margin}，同类客户年保持率 {keep}，预计 {years} 年。",
            f"Lifetime value about {value}: last year's profit {margin}, {keep} of this class "
            f"stay each year, {years} years expected.",
        )
