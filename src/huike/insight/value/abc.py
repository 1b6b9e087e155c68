"""ABC classes by cumulated amount, with the Lorenz curve, Gini and the 80/20 check."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out


class ABC(Estimator):
    """ABC analysis: customers by amount, largest first, cut where the cumulated share crosses a
    line.

    The customer that crosses a line belongs to the upper class; equal amounts share one class;
    amounts of zero and below are C and count as zero in the shares.

    Parameters:
        analysis_date: nothing later is read.
        start: first day of the window; None for everything.
        a, b: cumulated shares up to which A and B reach, 0 < a <= b <= 1.

    Attributes after `fit`:
        total_: sum of positive amounts; customers_: number of customers.
        classes_: frame abc, customers, customer_share, amount, amount_share.
        lorenz_: frame customer_share, amount_share, from (0, 0) to (1, 1), smallest customers
            first.
        gini_: 1 - twice the area under the Lorenz curve (NaN without amounts).
        top20_share_: share of the amount held by the largest 20 % of customers.
        result_: customer, amount, rank (1 = largest), share, cumulated (share up to and with
            equals), abc.

    Source: Lorenz 1905; Gini 1912; ABC as in any text on Pareto analysis.
    """

    key = "abc"
    title = {"zh": "ABC 分类", "en": "ABC classes"}

    def __init__(
        self, analysis_date: date, start: date | None = None, a: float = 0.70, b: float = 0.90
    ) -> None:
        if not 0 < a <= b <= 1:
            raise InputError("The lines of ABC must satisfy 0 < a <= b <= 1.")
        self.analysis_date = analysis_date
        self.start = start
        self.a = a
        self.b = b

    def fit(self, table: Table) -> Self:
        """Class every customer (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        amounts = kept(
            customers(table, self.analysis_date, self.start).select("customer", "amount")
        )
        steps = kept(_steps(amounts))
        found: Any = steps.agg(n=steps["n"].sum(), total=steps["subtotal"].sum()).to_pyarrow()
        row = found.to_pylist()[0]
        self.customers_, self.total_ = int(row["n"] or 0), float(row["total"] or 0.0)
        self.result_ = kept(self._classed(amounts, steps))
        self.classes_ = self._classes()
        self.gini_, self.top20_share_ = self._concentration(steps)
        self.lorenz_ = self._lorenz(steps)
        return self

    def _classed(self, amounts: Table, steps: Table) -> Table:
        total = self.total_ or 1.0
        both = amounts.inner_join(steps, "amount")
        before = (both["cumulated"] - both["subtotal"]) / total
        abc = ibis.cases(
            ((both["amount"] > 0) & (before < self.a), "A"),
            ((both["amount"] > 0) & (before < self.b), "B"),
            else_="C",
        )
        return both.select(
            "customer",
            "amount",
            rank=(both["larger"] + 1).cast("int64"),
            share=both["positive"] / total,
            cumulated=both["cumulated"] / total,
            abc=abc,
        )

    def _classes(self) -> pd.DataFrame:
        result = self.result_
        counted: Any = result.group_by("abc").agg(
            customers=result.count(), amount=result["amount"].sum(), share=result["share"].sum()
        ).to_pandas()  # fmt: skip
        frame = counted.set_index("abc").reindex(["A", "B", "C"]).fillna(0.0)
        return pd.DataFrame({
            "abc": frame.index,
            "customers": frame["customers"].astype(int).to_numpy(),
            "customer_share": (frame["customers"] / max(self.customers_, 1)).to_numpy(),
            "amount": frame["amount"].round(4).to_numpy(),
            "amount_share": frame["share"].round(12).to_numpy(),
        })  # fmt: skip

    def _concentration(self, steps: Table) -> tuple[float, float]:
        """Gini = 1 - sum of n (2 above - subtotal) / (N S), and the top fifth's share."""
        if not self.total_:
            return float("nan"), float("nan")
        below = self.total_ - steps["cumulated"] + steps["subtotal"]
        area = (steps["n"] * (2 * below - steps["subtotal"])).sum()
        top = int(np.ceil(0.2 * self.customers_ - 1e-9))
        held = ibis.least(ibis.greatest(top - steps["larger"], 0), steps["n"]) * steps["positive"]
        row = steps.agg(area=area, held=held.sum()).to_pyarrow().to_pylist()[0]
        gini = 1 - row["area"] / (self.customers_ * self.total_)
        return round(float(gini), 12), round(float(row["held"] / self.total_), 12)

    def _lorenz(self, steps: Table) -> pd.DataFrame:
        """At most 101 points, each the last of its percent of customers."""
        n = max(self.customers_, 1)
        people = 1 - steps["larger"] / n
        money = 1 - (steps["cumulated"] - steps["subtotal"]) / (self.total_ or 1.0)
        points = steps.select(x=people, y=money, bucket=(people * 100).floor())
        frame: Any = (
            points.group_by("bucket").agg(x=points["x"].max(), y=points["y"].max()).to_pandas()
        )
        x = np.concatenate([[0.0], np.sort(frame["x"].to_numpy(float))])
        y = np.concatenate([[0.0], np.sort(frame["y"].to_numpy(float))])
        return pd.DataFrame({"customer_share": x, "amount_share": np.clip(y, 0, 1).round(12)})

    def _sentence(self, row: Row, language: Language) -> str:
        amount, share = f"{row['amount']:,.2f}", f"{row['cumulated']:.0%}"
        return say(
            language,
            f"{row['abc']} 类：消费 {amount}，排第 {row['rank']} 位，"
            f"到这一位累计占全部消费的 {share}。",
            f"Class {row['abc']}: spent {amount}, number {row['rank']} of {self.customers_}; "
            f"customers down to here hold {share} of all sales.",
        )


def _steps(amounts: Table) -> Table:
    """One row per distinct amount: n, subtotal, cumulated from the largest, larger (customers
    above).
    """
    positive = ibis.greatest(amounts["amount"], 0.0)
    counted = amounts.mutate(positive=positive).group_by("amount", "positive")
    steps = counted.agg(n=lambda t: t.count()).mutate(subtotal=lambda t: t["positive"] * t["n"])
    order = ibis.cumulative_window(order_by=ibis.desc(steps["amount"]))
    return steps.mutate(
        cumulated=steps["subtotal"].sum().over(order),
        larger=steps["n"].sum().over(order) - steps["n"],
    )
