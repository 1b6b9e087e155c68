"""Demand of the coming months or weeks: the model that a back-test chose, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.periods import Unit, after, whole_periods
from huike.insight.purchases import left_out, money, reduced
from huike.insight.smoothing import MODELS, Floats

SEASON: dict[str, int] = {"month": 12, "week": 52}
FEWEST = 8  # whole periods
ORIGINS = 36  # of the back-test, at most

TITLES: dict[str, tuple[str, str]] = {
    "floor": ("上年同期", "same period of last year"),
    "naive": ("与上期相同", "same as the last period"),
    "level": ("水平平滑", "smoothed level"),
    "damped": ("阻尼趋势", "damped trend"),
}


@dataclass(frozen=True)
class Foreseen:
    """What is foreseen after a series, and how every model did in the back-test.

    Attributes:
        reason: "" or why nothing is foreseen: "empty" or "short".
        season: length of the season that was used; 1: none, the series is too short for one.
        chosen: key of `MODELS`.
        value, low, high: one number per period ahead; fewer than asked for where the back-test
            holds too few errors so far ahead.
        models: rows model, n, mae, relative (mae over that of the floor), chosen.
        steps: rows place (in the series), actual, and by model what was foreseen one period before.
    """

    reason: str = ""
    season: int = 1
    chosen: str = "floor"
    value: Floats = field(default_factory=lambda: np.zeros(0))
    low: Floats = field(default_factory=lambda: np.zeros(0))
    high: Floats = field(default_factory=lambda: np.zeros(0))
    models: pd.DataFrame = field(default_factory=pd.DataFrame)
    steps: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def name(self) -> str:
        """Key of `TITLES`: the floor is called otherwise where there is no season."""
        return "naive" if self.chosen == "floor" and self.season == 1 else self.chosen


def foresee(values: Floats, season: int, horizon: int, level: float = 0.8) -> Foreseen:
    """What follows a series without gaps, the oldest value first.

    Rolling origin (Tashman 2000): every model foresees from each origin with only what came before.
    The one with the least mean absolute error over all periods ahead is used, the floor unless
    another beats it. The interval is the conformal quantile (Lei and others 2018) of the chosen
    model's errors so many periods ahead, as shares of the last season's mean, so that it widens
    as the firm grows; what the floor of nothing sold cuts off is cut off.
    """
    y = np.asarray(values, dtype=float)
    if not y.any():
        return Foreseen("empty")
    if len(y) < FEWEST:
        return Foreseen("short")
    used, first = _season(len(y), season)
    origins = list(range(max(first, len(y) - ORIGINS), len(y)))
    series = [y[:at] for at in origins]
    told = {name: model(series, used, horizon) for name, model in MODELS.items()}
    actual = np.array([[y[at + h] if at + h < len(y) else np.nan for h in range(horizon)]
                       for at in origins])  # fmt: skip
    mae = {name: float(np.nanmean(np.abs(rows - actual))) for name, rows in told.items()}
    chosen = min(mae, key=lambda name: (round(mae[name], 9), list(MODELS).index(name)))
    scale = np.array([_scale(one, season) for one in series])[:, None]
    half = _half(np.abs(told[chosen] - actual) / scale, level) * _scale(y, season)
    ahead = MODELS[chosen]([y], used, horizon)[0][: len(half)]
    least = 0.0 if y.min() >= 0 else -np.inf
    ahead = np.maximum(ahead, least)
    steps = {name: np.maximum(rows[:, 0], least) for name, rows in told.items()}
    return Foreseen(
        "", used, chosen, ahead, np.maximum(ahead - half, least), ahead + half,
        _compared(mae, chosen, int(np.isfinite(actual).sum())),
        pd.DataFrame({"place": origins, "actual": actual[:, 0], **steps}),
    )  # fmt: skip


def _season(count: int, season: int) -> tuple[int, int]:
    """The season that so many values bear, and the first origin of the back-test."""
    if count >= 2 * season + FEWEST:
        return season, 2 * season
    if count >= season + FEWEST:
        return season, season
    return 1, 4


def _scale(y: Floats, season: int) -> float:
    return float(np.abs(y[-season:]).mean()) or float(np.abs(y).mean()) or 1.0


def _half(errors: Floats, level: float) -> Floats:
    """Half the width for each period ahead, never less than for a nearer one."""
    found = []
    for column in errors.T:
        seen = np.sort(column[np.isfinite(column)])
        rank = math.ceil((len(seen) + 1) * level)
        if not len(seen) or rank > len(seen):
            break
        found.append(seen[rank - 1])
    return np.maximum.accumulate(np.array(found)) if found else np.zeros(0)


def _compared(mae: dict[str, float], chosen: str, n: int) -> pd.DataFrame:
    least = mae["floor"]
    rows = [
        {"model": name, "n": n, "mae": one, "relative": one / least if least else math.nan,
         "chosen": name == chosen}
        for name, one in mae.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


class Forecast(Estimator):
    """Demand by month or week up to the analysis date, and what is foreseen after it.

    Only whole periods are used: the one under way is foreseen too.

    Parameters:
        analysis_date: nothing later is read.
        unit: month or week.
        measure: amount (net of returns) or orders (purchases).
        horizon: periods ahead.
        level: of the interval.

    Attributes after `fit`:
        history_: frame start, value.
        forecast_: frame start, value, low, high; empty where the series is too short.
        foreseen_: model, back-test and interval, see `Foreseen`.
        result_: customer, share (of the last year's demand), expected (that share of what is
            foreseen in all; a customer's own purchases are told by the CLV models).
    """

    key = "forecast"
    title = {"zh": "需求预测", "en": "demand forecast"}

    def __init__(
        self,
        analysis_date: date,
        unit: Unit = "month",
        measure: Literal["amount", "orders"] = "amount",
        horizon: int = 6,
        level: float = 0.8,
    ) -> None:
        if unit not in SEASON or measure not in ("amount", "orders") or horizon < 1:
            raise InputError("unit: month or week; measure: amount or orders; horizon: 1 or more.")
        if not 0 < level < 1:
            raise InputError("level must be between 0 and 1.")
        self.analysis_date = analysis_date
        self.unit: Unit = unit
        self.measure: Literal["amount", "orders"] = measure
        self.horizon = horizon
        self.level = level

    def fit(self, table: Table) -> Self:
        """Add up by period, and foresee (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        placed = reduced(table, self.analysis_date)
        day = placed["on"].cast("date")
        summed = placed.group_by(start=day.truncate("M" if self.unit == "month" else "W")).agg(
            value=self._value(placed), first=day.min(where=placed["is_purchase"])
        )
        rows = summed.to_pandas()
        self.history_ = self._history(rows)
        self.foreseen_ = foresee(
            self.history_["value"].to_numpy(float), SEASON[self.unit], self.horizon, self.level
        )
        self.forecast_ = self._ahead()
        self.result_ = kept(self._shared(placed, day))
        return self

    def _value(self, placed: Table) -> Any:
        if self.measure == "orders":
            return placed["is_purchase"].sum().cast("float64")
        return money(placed["amount"].sum())

    def _history(self, rows: pd.DataFrame) -> pd.DataFrame:
        firsts = pd.to_datetime(rows["first"]).dropna()
        starts = (
            whole_periods(firsts.min().date(), self.analysis_date, self.unit) if len(firsts) else []
        )
        seen = dict(zip(pd.to_datetime(rows["start"]).dt.date, rows["value"], strict=True))
        return pd.DataFrame({"start": starts, "value": [float(seen.get(s, 0.0)) for s in starts]})

    def _ahead(self) -> pd.DataFrame:
        found = self.foreseen_
        last = self.history_["start"].iloc[-1] if len(found.value) else self.analysis_date
        starts = [after(last, self.unit, n) for n in range(1, len(found.value) + 1)]
        return pd.DataFrame(
            {"start": starts, "value": found.value, "low": found.low, "high": found.high}
        )

    def _shared(self, placed: Table, day: Any) -> Table:
        """Each customer's part of the last year, and of what is foreseen (Gross and Sohl 1990)."""
        since = ibis.literal(self.analysis_date - timedelta(days=365))
        by = placed.filter(day > since).group_by("customer").agg(part=self._value(placed))
        part = ibis.greatest(by["part"], 0.0)
        whole = part.sum().over(ibis.window())
        share = ibis.ifelse(whole > 0, part / whole.nullif(0), ibis.null("float64")).round(12)
        total = float(self.forecast_["value"].sum()) if len(self.forecast_) else None
        expected = ibis.null("float64") if total is None else (share * total).round(6)
        return by.select("customer", share=share, expected=expected)

    def _sentence(self, row: Row, language: Language) -> str:
        if row["share"] is None:
            return say(
                language,
                "最近一年没有购买，分不到预测。",
                "Nothing was bought in the last year, so there is no part of a forecast.",
            )
        share = f"{row['share']:.1%}"
        if row["expected"] is None:
            return say(
                language,
                f"占最近一年的 {share}；历史太短，还不能预测。",
                f"{share} of the last year; the history is too short for a forecast.",
            )
        ahead, part = len(self.forecast_), f"{row['expected']:,.2f}"
        unit = {"month": "个月", "week": "周"}[self.unit]
        return say(
            language,
            f"占最近一年的 {share}；按此份额，今后 {ahead} {unit}约为 {part}。",
            f"{share} of the last year; by that share about {part} in the next {ahead}"
            f" {self.unit}s.",
        )
