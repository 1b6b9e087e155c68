"""The CLV matrix: what a customer earns now against what is still to come (铅、铁、铂金、黄金)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, Self

import ibis
from ibis.expr.types import Table

from huike.insight.clv.lifetime_value import ModelName, PredictedValue
from huike.insight.clv.transactions import TimeUnit
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out, reduced

CLASSES: dict[str, tuple[str, str, str]] = {
    "gold": ("黄金（贵宾型）", "gold (VIP)", "keep close"),
    "platinum": ("铂金（维持型）", "platinum (maintain)", "hold what there is"),
    "iron": ("铁（改进型）", "iron (improve)", "develop"),
    "lead": ("铅（放弃型）", "lead (let go)", "spend no effort"),
}


class ValueMatrix(Estimator):
    """Current profit x predicted future profit, split at the median or the mean.

    A customer exactly on a line counts as high if above zero.

    Parameters:
        analysis_date: nothing later is read.
        window_days: how far back current profit is counted; None for everything.
        split: "median" or "mean" of the customers.
        model, time_unit, months, discount, margin: see `PredictedValue`.

    Attributes after `fit`:
        current_split_, future_split_: the two lines.
        future_: the fitted `PredictedValue`.
        counts_: class to number of customers.
        result_: customer, current (amount less cost if known, else amount x margin), future (clv),
            p_alive, matrix ("gold", "platinum", "iron", "lead").
    """

    key = "value_matrix"
    title = {"zh": "CLV 矩阵", "en": "CLV matrix"}
    optional = frozenset({"cost"})

    def __init__(
        self,
        analysis_date: date,
        window_days: int | None = 365,
        split: Literal["median", "mean"] = "median",
        model: ModelName = "bg_nbd",
        time_unit: TimeUnit = "week",
        months: int = 36,
        discount: float = 0.10,
        margin: float = 1.0,
    ) -> None:
        if split not in ("median", "mean"):
            raise InputError(f"split must be median or mean, not {split!r}.")
        self.analysis_date = analysis_date
        self.window_days = window_days
        self.split: Literal["median", "mean"] = split
        self.model: ModelName = model
        self.time_unit: TimeUnit = time_unit
        self.months = months
        self.discount = discount
        self.margin = margin
        self.counts_: dict[str, int] = {}

    def fit(self, table: Table, *, learn_from: Table | None = None) -> Self:
        """Value every customer with a purchase, and draw the lines (contract:
        `huike.insight.purchases`); `learn_from` as for `PredictedValue.fit`.
        """
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        self.future_ = PredictedValue(
            self.analysis_date, self.model, self.time_unit, self.months, self.discount, self.margin,
            bootstrap=0,
        ).fit(table, learn_from=learn_from)  # fmt: skip
        both = kept(self._both(table, self.future_.result_))
        lines: Any = both.agg(
            current=getattr(both["current"], self.split)(),
            future=getattr(both["future"], self.split)(),
        ).to_pyarrow()
        row = lines.to_pylist()[0]
        self.current_split_ = round(float("nan" if row["current"] is None else row["current"]), 6)
        self.future_split_ = round(float("nan" if row["future"] is None else row["future"]), 6)
        self.result_ = kept(self._classed(both))
        found = self.result_.group_by("matrix").agg(n=self.result_.count()).to_pyarrow().to_pylist()
        self.counts_ = dict.fromkeys(CLASSES, 0) | {r["matrix"]: r["n"] for r in found}
        return self

    def predict(self, table: Table | None = None) -> Table:
        """The class of each customer by the fitted lines, for the fitted or another table."""
        if table is None:
            return self.result_
        return self._classed(self._both(table, self.future_.predict(table)))

    def _both(self, table: Table, future: Table) -> Table:
        start = None
        if self.window_days is not None:
            start = self.analysis_date - timedelta(days=self.window_days - 1)
        now = customers(table, self.analysis_date, start)
        profit = (
            now["amount"] - now["cost"] if "cost" in now.columns else now["amount"] * self.margin
        )
        now = now.select("customer", current=profit)
        return future.left_join(now, "customer").select(
            future["customer"],
            future["p_alive"],
            current=now["current"].fill_null(0.0).round(4).cast("float64"),
            future=future["clv"].fill_null(0.0),
        )

    def _classed(self, both: Table) -> Table:
        high_now, high_later = (
            (both[name] > 0) & (both[name] >= line) if line == line else ibis.literal(False)
            for name, line in (("current", self.current_split_), ("future", self.future_split_))
        )
        matrix = ibis.cases(
            (high_now & high_later, "gold"),
            (high_now, "platinum"),
            (high_later, "iron"),
            else_="lead",
        )
        return both.select("customer", "current", "future", "p_alive", matrix=matrix)

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en, advice = CLASSES[row["matrix"]]
        now, later = f"{row['current']:,.2f}", f"{row['future']:,.2f}"
        return say(
            language,
            f"{zh}：当前利润 {now}（分界 {self.current_split_:,.2f}），"
            f"预计未来 {later}（分界 {self.future_split_:,.2f}）。",
            f"{en[0].upper()}{en[1:]}: earns {now} now (line {self.current_split_:,.2f}) "
            f"and {later} to come (line {self.future_split_:,.2f}); {advice}.",
        )
