"""Runs every method over the clean lines, one timed step after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table
from threadpoolctl import threadpool_limits

from huike.insight.basket import BasketRules
from huike.insight.clv.bg_nbd import BGNBD
from huike.insight.clv.gamma_gamma import GammaGamma, spend_pairs
from huike.insight.clv.hold_out import hold_out
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.clv.pareto_nbd import ParetoNBD
from huike.insight.clv.transactions import TimeUnit, TransactionModel, grouped
from huike.insight.estimator import kept
from huike.insight.lifecycle.cohorts import Cohorts
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.survival import KaplanMeier
from huike.insight.purchases import remembered, repeat_summary
from huike.insight.report.analysis import Analysis, Progress, StepFailed
from huike.insight.report.aside import Aside, Errand
from huike.insight.report.learning import (
    MOST_FITTED,
    horizon_for,
    keep_one_in,
    profiles_of,
    sample_of,
    warned_of,
)
from huike.insight.report.reading.cleaning import Cleaned
from huike.insight.report.reading.source import CannotAnalyse
from huike.insight.scorecard import scorecard
from huike.insight.value.abc import ABC
from huike.insight.value.pyramid import ProfitPyramid, SpendPyramid
from huike.insight.value.rfm import RFM

CHURN_FITTED = MOST_FITTED // 2
WARNED = "warned.parquet"
MOST_BASKET_LINES = 4_000_000
MOST_ASIDE = 1_000_000
MOST_LISTED = 20_000
REPEAT_MODELS: dict[str, type[TransactionModel]] = {"bg_nbd": BGNBD, "pareto_nbd": ParetoNBD}


STEPS = (
    "figures", "abc", "rfm", "pyramid", "models", "holdout", "matrix", "lifecycle", "rules",
    "scorecard", "groups", "churn",
)  # fmt: skip


def analyse(
    cleaned: Cleaned,
    *,
    calibration_end: date | None = None,
    time_unit: TimeUnit = "week",
    progress: Progress = lambda name: None,
    aside: Aside | None = None,
) -> Analysis:
    """All methods over the cleaned lines; nothing after the last day is read.

    calibration_end: models are fitted up to this day and judged on what came after. By default
    they are fitted on everything, and judged apart by a fit to the first three quarters.
    aside: a process that works on churn and groups meanwhile; without it they run here.
    Raises `CannotAnalyse` if calibration_end does not lie within the data.
    """
    end = cleaned.last
    if calibration_end is not None and not cleaned.first <= calibration_end <= end:
        raise CannotAnalyse(
            f"校准截止日 {calibration_end} 不在数据期间 {cleaned.first} 至 {end} 之内。"
            "请用 --calibration-end 另选一天。",
            f"The calibration end {calibration_end} is not within the data, {cleaned.first} to "
            f"{end}. Choose another with --calibration-end.",
        )
    usual = end - timedelta(days=(end - cleaned.first).days // 4)
    found = Analysis(cleaned, end, calibration_end or usual, calibration_end is not None, time_unit)
    found.aside = aside
    runs: dict[str, Callable[[Analysis], None]] = {
        "figures": _figures, "abc": _abc, "rfm": _rfm, "pyramid": _pyramid, "models": _models,
        "holdout": _holdout, "matrix": _matrix, "lifecycle": _lifecycle, "churn": _churn,
        "rules": _rules, "groups": _groups, "scorecard": _scorecard,
    }  # fmt: skip
    # The problems are small: more threads only wait for each other (6 ms instead of 0.1 a step).
    with threadpool_limits(limits=1), remembered():
        for name in STEPS:
            with found.step(name, progress):
                runs[name](found)
            found.seconds[name] = found.seconds_aside.get(name, found.seconds[name])
            if name == "figures" and found.aside and not found.failed:
                _send_aside(found)
    return found


def few(found: Analysis, step: str, most: int = MOST_FITTED) -> Table | None:
    """The orders to learn from: of all customers, or of a fixed sample beyond `most`.

    None where all are few enough, so that nothing is computed twice.
    """
    keep = _kept_of(found, step, most)
    if keep not in found.samples:
        found.samples[keep] = sample_of(found.cleaned.orders, keep)
    return found.samples[keep]


def _kept_of(found: Analysis, step: str, most: int) -> int:
    keep = keep_one_in(int(found.figures["customers"]), most)
    if keep > 1:
        found.sampled[step] = f"1/{keep}"
    return keep


def _send_aside(found: Analysis) -> None:
    """The orders written out for the process aside; if that fails its steps are run here.

    Of very many orders a second copy would cost the memory that was promised not to be used.
    """
    if found.aside and found.figures["orders"] > MOST_ASIDE:
        found.aside.end()
        found.aside = None
        return
    folder = found.cleaned.folder
    orders = folder / "learn-orders.parquet"
    keep = _kept_of(found, "churn", CHURN_FITTED)
    errand = Errand(orders, found.cleaned.first, found.analysis_date, keep, folder / WARNED)
    try:
        found.cleaned.orders.to_parquet(orders)
    except Exception:  # what cannot be written here is told by the steps that need it
        found.aside = None
    if found.aside:
        found.aside.give(errand)


def _aside(found: Analysis, step: str) -> Any:
    """What the process aside found; None where the step has to be run here."""
    answer = found.aside.answer(step) if found.aside else None
    if answer is None:
        return None
    found.seconds_aside[step] = answer.seconds
    if answer.failed:
        raise StepFailed(answer.failed)
    return answer.found


def _figures(found: Analysis) -> None:
    orders = found.cleaned.orders
    bought = orders["is_purchase"]
    summed = orders.agg(
        customers=orders["customer"].nunique(),
        buyers=orders["customer"].nunique(where=bought),
        orders=bought.cast("int64").sum(),
        returns=(~bought).cast("int64").sum(),
        revenue=orders["amount"].sum(),
        returned=-orders["amount"].sum(where=~bought).fill_null(0.0),
    )
    found.figures = {k: float(v) for k, v in summed.to_pyarrow().to_pylist()[0].items()}
    month = orders["on"].truncate("M")
    by_month = orders.group_by(month=month).agg(
        revenue=ibis._["amount"].sum(), customers=ibis._["customer"].nunique()
    )
    found.months = by_month.order_by("month").execute()
    if "department" in orders.columns or "department" in found.cleaned.lines.columns:
        found.departments = _departments(found)


def _departments(found: Analysis) -> pd.DataFrame:
    lines = found.cleaned.lines
    by = lines.group_by("department").agg(
        revenue=lines["amount"].sum(), customers=lines["customer"].nunique(),
        orders=lines["order"].nunique(),
    )  # fmt: skip
    frame: pd.DataFrame = by.order_by(ibis.desc("revenue"), "department").limit(20).execute()
    return frame


def _abc(found: Analysis) -> None:
    found.abc = ABC(found.analysis_date).fit(found.cleaned.orders)


def _rfm(found: Analysis) -> None:
    found.rfm = RFM(found.analysis_date).fit(found.cleaned.orders)
    found.rfm.result_ = kept(found.rfm.result_)


def _pyramid(found: Analysis) -> None:
    found.pyramid = SpendPyramid(found.analysis_date).fit(found.cleaned.orders)
    if "cost" in found.cleaned.orders.columns:
        found.profit_pyramid = ProfitPyramid(found.analysis_date).fit(found.cleaned.orders)


def _models(found: Analysis) -> None:
    """Fit on everything, or up to the calibration end that was asked for."""
    until = found.calibration_end if found.calibration_asked else found.analysis_date
    orders = few(found, "models")
    orders = found.cleaned.orders if orders is None else orders
    summary = repeat_summary(orders, until)
    groups = grouped(summary)
    for name, kind in REPEAT_MODELS.items():
        model = kind(until, found.time_unit)
        found.fitted[name] = model.fit_counts(model.counts(groups))
    spend = GammaGamma(until).fit_pairs(*spend_pairs(summary))
    fitted: dict[str, TransactionModel | GammaGamma] = {**found.fitted, "gamma_gamma": spend}
    for name, learned in fitted.items():
        found.models[name] = learned.parameters_ | {"log_likelihood": learned.log_likelihood_}


def _holdout(found: Analysis) -> None:
    orders = few(found, "holdout")
    orders = found.cleaned.orders if orders is None else orders
    groups = grouped(repeat_summary(orders, found.calibration_end))
    for name, fitted in found.fitted.items():
        if fitted.analysis_date != found.calibration_end:
            near = [float(value) for value in fitted.theta]
            fitted = type(fitted)(found.calibration_end, found.time_unit)
            fitted.fit_counts(fitted.counts(groups), start=near)
        found.holdout[name] = hold_out(fitted, orders, found.analysis_date)


def _matrix(found: Analysis) -> None:
    fitted = ValueMatrix(found.analysis_date, time_unit=found.time_unit)
    found.matrix = fitted.fit(found.cleaned.orders, learn_from=few(found, "matrix"))


def _lifecycle(found: Analysis) -> None:
    orders = found.cleaned.orders
    relation = Relation(found.analysis_date)
    found.relation = relation.fit(orders, learn_from=few(found, "lifecycle"))
    found.cohorts = Cohorts(found.analysis_date).fit(orders)
    found.survival = KaplanMeier(found.analysis_date).fit(orders)


def _churn(found: Analysis) -> None:
    """Who may leave, without those who are lost already."""
    first, last = found.cleaned.first, found.analysis_date
    found.churn_horizon = horizon_for(first, last)
    found.churn = _aside(found, "churn")
    if found.churn is None:
        sample = few(found, "churn", CHURN_FITTED)
        found.churn, result = warned_of(found.cleaned.orders, sample, first, last)
    else:
        result = found.cleaned.engine.read_parquet(found.cleaned.folder / WARNED)
    if found.relation is not None:
        # who is lost by now is to be won back, not warned of
        lost = found.relation.result_.filter(ibis._["relation"] == "lost").select("customer")
        result = kept(result.anti_join(ibis.memtable(lost.to_pandas()), "customer"))
    first = result.order_by(ibis.desc("expected_loss"), "customer").limit(MOST_LISTED)
    found.warned = first.execute()
    by_level = result.group_by("level").agg(
        customers=ibis._.count(), expected_loss=ibis._["expected_loss"].sum()
    )
    rows = by_level.to_pyarrow().to_pylist()
    found.risk = {row.pop("level"): row for row in rows}


def _rules(found: Analysis) -> None:
    if "product" not in found.cleaned.lines.columns:
        return
    lines = found.cleaned.lines
    keep = -(-int(lines.count().execute()) // MOST_BASKET_LINES)
    if keep > 1:
        found.sampled["rules"] = f"1/{keep}"
        lines = lines.filter(lines["order"] % keep == 0)
    found.baskets = BasketRules(support=0.01, confidence=0.2, min_count=10, max_length=3).fit(lines)


def _groups(found: Analysis) -> None:
    found.groups = _aside(found, "groups")
    if found.groups is None:
        found.groups = profiles_of(found.cleaned.orders, found.analysis_date)


def _scorecard(found: Analysis) -> None:
    days = min(90, max(7, (found.analysis_date - found.cleaned.first).days // 3))
    start = found.analysis_date - timedelta(days=days - 1)
    found.scorecard = scorecard(found.cleaned.orders, start=start, end=found.analysis_date)
