"""What moved with a run of the analysis, and with the change of a setting before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huike.analytics.jobs import may_run
from huike.analytics.models import Run, Score
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.choices import Choice

MOST_RUNS = 400


@dataclass(frozen=True)
class Moved:
    """One class of one method: how many customers were in it before a run, and after it."""

    method: str
    group: str
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """The first good run that used a setting's new value, and what moved between it and the one
    before.
    """

    run: int
    on: date
    moved: Sequence[Moved]


def moved(actor: Actor, told: Mapping[str, Any] | None) -> list[Moved]:
    """Return a run's moved classes in words; none to those who may not see every customer's score.

    Classes whose field is closed to the reader are left out.
    """
    if not told or not may_run(actor):
        return []
    fields = entity_of(Score).fields(actor)
    found = []
    for name, classes in told.items():
        known = fields.get(name)
        if known is None or not known.is_comparable or not isinstance(known.kind, Choice):
            continue
        labels = {key: str(label) for key, label in known.kind.options.items()}
        found += [
            Moved(known.label, labels.get(key, key), before, after)
            for key, (before, after) in classes.items()
            if key
        ]
    return found


def effects(actor: Actor, changes: Sequence[tuple[str, datetime]]) -> list[Effect | None]:
    """Return what each change (code, moment) of a setting changed; None where no run used it yet.

    Many things move between two runs; the setting is one of them, new orders are another.
    """
    if not changes:
        return []
    since = min(at for _code, at in changes)
    runs = list(
        Run.objects.filter(state=Run.State.DONE, started_at__gte=since)
        .order_by("started_at")
        .values("pk", "on", "started_at", "details__set_anew", "details__moved")[:MOST_RUNS]
    )
    return [_effect(actor, code, at, runs) for code, at in changes]


def _effect(
    actor: Actor, code: str, at: datetime, runs: Sequence[Mapping[str, Any]]
) -> Effect | None:
    for run in runs:
        if run["started_at"] < at:
            continue
        if code not in (run["details__set_anew"] or {}):
            return None  # set back, or set twice, before any run came
        return Effect(run["pk"], run["on"], moved(actor, run["details__moved"]))
    return None
