"""RFM: how recently, how often and for how much a customer bought, scored 1 to 5, and the eight
classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Column, Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out

CLASSES: dict[str, tuple[str, str]] = {
    "111": ("重要价值", "important, to keep as they are"),
    "101": ("重要发展", "important, to develop"),
    "011": ("重要保持", "important, to hold"),
    "001": ("重要挽留", "important, to win back"),
    "110": ("一般价值", "ordinary, active"),
    "100": ("一般发展", "ordinary, to develop"),
    "010": ("一般保持", "ordinary, to hold"),
    "000": ("一般挽留", "ordinary, to win back"),
}
MEASURES = ("recency_days", "frequency", "monetary")


class RFM(Estimator):
    """RFM scores and classes.

    Scores: one more for every break that the value lies strictly beyond on the good side (fewer
    days, more orders, more money); breaks are the quantiles of the customers, or given.  Equal
    values get one score. Classes: a digit is 1 when the value is strictly better than the mean of
    all customers.

    Parameters:
        analysis_date: nothing later is read.
        start: first day of the window; None for everything.
        monetary: "sum" of net amounts, or "mean" per order.
        bins: highest score.
        breaks: instead of quantiles: for each of recency_days, frequency, monetary, `bins` - 1
            rising numbers.

    Attributes after `fit`:
        breaks_: measure to its breaks (NaN without customers).
        means_: measure to its mean.
        customers_: customers with a purchase in the window; others are counted in `left_out_`.
        classes_: frame rfm_class, zh, en, customers, monetary.
        grid_: frame r, f, customers, monetary (mean).
        result_: customer, last, recency_days, frequency, monetary, r, f, m, score (r + f + m),
            rfm_class.

    Source: Hughes 1994, "Strategic database marketing" (quintiles); the classes as used in Chinese
    practice.
    """

    key = "rfm"
    title = {"zh": "RFM 分析", "en": "RFM analysis"}

    def __init__(
        self,
        analysis_date: date,
        start: date | None = None,
        monetary: Literal["sum", "mean"] = "sum",
        bins: int = 5,
        breaks: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        if monetary not in ("sum", "mean"):
            raise InputError(f"monetary must be sum or mean, not {monetary!r}.")
        if breaks is not None and set(breaks) != set(MEASURES):
            raise InputError(f"breaks must name {', '.join(MEASURES)}.")
        self.analysis_date = analysis_date
        self.start = start
        self.monetary: Literal["sum", "mean"] = monetary
        self.bins = bins
        self.breaks = breaks

    def fit(self, table: Table) -> Self:
        """Learn breaks and means, and score everyone (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        measured = kept(self._measured(table))
        self._learn(measured)
        self.result_ = self._scored(measured)
        return self

    def predict(self, table: Table | None = None) -> Table:
        """Scores by the fitted breaks and means, for the fitted or another table."""
        return self.result_ if table is None else self._scored(self._measured(table))

    @property
    def classes_(self) -> pd.DataFrame:
        """Customers and money in each of the eight classes."""
        result = self.result_
        found: Any = result.group_by("rfm_class").agg(
            customers=result.count(), monetary=result["monetary"].sum()
        ).to_pandas()  # fmt: skip
        frame = found.set_index("rfm_class").reindex(list(CLASSES)).fillna(0).reset_index()
        frame["customers"] = frame["customers"].astype(int)
        frame.insert(1, "zh", [CLASSES[code][0] for code in frame["rfm_class"]])
        frame.insert(2, "en", [CLASSES[code][1] for code in frame["rfm_class"]])
        return pd.DataFrame(frame)

    @property
    def grid_(self) -> pd.DataFrame:
        """Customers and mean money by recency and frequency score."""
        result = self.result_
        found: Any = result.group_by("r", "f").agg(
            customers=result.count(), monetary=result["monetary"].mean()
        ).to_pandas()  # fmt: skip
        return pd.DataFrame(found.sort_values(["r", "f"], ignore_index=True))

    def _measured(self, table: Table) -> Table:
        bought = customers(table, self.analysis_date, self.start)
        bought = bought.filter(bought["orders"] > 0)
        amount = bought["amount"]
        if self.monetary == "mean":
            amount = (amount / bought["orders"].nullif(0)).round(4).cast("float64")
        return bought.select(
            "customer", "last", "recency_days", frequency=bought["orders"], monetary=amount
        )

    def _learn(self, measured: Table) -> None:
        levels = [k / self.bins for k in range(1, self.bins)]
        spent = measured["monetary"]
        asked = {"mean": spent.mean()}
        if self.breaks is None:
            # all levels at once: the values are put in order once, not four times
            asked["breaks"] = spent.quantile(levels)
        row = measured.agg(n=measured.count(), **asked).to_pyarrow().to_pylist()[0]
        self.customers_ = int(row["n"])
        self.means_ = {"monetary": _number(row["mean"])}
        self.breaks_ = {"monetary": list(map(_number, row.get("breaks") or [None] * len(levels)))}
        for name in ("recency_days", "frequency"):
            self.means_[name], self.breaks_[name] = _of_whole(measured, name, levels)
        if self.breaks is not None:
            self.breaks_ = {n: sorted(map(float, values)) for n, values in self.breaks.items()}

    def _scored(self, measured: Table) -> Table:
        days, times, spent = (measured[name] for name in MEASURES)
        r = _score([days < line for line in self.breaks_["recency_days"]])
        f = _score([times > line for line in self.breaks_["frequency"]])
        m = _score([spent > line for line in self.breaks_["monetary"]])
        means = self.means_
        digits = [
            days < means["recency_days"], times > means["frequency"], spent > means["monetary"]
        ]  # fmt: skip
        scored = measured.mutate(r=r, f=f, m=m, rfm_class=_code(digits))
        return scored.mutate(score=scored["r"] + scored["f"] + scored["m"]).relocate(
            "rfm_class", after="score"
        )

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en = CLASSES[row["rfm_class"]]
        days, times, spent = row["recency_days"], row["frequency"], f"{row['monetary']:,.2f}"
        scores = f"{row['r']}-{row['f']}-{row['m']}"
        return say(
            language,
            f"{zh}客户（RFM {scores}）：{days} 天前购买，共 {times} 次，金额 {spent}。",
            f"RFM {scores} ({en}): bought {days} days ago, {times} times, amount {spent}.",
        )


def _of_whole(measured: Table, name: str, levels: Sequence[float]) -> tuple[float, list[float]]:
    """The mean and the quantiles of a measure in whole numbers, from how often each occurs.

    Days and orders take few values: counting them is some thirty times faster than putting
    everybody in order. Between two values it interpolates as the engines' quantiles do.
    """
    frame: Any = measured.group_by(name).agg(times=measured.count()).to_pandas()
    if frame.empty:
        return float("nan"), [float("nan")] * len(levels)
    frame = frame.sort_values(name)
    values, upto = frame[name].to_numpy(dtype=float), frame["times"].cumsum().to_numpy()
    places = np.array(levels) * (upto[-1] - 1)
    below, above = (
        values[np.searchsorted(upto, edge, side="right")]
        for edge in (np.floor(places), np.ceil(places))
    )
    found = below + (above - below) * (places - np.floor(places))
    return _number(np.average(values, weights=frame["times"])), list(map(_number, found))


def _number(value: float | None) -> float:
    return float("nan") if value is None else round(float(value), 6)


def _code(digits: Sequence[Column], before: str = "") -> Any:
    """The class as one choice among ready texts: to join three costs an engine more."""
    if not digits:
        return before
    first, *rest = digits
    return ibis.ifelse(first, _code(rest, f"{before}1"), _code(rest, f"{before}0"))


def _score(passed: list[Column]) -> Column:
    score = ibis.literal(1, type="int64")
    for one in passed:
        score = score + one.cast("int64")
    return score
