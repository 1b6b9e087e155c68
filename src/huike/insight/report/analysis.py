"""What an analysis found, step by step, with the seconds it took and what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from ibis.expr.types import Table

from huike.insight.basket import BasketRules
from huike.insight.clv.hold_out import HoldOut
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.clv.transactions import TimeUnit, TransactionModel
from huike.insight.lifecycle.cohorts import Cohorts
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.survival import KaplanMeier
from huike.insight.purchases import customers
from huike.insight.report.aside import Aside
from huike.insight.report.learning import Judged
from huike.insight.report.reading.cleaning import Cleaned
from huike.insight.report.reading.source import CannotAnalyse
from huike.insight.scorecard import Scorecard
from huike.insight.value.abc import ABC
from huike.insight.value.pyramid import ProfitPyramid, SpendPyramid
from huike.insight.value.rfm import RFM

Progress = Callable[[str], None]


class StepFailed(Exception):
    """A step failed in the process aside; says how, in the words of the error there."""


@dataclass
class Analysis:
    """Everything found; frames hold customers by number, `cleaned` knows their names."""

    cleaned: Cleaned
    analysis_date: date
    calibration_end: date
    calibration_asked: bool
    time_unit: TimeUnit
    figures: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    sampled: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    models: dict[str, dict[str, float]] = field(default_factory=dict)
    holdout: dict[str, HoldOut] = field(default_factory=dict)
    months: pd.DataFrame = field(default_factory=pd.DataFrame)
    departments: pd.DataFrame = field(default_factory=pd.DataFrame)
    abc: ABC | None = None
    rfm: RFM | None = None
    pyramid: SpendPyramid | None = None
    profit_pyramid: ProfitPyramid | None = None
    matrix: ValueMatrix | None = None
    relation: Relation | None = None
    cohorts: Cohorts | None = None
    survival: KaplanMeier | None = None
    churn: Judged | None = None
    churn_horizon: int = 90
    warned: pd.DataFrame = field(default_factory=pd.DataFrame)
    risk: dict[str, dict[str, float]] = field(default_factory=dict)
    baskets: BasketRules | None = None
    groups: pd.DataFrame | None = None
    scorecard: Scorecard | None = None

    seconds_aside: dict[str, float] = field(default_factory=dict)
    samples: dict[int, Table | None] = field(default_factory=dict)
    aside: Aside | None = None
    fitted: dict[str, TransactionModel] = field(default_factory=dict)

    @cached_property
    def customers(self) -> Table:
        """Every customer's sums up to the analysis date, worked out once."""
        return customers(self.cleaned.orders, self.analysis_date).cache()

    @contextmanager
    def step(self, name: str, progress: Progress) -> Iterator[None]:
        """Time a step; a method that fails is named in the report and stops nothing else."""
        progress(name)
        began = time.perf_counter()
        try:
            yield
        except CannotAnalyse:
            raise
        except StepFailed as error:
            self.failed[name] = str(error)
        except Exception as error:
            self.failed[name] = f"{type(error).__name__}: {error}"[:300]
        finally:
            self.seconds[name] = round(time.perf_counter() - began, 3)


def names(found: Analysis, kind: str, numbers: Any) -> list[str]:
    """The names of these customers or products, in their order."""
    ids = [int(number) for number in numbers]
    known = found.cleaned.names(kind, ids)
    return [known.get(number, str(number)) for number in ids]
