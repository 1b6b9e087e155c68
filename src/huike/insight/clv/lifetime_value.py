"""Predicted lifetime value: expected purchases times expected spend, discounted month by month."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.clv.bg_nbd import BGNBD
from huike.insight.clv.gamma_gamma import GammaGamma, spend_pairs
from huike.insight.clv.likelihood import Floats
from huike.insight.clv.mbg_nbd import MBGNBD
from huike.insight.clv.pareto_nbd import ParetoNBD
from huike.insight.clv.transactions import DAYS, KEYS, Counts, TimeUnit, TransactionModel, grouped
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import left_out, money, repeat_summary

ModelName = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
MODELS: dict[str, type[TransactionModel]] = {
    "bg_nbd": BGNBD, "mbg_nbd": MBGNBD, "pareto_nbd": ParetoNBD,
}  # fmt: skip
PAIRS_REFITTED = 20_000


class PredictedValue(Estimator):
    """Customer lifetime value to come (Fader, Hardie and Lee 2005, "RFM and CLV", J. Marketing
    Research 42:4).

    CLV = margin x E(spend) x sum over months k of [E(Y(k)) - E(Y(k-1))] / (1+d)^(k/12).

    Parameters:
        analysis_date: nothing later is read.
        model: "bg_nbd", "mbg_nbd" or "pareto_nbd".
        time_unit: unit of the model's parameters.
        months: horizon.
        discount: yearly rate d.
        margin: profit as a share of the amount (1.0: value in sales).
        bootstrap: resamples of customers for the interval of the total; 0 for none.
        level: coverage of that interval.
        seed: of the resampling.

    Attributes after `fit`:
        transactions_, spend_: the fitted models.
        total_, interval_ (low, high): over all customers; the interval comes from refitting the
        transaction
            model on resampled customers (and the spend model, up to 20,000 distinct pairs).
        result_: customer, first, last, frequency, recency_days, age_days, monetary, p_alive,
            expected_purchases (over the horizon, not discounted), expected_spend, clv.
    """

    key = "predicted_value"
    title = {"zh": "预测终身价值", "en": "Predicted lifetime value"}

    def __init__(
        self,
        analysis_date: date,
        model: ModelName = "bg_nbd",
        time_unit: TimeUnit = "week",
        months: int = 36,
        discount: float = 0.10,
        margin: float = 1.0,
        bootstrap: int = 100,
        level: float = 0.95,
        seed: int = 20_261_123,
    ) -> None:
        if model not in MODELS:
            raise InputError(f"The model must be one of {', '.join(MODELS)}, not {model!r}.")
        if months < 1 or discount <= -1:
            raise InputError("months must be 1 or more, and discount above -1.")
        self.analysis_date = analysis_date
        self.model: ModelName = model
        self.time_unit: TimeUnit = time_unit
        self.months = months
        self.discount = discount
        self.margin = margin
        self.bootstrap = bootstrap
        self.level = level
        self.seed = seed
        self.total_ = float("nan")
        self.interval_ = (float("nan"), float("nan"))

    def fit(self, table: Table, *, learn_from: Table | None = None) -> Self:
        """Learn both models from order lines (contract: `huike.insight.purchases`) and value
        everyone.

        Parameters:
            table: whose customers are valued.
            learn_from: where `table` is very large: a sample of its customers, from which both
                models are learned (and no interval of the total is given).
        """
        self.left_out_ = left_out(table, self.analysis_date)
        summary = kept(repeat_summary(table, self.analysis_date))
        some = summary if learn_from is None else repeat_summary(learn_from, self.analysis_date)
        some = some if learn_from is None else kept(some)
        groups = _spending_groups(some) if self.bootstrap else grouped(some)
        self.transactions_ = MODELS[self.model](self.analysis_date, self.time_unit)
        counts = self.transactions_.counts(groups)
        self.transactions_.fit_counts(counts)
        pairs = spend_pairs(some)
        self.spend_ = GammaGamma(self.analysis_date).fit_pairs(*pairs)
        self.result_ = kept(self._scored(summary))
        total = self.result_["clv"].sum().to_pyarrow().as_py()
        self.total_ = float("nan") if total is None else round(float(total), 4)
        if learn_from is None and self.bootstrap:
            self.interval_ = self._interval(groups, counts, pairs)
        return self

    def predict(self, table: Table | None = None) -> Table:
        """Value per customer, for the fitted or another table."""
        if table is None:
            return self.result_
        return self._scored(kept(repeat_summary(table, self.analysis_date)))

    def _ahead(self, model: TransactionModel, counts: Counts) -> Floats:
        """Expected purchases over the horizon per group, discounted."""
        if not len(counts.customers):
            return np.zeros(0)
        ends, rates = self._months()
        alive = model.p_alive(counts.frequency, counts.recency, counts.age)
        each = np.diff(model.expected_by_age(ends, counts), axis=1, prepend=0.0)
        return np.asarray(alive * (each @ rates))

    def _months(self) -> tuple[Floats, Floats]:
        """The ends of the months ahead in the model's unit, and what is discounted off each."""
        month, k = DAYS["month"] / DAYS[self.time_unit], np.arange(1.0, self.months + 1)
        return month * k, (1 + self.discount) ** (-k / 12)

    def _scored(self, summary: Table) -> Table:
        ends, rates = self._months()
        wanted = {"expected_purchases": np.ones(self.months), "_discounted": rates}
        scored = self.transactions_.foretold(summary, ends, wanted)
        with_spend = scored.mutate(expected_spend=self.spend_.column(scored))
        value = money(with_spend["_discounted"] * with_spend["expected_spend"] * self.margin)
        return with_spend.mutate(clv=value).drop("_discounted")

    def _total(
        self, discounted: Floats, groups: pd.DataFrame, customers: Floats, spend: GammaGamma
    ) -> float:
        """Sum of value over groups: E(spend) is linear in the own mean, so sums per group are
        enough.
        """
        mean = spend.expected(groups["frequency"], groups["mean_spend"])
        return float(np.sum(discounted * customers * mean) * self.margin)

    def _interval(
        self, groups: pd.DataFrame, counts: Counts, pairs: tuple[Floats, Floats, Floats]
    ) -> tuple[float, float]:
        total = int(counts.customers.sum())
        if not (self.bootstrap and total and np.isfinite(self.total_)):
            return float("nan"), float("nan")
        random = np.random.default_rng(self.seed)
        shares = counts.customers / total
        totals = [
            self._resampled(
                groups, counts, random.multinomial(total, shares).astype(float), pairs, random
            )
            for _ in range(self.bootstrap)
        ]
        tail = (1 - self.level) / 2
        low, high = np.nanquantile(totals, [tail, 1 - tail])
        return float(low), float(high)

    def _resampled(
        self,
        groups: pd.DataFrame,
        counts: Counts,
        drawn: Floats,
        pairs: tuple[Floats, Floats, Floats],
        random: np.random.Generator,
    ) -> float:
        used = drawn > 0
        some = Counts(counts.frequency[used], counts.recency[used], counts.age[used], drawn[used])
        model = MODELS[self.model](self.analysis_date, self.time_unit)
        model.fit_counts(some, start=[float(v) for v in self.transactions_.theta])
        spend, (x, z, n) = self.spend_, pairs
        if 0 < len(n) <= PAIRS_REFITTED:
            again = random.multinomial(int(n.sum()), n / n.sum()).astype(float)
            spend = GammaGamma(self.analysis_date).fit_pairs(x, z, again)
        return self._total(self._ahead(model, some), groups[used], some.customers, spend)

    def _sentence(self, row: Row, language: Language) -> str:
        if row["clv"] is None or row["clv"] != row["clv"]:
            return say(language, "数据太少，无法估计价值。", "There are too few data to value.")
        alive, times = f"{row['p_alive']:.0%}", f"{row['expected_purchases']:.1f}"
        spend, value = f"{row['expected_spend']:,.2f}", f"{row['clv']:,.2f}"
        return say(
            language,
            f"今后 {self.months} 个月的价值约 {value}：仍是客户的概率 {alive}，"
            f"预计再买 {times} 次，每次约 {spend}。",
            f"Worth about {value} over the next {self.months} months: {alive} likely to be still a "
            f"customer, {times} purchases expected at about {spend} each.",
        )


def _spending_groups(summary: Table) -> pd.DataFrame:
    """The groups of `grouped`, with the mean over their customers of each one's mean spend."""
    base = grouped(summary)
    valid = summary.filter(summary["monetary"] > 0)
    spent: Any = valid.group_by(KEYS).agg(mean_spend=valid["monetary"].mean()).to_pandas()
    spent = spent.astype(dict.fromkeys(KEYS, "int64")).round({"mean_spend": 6})
    merged = base.merge(spent, on=KEYS, how="left")
    merged["mean_spend"] = merged["mean_spend"].astype(float).fillna(0.0)
    return merged
