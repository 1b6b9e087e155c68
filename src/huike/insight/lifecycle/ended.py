"""How relationships ended: early abort, midway, early exit, or after a long life."""

from __future__ import annotations

from datetime import date
from typing import Self

import ibis
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, Language, Row, kept, say
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.rhythm import LostRule
from huike.insight.purchases import left_out, orders, reduced

ENDINGS: dict[str, tuple[str, str]] = {
    "early_abort": ("早期流产型", "early abort"),
    "midway": ("中途夭折型", "ended midway"),
    "early_exit": ("提前退出型", "early exit"),
    "long_lasting": ("长久保持型", "long-lasting"),
}


class Ending(Estimator):
    """How each lost customer's relationship ended.

    Early abort: fewer than 3 orders.  Midway: orders or amount still rising in the window before
    the last purchase.  Otherwise it was stable, since the third order: early exit below the median
    of such customers, long-lasting at or above it.

    Parameters:
        analysis_date: nothing later is read.
        window_days: length of the two windows before the last purchase.
        tolerance: relative change that counts as steady.
        rule: when a customer is lost, see `LostRule`.

    Attributes after `fit`:
        counts_: ending to number.
        median_days_: median stable time of those who reached it, NaN if nobody.
        result_: customer (lost ones only), orders, days (first to last), stable_days, ending.

    """

    key = "ending"
    title = {"zh": "客户关系的终止", "en": "How relationships ended"}

    def __init__(
        self,
        analysis_date: date,
        window_days: int = 180,
        tolerance: float = 0.2,
        rule: LostRule | None = None,
    ) -> None:
        self.analysis_date = analysis_date
        self.window_days = window_days
        self.tolerance = tolerance
        self.rule = rule

    def fit(self, table: Table) -> Self:
        """Judge every lost customer (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        relation = Relation(self.analysis_date, self.rule).fit(table).result_
        lost = relation.filter(relation["relation"] == "lost").select("customer", "last")
        lives = kept(self._lives(table, lost))
        reached = (lives["orders"] >= 3) & ~lives["rising"]
        median = lives.agg(m=lives["stable_days"].median(where=reached)).to_pyarrow().to_pylist()
        self.median_days_ = float("nan" if median[0]["m"] is None else median[0]["m"])
        line = 0.0 if self.median_days_ != self.median_days_ else self.median_days_
        ending = ibis.cases(
            (lives["orders"] < 3, "early_abort"),
            (lives["rising"], "midway"),
            (lives["stable_days"] < line, "early_exit"),
            else_="long_lasting",
        )
        self.result_ = kept(
            lives.select("customer", "orders", "days", "stable_days", ending=ending)
        )
        rows = self.result_.group_by("ending").agg(n=lambda t: t.count()).to_pyarrow().to_pylist()
        self.counts_ = dict.fromkeys(ENDINGS, 0) | {row["ending"]: row["n"] for row in rows}
        return self

    def _lives(self, table: Table, lost: Table) -> Table:
        placed = orders(table, self.analysis_date)
        placed = placed.filter(placed["is_purchase"]).inner_join(lost, "customer")
        nth = ibis.row_number().over(ibis.window(group_by="customer", order_by="on"))
        ago = placed["last"].delta(placed["on"], unit="day").cast("int64")
        placed = placed.mutate(_nth=nth, _ago=ago)
        recent = placed["_ago"] < self.window_days
        before = ~recent & (placed["_ago"] < 2 * self.window_days)
        lives = placed.group_by("customer").agg(
            orders=placed.count(),
            days=placed["_ago"].max(),
            stable_days=placed["_ago"].max(where=placed["_nth"] >= 2).fill_null(0),
            ro=recent.cast("int64").sum(), bo=before.cast("int64").sum(),
            ra=placed["amount"].sum(where=recent).fill_null(0.0).round(4).cast("float64"),
            ba=placed["amount"].sum(where=before).fill_null(0.0).round(4).cast("float64"),
        )  # fmt: skip
        up = 1 + self.tolerance
        rising = (lives["ro"] > lives["bo"] * up) | (lives["ra"] > lives["ba"] * up)
        # a life shorter than the two windows has nothing to rise from
        rising = rising & (lives["days"] >= self.window_days)
        return lives.select("customer", "orders", "days", "stable_days", rising=rising)

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en = ENDINGS[row["ending"]]
        return say(
            language,
            f"{zh}：历时 {row['days']} 天，共 {row['orders']} 单，稳定期 {row['stable_days']} 天。",
            f"{en.capitalize()}: {row['orders']} orders over {row['days']} days, stable for "
            f"{row['stable_days']} days.",
        )
