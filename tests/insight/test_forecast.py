"""The forecast on series of known truth: who wins, what the interval covers, what is too short."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from huike.insight.estimator import InputError
from huike.insight.forecast import Forecast, foresee
from huike.insight.periods import after, begin, whole_periods
from huike.insight.smoothing import damped, floor, indices, level
from tests.insight.firms import table


def simulated(kind: str, random: np.random.Generator, count: int) -> Any:
    t = np.arange(count)
    season = 1 + 0.3 * np.sin(2 * np.pi * t / 12)
    if kind == "grows with a season":
        return 100 * season * (1 + 0.01 * t) * random.lognormal(0, 0.1, count)
    return 200 + np.cumsum(random.normal(0, 8, count))  # wanders


def covered(kind: str, firms: int, months: int = 36) -> tuple[float, float]:
    """Share of the coming six months inside the 80 % interval; error over that of the floor."""
    random = np.random.default_rng(11)
    inside, error, of_floor = [], 0.0, 0.0
    for _n in range(firms):
        y = simulated(kind, random, months + 6)
        found = foresee(y[:months], 12, 6)
        came = y[months:]
        inside += list((found.low <= came) & (came <= found.high))
        error += float(np.abs(found.value - came).sum())
        of_floor += float(np.abs(floor([y[:months]], 12, 6)[0] - came).sum())
    return float(np.mean(inside)), error / of_floor


@pytest.mark.parametrize("kind", ["grows with a season", "wanders"])
def test_the_interval_covers_what_it_says_and_the_winner_beats_the_floor(kind: str) -> None:
    share, relative = covered(kind, 30)
    assert 0.70 <= share <= 0.90
    assert relative < 0.95


@pytest.mark.long
@pytest.mark.parametrize("kind", ["grows with a season", "wanders"])
@pytest.mark.parametrize("months", [36, 60])
def test_the_interval_covers_what_it_says_over_many_firms(kind: str, months: int) -> None:
    share, relative = covered(kind, 200, months)
    assert 0.75 <= share <= 0.86
    assert relative < 0.95


def test_what_repeats_exactly_is_left_to_the_floor() -> None:
    year = [10.0, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]
    found = foresee(np.array(year * 4), 12, 6)
    assert found.chosen == "floor"
    assert list(found.value) == year[:6]
    assert list(found.low) == list(found.high) == year[:6]


def test_a_steady_trend_is_followed_but_damped() -> None:
    line = np.arange(100.0, 160.0)
    ahead = damped([line], 1, 24)[0]
    assert 159.5 <= ahead[0] <= 160.5
    steps = np.diff(ahead)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()  # each step less than the one before
    assert level([line], 1, 3)[0] == pytest.approx([159] * 3, abs=1)


def test_the_season_is_found_and_put_back() -> None:
    truth = np.tile([0.5, 1.0, 1.5, 1.0], 6)
    assert indices(200 * truth, 4) == pytest.approx([0.5, 1.0, 1.5, 1.0])
    shift = np.tile([-50.0, 0, 50, 0], 6)
    assert indices(shift, 4) == pytest.approx([-50, 0, 50, 0])
    assert level([200 * truth], 4, 4)[0] == pytest.approx([100, 200, 300, 200], rel=1e-6)


def test_nothing_after_an_origin_is_read_in_the_back_test() -> None:
    """Other values at the end change no forecast made before them."""
    y = simulated("grows with a season", np.random.default_rng(3), 48)
    other = np.append(y[:-1], y[-1] * 5)
    before, then = foresee(y, 12, 3).steps, foresee(other, 12, 3).steps
    for name in ("floor", "level", "damped"):
        assert list(before[name]) == list(then[name])
    assert before["actual"].iloc[-1] != then["actual"].iloc[-1]


def test_the_winner_is_the_one_with_the_least_error() -> None:
    found = foresee(simulated("wanders", np.random.default_rng(5), 50), 12, 6)
    models = found.models.set_index("model")
    assert models["mae"].idxmin() == found.chosen == models.index[models["chosen"]][0]
    assert models.loc["floor", "relative"] == 1
    one = np.abs(found.steps[found.chosen] - found.steps["actual"]).mean()
    assert one < np.abs(found.steps["floor"] - found.steps["actual"]).mean()


@pytest.mark.parametrize(("count", "reason"), [(0, "empty"), (7, "short"), (8, "")])
def test_short_and_empty_series_say_so(count: int, reason: str) -> None:
    found = foresee(np.full(count, 5.0), 12, 6)
    assert found.reason == reason
    assert (len(found.value) > 0) is (reason == "")
    assert foresee(np.zeros(30), 12, 6).reason == "empty"


def test_periods_are_whole_ones() -> None:
    found = whole_periods(date(2026, 1, 3), date(2026, 4, 29), "month")
    assert found == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert whole_periods(date(2026, 1, 9), date(2026, 2, 28), "month") == [date(2026, 2, 1)]
    assert begin(date(2026, 4, 29), "week") == date(2026, 4, 27)
    assert whole_periods(date(2026, 4, 28), date(2026, 5, 10), "week") == [date(2026, 5, 4)]
    assert after(date(2026, 11, 1), "month", 3) == date(2027, 2, 1)


def shop(months: int) -> pd.DataFrame:
    """Two customers: each month 30 by the one and 10 by the other; a return, and a cut month."""
    starts = pd.date_range("2024-01-01", periods=months, freq="MS")
    rows = [("big", f"b{m}", day, 30.0) for m, day in enumerate(starts)]
    rows += [("small", f"s{m}", day + pd.Timedelta(days=9), 10.0) for m, day in enumerate(starts)]
    rows += [("big", "back", starts[-1] + pd.Timedelta(days=20), -4.0)]
    rows += [("big", "next", starts[-1] + pd.Timedelta(days=35), 99.0)]
    return pd.DataFrame(rows, columns=["customer", "order", "on", "amount"])


def test_demand_of_a_shop_by_amount_and_by_orders() -> None:
    at = date(2026, 6, 10)  # May 2026 is the last whole month
    found = Forecast(at, horizon=3).fit(table(shop(29)))
    assert list(found.history_["value"]) == [40.0] * 28 + [36.0]
    assert list(found.forecast_["start"]) == [date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]
    assert found.forecast_["value"].iloc[0] == pytest.approx(40, abs=2)
    counted = Forecast(at, measure="orders").fit(table(shop(29)))
    assert list(counted.history_["value"]) == [2.0] * 29
    assert list(counted.forecast_["value"]) == [2.0] * 6
    row = counted.row("small")
    assert row is not None
    assert row["share"] == pytest.approx(11 / 23)  # the big one's order of June counts too
    assert "今后 6 个月约为" in counted.explain("small")
    weeks = Forecast(at, unit="week").fit(table(shop(29)))
    assert weeks.history_["start"].map(lambda day: day.weekday()).eq(0).all()


def test_a_wrong_parameter_is_said() -> None:
    with pytest.raises(InputError, match="month or week"):
        Forecast(date(2026, 1, 1), unit="year")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="level"):
        Forecast(date(2026, 1, 1), level=1)
