"""What the models of repeat buying share: grouped counts in, P(alive) and expected purchases
out.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from ibis.expr.types import Column, Table
from numpy.typing import ArrayLike, NDArray

from huike.insight.clv.likelihood import ROUGH, Floats, maximise
from huike.insight.estimator import Estimator, InputError, Language, Row, joined, kept, say
from huike.insight.purchases import left_out, repeat_summary

TimeUnit = Literal["day", "week", "month"]
DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
LEAST_REPEATERS = 10
KEYS = ["frequency", "recency_days", "age_days"]


Classes = tuple[Floats, NDArray[np.intp]]


@dataclass(frozen=True)
class Counts:
    """Customers grouped by what the likelihood needs; arrays of one length, times in the model's
    unit.

    Attributes:
        frequency: repeat purchases x.
        recency: time from first to last purchase t_x, 0 when x is 0.
        age: time from first purchase to the analysis date T, at least t_x.
        customers: how many customers share the row.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @classmethod
    def of(
        cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike = 1.0
    ) -> Counts:
        """Counts from array-likes, single rows or already grouped."""
        x, tx, t, n = np.broadcast_arrays(
            *(np.asarray(values, dtype=float) for values in (frequency, recency, age, customers))
        )
        return cls(np.array(x), np.array(tx), np.array(t), np.array(n))

    def thinned(self) -> Counts:
        """Evenly spaced rows, about `ROUGH` of them: near enough to start a search from."""
        few = slice(None, None, max(1, len(self.customers) // ROUGH))
        return Counts(self.frequency[few], self.recency[few], self.age[few], self.customers[few])

    @cached_property
    def frequencies(self) -> Classes:
        """Distinct x, and for each row which: functions of x alone are taken once per value."""
        return _classes(self.frequency)

    @cached_property
    def recencies(self) -> Classes:
        """Distinct t_x, and for each row which."""
        return _classes(self.recency)

    @cached_property
    def ages(self) -> Classes:
        """Distinct T, and for each row which."""
        return _classes(self.age)


class TransactionModel(Estimator):
    """A model of when customers buy and when they silently leave.

    Parameters:
        analysis_date: nothing later is read.
        time_unit: unit of the parameters: "day", "week" (as in the papers) or "month".
        horizon_days: how far ahead `expected_purchases` looks.

    Attributes after `fit`:
        parameters_: name to value, in the time unit; NaN when there was nothing to fit.
        log_likelihood_: at the maximum.
        converged_: False when data are too thin for the parameters to be told apart.
        customers_: customers with at least one purchase.
        result_: customer, first, last, frequency, recency_days, age_days, monetary, p_alive,
            expected_purchases.
    """

    names: ClassVar[tuple[str, ...]]

    def __init__(
        self, analysis_date: date, time_unit: TimeUnit = "week", horizon_days: int = 365
    ) -> None:
        if time_unit not in DAYS:
            raise InputError(f"The time unit must be day, week or month, not {time_unit!r}.")
        self.analysis_date = analysis_date
        self.time_unit: TimeUnit = time_unit
        self.horizon_days = horizon_days
        self.parameters_: dict[str, float] = {}
        self.log_likelihood_ = float("nan")
        self.converged_ = False
        self.customers_ = 0

    def fit(self, table: Table) -> Self:
        """Learn the parameters from order lines (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        summary = kept(repeat_summary(table, self.analysis_date))
        self.fit_counts(self.counts(grouped(summary)))
        self.result_ = kept(self._scored(summary))
        return self

    def fit_counts(self, counts: Counts, start: list[float] | None = None) -> Self:
        """Learn the parameters from grouped counts in the model's own time unit.

        Parameters:
            counts: the sufficient statistics.
            start: parameters to start from, in the order of `names` (a bootstrap starts warm).
        """
        total = float(counts.customers.sum())
        starts = ([start] if start else []) + self._starts(counts)
        if start is None and len(counts.customers) > 2 * ROUGH:
            # all starting points on a few rows; then all rows, from where the best one ended
            rough = type(self)(self.analysis_date, self.time_unit).fit_counts(counts.thinned())
            starts = [[float(v) for v in rough.theta]]
        found = maximise(lambda theta: self.log_likelihood(theta, counts), starts, total)
        self.parameters_ = dict(zip(self.names, map(float, found.parameters), strict=True))
        repeaters = float(counts.customers[counts.frequency > 0].sum())
        self.log_likelihood_ = found.log_likelihood
        self.converged_ = found.converged and repeaters >= LEAST_REPEATERS
        self.customers_ = int(total)
        return self

    def predict(self, table: Table | None = None) -> Table:
        """P(alive) and expected purchases per customer, for the fitted or another table."""
        if table is None:
            return self.result_
        return self._scored(kept(repeat_summary(table, self.analysis_date)))

    @abstractmethod
    def log_likelihood(self, theta: Floats, counts: Counts) -> tuple[float, Floats]:
        """Log-likelihood and its gradient at natural parameters `theta` (order of `names`)."""

    @abstractmethod
    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Probability of still being a customer at the end of `age`."""

    @abstractmethod
    def expected_if_alive(
        self, horizon: float | Floats, frequency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Expected purchases in the next `horizon` (one, or one for each) of a customer known to
        be alive at `age`.
        """

    def expected(
        self, horizon: float | Floats, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """Expected purchases in the next `horizon` given the history (all in the time unit)."""
        alive = self.p_alive(frequency, recency, age)
        return np.asarray(alive * self.expected_if_alive(horizon, frequency, age))

    def expected_new(self, horizon: float) -> float:
        """Expected repeat purchases of a new customer in the first `horizon` after the first
        purchase.
        """
        return float(self.expected(horizon, [0.0], [0.0], [0.0])[0])

    def counts(self, groups: pd.DataFrame) -> Counts:
        """`Counts` in the model's unit from groups in days (see `grouped`)."""
        unit = DAYS[self.time_unit]
        return Counts.of(
            groups["frequency"],
            groups["recency_days"] / unit,
            groups["age_days"] / unit,
            groups["customers"],
        )

    def expected_by_age(self, horizons: Floats, counts: Counts) -> Floats:
        """Expected purchases given alive, shape (groups, horizons); computed once per (x, T)."""
        (x, at_x), (age, at_age) = counts.frequencies, counts.ages
        pairs, inverse = np.unique(at_x * len(age) + at_age, return_inverse=True)
        x, age = x[pairs // len(age)], age[pairs % len(age)]
        columns = [self.expected_if_alive(float(h), x, age) for h in horizons]
        return np.asarray(np.column_stack(columns)[inverse])

    @property
    def theta(self) -> Floats:
        """The parameters in the order of `names`."""
        return np.array([self.parameters_[name] for name in self.names])

    @abstractmethod
    def _starts(self, counts: Counts) -> list[list[float]]:
        """Starting points for the search."""

    def alive_column(self, summary: Table) -> Column | None:
        """P(alive) as an expression over frequency, recency_days and age_days, if there is one.

        Where it is None, P(alive) is worked out per group of equal histories.
        """
        return None

    def foretold(self, summary: Table, horizons: Floats, weights: Mapping[str, Floats]) -> Table:
        """`summary` with p_alive and, for each name in `weights`, a weighted expectation.

        Parameters:
            summary: see `huike.insight.purchases.repeat_summary`.
            horizons: ends of the periods ahead, rising, in the model's time unit.
            weights: name to one weight per period; the column is the sum over periods of weight x
                expected purchases in it. Expectations are worked out once per (x, T) or history.
        """
        alive = self.alive_column(summary)
        keys = KEYS if alive is None else ["frequency", "age_days"]
        frame: Any = summary.select(*keys).distinct().to_pandas().astype("int64")
        frame = frame.sort_values(keys, ignore_index=True)
        unit = DAYS[self.time_unit]
        x, age = frame["frequency"].to_numpy(float), frame["age_days"].to_numpy(float) / unit
        each = np.zeros((0, len(horizons)))
        if len(frame):
            each = np.diff(
                self.expected_by_age(horizons, Counts.of(x, 0, age)), axis=1, prepend=0.0
            )
        for name, weight in weights.items():
            frame[name] = each @ weight
        if alive is None:
            recency = frame["recency_days"].to_numpy(float) / unit
            frame["p_alive"] = self.p_alive(x, recency, age) if len(frame) else x
        both = joined(summary, frame, keys)
        both = both if alive is None else both.mutate(p_alive=self.alive_column(both))
        return both.select(
            *summary.columns, "p_alive", **{name: both["p_alive"] * both[name] for name in weights}
        )

    def _scored(self, summary: Table) -> Table:
        horizon = np.array([self.horizon_days / DAYS[self.time_unit]])
        return self.foretold(summary, horizon, {"expected_purchases": np.ones(1)})

    def _sentence(self, row: Row, language: Language) -> str:
        if row["p_alive"] is None or row["p_alive"] != row["p_alive"]:
            return say(language, "数据太少，无法判断。", "There are too few data to tell.")
        alive, ahead = f"{row['p_alive']:.0%}", f"{row['expected_purchases']:.1f}"
        times, since = row["frequency"] + 1, row["age_days"] - row["recency_days"]
        return say(
            language,
            f"共购买 {times} 次，最近一次在 {since} 天前：仍是客户的概率为 {alive}，"
            f"预计今后 {self.horizon_days} 天再买 {ahead} 次。",
            f"Bought on {times} days, last {since} days ago: {alive} likely to be still a "
            f"customer, expected to buy {ahead} times in the next {self.horizon_days} days.",
        )


def _classes(values: Floats) -> Classes:
    distinct, at = np.unique(values, return_inverse=True)
    return distinct, at.ravel()


def grouped(summary: Table) -> pd.DataFrame:
    """Customers counted by frequency, recency_days and age_days, in a fixed order."""
    counted: Any = summary.group_by(KEYS).agg(customers=summary.count()).to_pandas()
    return counted.astype("int64").sort_values(KEYS, ignore_index=True)
