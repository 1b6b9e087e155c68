"""The customer pyramid (客户金字塔): few at the top, many below, by spend and by profit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out
from huike.insight.value.profit import Profit

PRESETS: dict[str, tuple[float, float, float]] = {
    "1/19/30/50": (0.01, 0.20, 0.50),
    "1/4/15/80": (0.01, 0.05, 0.20),
}


class Pyramid(Estimator):
    """What both pyramids share: customers by a value, cut at shares of their number.

    A customer belongs to a tier while the share of customers strictly above is below the tier's
    line: equal values share one tier, and the tier is never empty for lack of a whole percent.
    """

    tiers: ClassVar[Mapping[str, tuple[str, str]]]

    analysis_date: date
    cuts: tuple[float, float, float]

    def tiers_frame(self, value: str) -> pd.DataFrame:
        """tier, zh, en, customers, customer_share, amount, amount_share; the top tier first."""
        result = self.result_
        found: Any = result.group_by("tier").agg(
            customers=result.count(), amount=result[value].sum()
        ).to_pandas()  # fmt: skip
        frame = found.set_index("tier").reindex(list(self.tiers)).fillna(0.0)
        total, money = max(frame["customers"].sum(), 1), frame["amount"].sum() or 1.0
        return pd.DataFrame({
            "tier": list(self.tiers),
            "zh": [zh for zh, _ in self.tiers.values()],
            "en": [en for _, en in self.tiers.values()],
            "customers": frame["customers"].astype(int).to_numpy(),
            "customer_share": (frame["customers"] / total).to_numpy(),
            "amount": frame["amount"].round(4).to_numpy(),
            "amount_share": (frame["amount"] / money).round(12).to_numpy(),
        })  # fmt: skip

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en = self.tiers[row["tier"]]
        value, rank = f"{row[self._value]:,.2f}", row["rank"]
        zh_word, en_word = self._words
        return say(
            language,
            f"{zh}客户：{zh_word} {value}，排第 {rank} 位（共 {self.customers_} 位）。",
            f"{en[0].upper()}{en[1:]} customer: {en_word} {value}, "
            f"number {rank} of {self.customers_}.",
        )

    _value: ClassVar[str]
    _words: ClassVar[tuple[str, str]]
    customers_: int


class SpendPyramid(Pyramid):
    """Pyramid by spend (Curry and Curry 2000, "The customer marketing method").

    Parameters:
        analysis_date: nothing later is read.
        start: first day of the window; None for everything.
        cuts: cumulated shares of customers where vip, major and ordinary end; a name of `PRESETS`
            or three rising numbers.

    Attributes after `fit`:
        customers_; tiers_: frame (see `tiers_frame`).
        result_: customer, amount, rank, tier ("vip", "major", "ordinary", "small").
    """

    key = "spend_pyramid"
    title = {"zh": "客户金字塔（按消费）", "en": "Customer pyramid by spend"}
    tiers = {
        "vip": ("重要 VIP ", "VIP"), "major": ("主要", "major"), "ordinary": ("普通", "ordinary"),
        "small": ("小", "small"),
    }  # fmt: skip
    _value = "amount"
    _words = ("消费", "spent")

    def __init__(
        self,
        analysis_date: date,
        start: date | None = None,
        cuts: str | tuple[float, float, float] = "1/19/30/50",
    ) -> None:
        _lines(cuts)
        self.analysis_date = analysis_date
        self.start = start
        self.cuts = cuts  # type: ignore[assignment]

    def fit(self, table: Table) -> Self:
        """Place every customer (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        spent = customers(table, self.analysis_date, self.start).select("customer", "amount")
        ranked = kept(spent.mutate(rank=_rank(spent["amount"])))
        self.customers_ = int(ranked.count().to_pyarrow().as_py())
        above = (ranked["rank"] - 1) / max(self.customers_, 1)
        top, middle, low = _lines(self.cuts)
        tier = ibis.cases(
            (above < top, "vip"),
            (above < middle, "major"),
            (above < low, "ordinary"),
            else_="small",
        )
        self.result_ = ranked.mutate(tier=tier)
        self.tiers_ = self.tiers_frame("amount")
        return self


class ProfitPyramid(Pyramid):
    """Pyramid by profit (Zeithaml, Rust and Lemon 2001, California Management Review 43:4).

    Lead is everyone without profit after cost to serve; the profitable are cut at shares of their
    number.

    Parameters:
        analysis_date: nothing later is read.
        start: first day of the window; None for everything.
        cuts: cumulated shares of profitable customers where platinum and gold end.
        rates, margin: see `Profit`.

    Attributes after `fit`:
        customers_; tiers_: frame (see `tiers_frame`); profit_: the fitted `Profit`.
        result_: customer, profit, rank, tier ("platinum", "gold", "iron", "lead").
    """

    key = "profit_pyramid"
    title = {"zh": "客户金字塔（按利润）", "en": "Customer pyramid by profit"}
    optional = frozenset({"cost", "discount"})
    tiers = {
        "platinum": ("铂金", "platinum"), "gold": ("黄金", "gold"), "iron": ("铁", "iron"),
        "lead": ("铅", "lead"),
    }  # fmt: skip
    _value = "profit"
    _words = ("利润", "profit")

    def __init__(
        self,
        analysis_date: date,
        start: date | None = None,
        cuts: tuple[float, float] = (0.20, 0.50),
        rates: Mapping[str, float] | None = None,
        margin: float = 1.0,
    ) -> None:
        if not 0 < cuts[0] <= cuts[1] <= 1:
            raise InputError("The cuts of the profit pyramid must rise between 0 and 1.")
        self.analysis_date = analysis_date
        self.start = start
        self.cuts = cuts  # type: ignore[assignment]
        self.rates = rates
        self.margin = margin

    def fit(self, table: Table, service: Table | None = None) -> Self:
        """Place every customer; `service` as for `Profit.fit`."""
        self.profit_ = Profit(self.analysis_date, self.start, self.rates, self.margin)
        earned = self.profit_.fit(table, service).result_.select("customer", "profit")
        self.left_out_ = self.profit_.left_out_
        ranked = kept(earned.mutate(rank=_rank(earned["profit"])))
        positive = (ranked["profit"] > 0).cast("int64").sum()
        row = ranked.agg(n=ranked.count(), good=positive).to_pyarrow().to_pylist()[0]
        self.customers_ = int(row["n"])
        above = (ranked["rank"] - 1) / max(int(row["good"] or 0), 1)
        tier = ibis.cases(
            (ranked["profit"] <= 0, "lead"),
            (above < self.cuts[0], "platinum"),
            (above < self.cuts[1], "gold"),
            else_="iron",
        )
        self.result_ = ranked.mutate(tier=tier)
        self.tiers_ = self.tiers_frame("profit")
        return self


def _rank(value: Any) -> Any:
    return (ibis.rank().over(order_by=ibis.desc(value)) + 1).cast("int64")


def _lines(cuts: str | tuple[float, float, float]) -> tuple[float, float, float]:
    if isinstance(cuts, str) and cuts not in PRESETS:
        raise InputError(f"cuts must be one of {', '.join(PRESETS)}, or three rising shares.")
    top, middle, low = PRESETS[cuts] if isinstance(cuts, str) else cuts
    if not 0 < top <= middle <= low <= 1:
        raise InputError("The cuts of the pyramid must rise between 0 and 1.")
    return top, middle, low
