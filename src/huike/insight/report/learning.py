"""The steps that learn from examples, churn and groups, as they run here or in a process aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from ibis.expr.types import Table

from huike.insight.churn.warning import ChurnWarning
from huike.insight.groups import Groups

EXPLAINED = 2_000
"""How many of the warned, the largest expected losses first, get their reasons."""
MOST_FITTED = 30_000
"""Models of behaviour learn from at most this many customers; beyond it a fixed sample is drawn.

Only the learning: every customer is classed, valued and warned of.
"""
LEARNERS = ("churn", "groups")


@dataclass(frozen=True)
class Judged:
    """How the models of churn did on a later period, and which was taken (see `ChurnWarning`)."""

    comparison_: pd.DataFrame
    calibration_: dict[str, pd.DataFrame]
    chosen_: str


def keep_one_in(customers: int, most: int) -> int:
    """Of how many customers one is learned from, so that no more than `most` are."""
    return max(1, -(-customers // most))


def sample_of(orders: Table, keep: int) -> Table | None:
    """The orders of one customer in `keep`, kept in the engine; None where all are few enough."""
    return None if keep <= 1 else orders.filter(orders["customer"] % keep == 0).cache()


def horizon_for(first: date, last: date) -> int:
    """Days of a lapse that the history can carry: two horizons back, and some before."""
    return max(14, min(90, (last - first).days // 4))


def warned_of(
    orders: Table, learn_from: Table | None, first: date, last: date
) -> tuple[Judged, Table]:
    """The models judged, and the warning of every active customer."""
    warning = ChurnWarning(last, horizon_days=horizon_for(first, last), explained=EXPLAINED)
    warning.fit(orders, learn_from=learn_from)
    judged = Judged(warning.comparison_, warning.calibration_, warning.chosen_)
    return judged, warning.result_


def profiles_of(orders: Table, last: date) -> pd.DataFrame:
    """The groups of customers who buy alike, one row per group."""
    return Groups(analysis_date=last).fit(orders).profiles_
