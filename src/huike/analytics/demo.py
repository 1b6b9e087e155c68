"""The first analysis of the demo firm, and one maker for each record of the analysis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from huike.analytics.jobs import ask_for_run
from huike.analytics.models import PastScore, Run, Score, Setting
from huike.kernel.actor import Actor
from huike.kernel.records.record import Record

DAY = date(2026, 1, 31)


def fill(say: Callable[[str], None]) -> None:
    """Let the worker analyse the firm as soon as it starts; the pages fill while one looks on."""
    ask_for_run(Actor.system("demo"))


def make_score(**given: Any) -> Score:
    """Return an unsaved score, for tests."""
    return Score(**{"on": DAY, "orders": 3, "amount": 1200, "rfm_class": "111", **given})


def make_past_score(**given: Any) -> PastScore:
    """Return an unsaved past score, for tests."""
    return PastScore(**{"on": DAY, "orders": 3, "amount": 1200, "rfm_class": "111", **given})


def make_run(**given: Any) -> Run:
    """Return an unsaved run, for tests."""
    return Run(**{"on": DAY, "state": Run.State.DONE, **given})


def make_setting(**given: Any) -> Setting:
    """Return an unsaved setting, for tests."""
    return Setting(**{"code": "abc.a", "value": "0.7", **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {
    Score: make_score,
    PastScore: make_past_score,
    Run: make_run,
    Setting: make_setting,
}
