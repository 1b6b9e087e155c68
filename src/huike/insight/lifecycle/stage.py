"""The stage of the relationship: exploration, formation, stable, decline, and how customers move
on.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.lifecycle.rhythm import LostRule, alive_column, alive_model, is_silent, rhythm
from huike.insight.purchases import customers, left_out, reduced

STAGES: dict[str, tuple[str, str]] = {
    "exploration": ("考察期", "exploration"),
    "formation": ("形成期", "formation"),
    "stable": ("稳定期", "stable"),
    "decline": ("退化期", "decline"),
    "lost": ("已流失", "lost"),
}


class Stage(Estimator):
    """Stage of every customer, with its history, the transition matrix and the steady state it
    implies.

    In this order: lost (silent beyond the rule); exploration (fewer than 3 orders); decline
    (amount in the recent window below the one before by more than `tolerance` and orders not up,
    or P(alive) below `alive`); formation (orders or amount up by more than `tolerance`, or steady
    below the median of customers with 3 or more orders); stable (steady, at or above that median).

    Parameters:
        analysis_date: nothing later is read.
        window_days: length of the recent window and of the one before.
        tolerance: relative change that counts as steady.
        alive: P(alive) (MBG/NBD) below which a customer declines.
        steps: how many transitions back the history goes.
        step_days: time between two looks.

    Attributes after `fit`:
        counts_: stage to number.
        history_: frame on, stage, customers.
        transitions_: frame from x to, probabilities (a stage never seen stays where it is).
        steady_: stage to share in the long run of those transitions.
        result_: customer, stage, orders, recent, before (amounts in the two windows), p_alive.

    Source: Dwyer, Schurr and Oh 1987, J. of Marketing 51:2 (stages); Pfeifer and Carraway 2000,
    "Modeling customer relationships as Markov chains", J. of Interactive Marketing 14:2.
    """

    key = "stage"
    title = {"zh": "客户生命周期阶段", "en": "Stage of the relationship"}

    def __init__(
        self,
        analysis_date: date,
        window_days: int = 180,
        tolerance: float = 0.2,
        alive: float = 0.5,
        steps: int = 4,
        step_days: int = 90,
    ) -> None:
        if window_days < 1 or step_days < 1 or steps < 0:
            raise InputError("window_days and step_days must be 1 or more, steps 0 or more.")
        self.analysis_date = analysis_date
        self.window_days = window_days
        self.tolerance = tolerance
        self.alive = alive
        self.steps = steps
        self.step_days = step_days

    def fit(self, table: Table) -> Self:
        """Stage everyone now and at each step back (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        now = kept(rhythm(table, self.analysis_date))
        self._model = alive_model(now, self.analysis_date)
        self.result_ = kept(self._at(table, self.analysis_date, now))
        later, counts = self.result_, np.zeros((len(STAGES), len(STAGES)))
        history = [self._counted(later, self.analysis_date)]
        for back in range(1, self.steps + 1):
            on = self.analysis_date - timedelta(days=back * self.step_days)
            earlier = kept(self._at(table, on, rhythm(table, on)))
            counts += _moves(earlier, later)
            history.append(self._counted(earlier, on))
            later = earlier
        self.history_ = pd.concat(history[::-1], ignore_index=True)
        latest = history[0]
        self.counts_ = dict(zip(latest["stage"], map(int, latest["customers"]), strict=True))
        self.transitions_, self.steady_ = markov(counts)
        return self

    def _at(self, table: Table, on: date, life: Table) -> Table:
        half = timedelta(days=self.window_days)
        day = timedelta(days=1)
        recent = customers(table, on, on - half + day).select("customer", ro="orders", ra="amount")
        before = customers(table, on - half, on - 2 * half + day).select(
            "customer", bo="orders", ba="amount"
        )
        total = customers(table, on).select("customer", "orders")
        flat = life.select(
            "customer", lost=is_silent(life, LostRule()), p_alive=alive_column(self._model, life)
        )
        both = flat.inner_join(total, "customer").left_join(recent, "customer")
        both = both.select("customer", "lost", "p_alive", "orders", "ro", "ra")
        both = both.left_join(before, "customer").select(
            "customer", "lost", "p_alive", "orders",
            recent=both["ra"].fill_null(0.0), before=before["ba"].fill_null(0.0),
            ro=both["ro"].fill_null(0), bo=before["bo"].fill_null(0),
        )  # fmt: skip
        return self._staged(kept(both))

    def _staged(self, both: Table) -> Table:
        typical = both["recent"].median(where=both["orders"] >= 3)
        line = both.agg(m=typical).to_pyarrow().to_pylist()[0]["m"] or 0.0
        up, down = 1 + self.tolerance, 1 - self.tolerance
        more = (both["ro"] > both["bo"] * up) | (both["recent"] > both["before"] * up)
        less = (both["recent"] < both["before"] * down) & (both["ro"] <= both["bo"])
        fading = (both["p_alive"] < self.alive).fill_null(False)
        stage = ibis.cases(
            (both["lost"], "lost"),
            (both["orders"] < 3, "exploration"),
            (less | fading, "decline"),
            (more, "formation"),
            (both["recent"] >= round(float(line), 6), "stable"),
            else_="formation",
        )
        return both.select("customer", "orders", "recent", "before", "p_alive", stage=stage)

    def _counted(self, staged: Table, on: date) -> pd.DataFrame:
        rows = staged.group_by("stage").agg(n=staged.count()).to_pyarrow().to_pylist()
        found = {row["stage"]: row["n"] for row in rows}
        return pd.DataFrame({
            "on": on, "stage": list(STAGES), "customers": [found.get(s, 0) for s in STAGES]
        })  # fmt: skip

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en = STAGES[row["stage"]]
        recent, before = f"{row['recent']:,.2f}", f"{row['before']:,.2f}"
        return say(
            language,
            f"{zh}：共 {row['orders']} 单，最近 {self.window_days} 天消费 {recent}，"
            f"此前同样长的时间 {before}。",
            f"{en.capitalize()}: {row['orders']} orders; spent {recent} in the last "
            f"{self.window_days} days, {before} in as many days before.",
        )


def _moves(earlier: Table, later: Table) -> Any:
    to = later.select("customer", to="stage")
    both = earlier.inner_join(to, "customer").group_by("stage", "to").agg(n=lambda t: t.count())
    names, counts = list(STAGES), np.zeros((len(STAGES), len(STAGES)))
    for row in both.to_pyarrow().to_pylist():
        counts[names.index(row["stage"]), names.index(row["to"])] = row["n"]
    return counts


def markov(counts: Any) -> tuple[pd.DataFrame, dict[str, float]]:
    """Row shares of a square table of moves between `STAGES`, and the distribution they lead to.

    Parameters:
        counts: customers by earlier (rows) and later stage (columns), in the order of `STAGES`.

    Returns:
        (probabilities, share of each stage in the long run): the stationary distribution reached
        from the shares seen last; NaN where nobody moved.  Source: Pfeifer and Carraway 2000.
    """
    names, sums = list(STAGES), counts.sum(axis=1, keepdims=True)
    matrix = np.where(sums > 0, counts / np.where(sums > 0, sums, 1), np.eye(len(names)))
    if not sums.sum():
        return pd.DataFrame(matrix, names, names), dict.fromkeys(names, float("nan"))
    share = counts.sum(axis=0) / counts.sum()
    # half-steps damp cycles without moving the stationary point
    power = np.linalg.matrix_power((matrix + np.eye(len(names))) / 2, 1 << 16)
    steady = dict(zip(names, (float(v) for v in share @ power), strict=True))
    return pd.DataFrame(matrix, names, names), steady
