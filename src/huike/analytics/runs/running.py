"""One run: load the warehouse, fit every method, keep the results, write the scores."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from threadpoolctl import threadpool_limits

from huike.analytics.models import PastScore, Run, Score
from huike.analytics.queries import last_good_run, values
from huike.analytics.runs import results
from huike.analytics.runs.loading import load, opened
from huike.analytics.runs.measuring import Keep, Measured, measure
from huike.analytics.runs.methods import METHODS, inputs
from huike.analytics.runs.scoring import write_past, write_scores
from huike.analytics.runs.staging import tell_stages
from huike.analytics.runs.telling import findings
from huike.insight.estimator import estimators
from huike.insight.purchases import remembered
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.jobs.run import GivenUp
from huike.warehouse.files import Busy
from huike.warehouse.purchases import purchases
from huike.warehouse.sources import LoadReport

MONTHS_BACK = 12
STALE = timedelta(days=90)  # a firm whose newest order is older is looked at as of that order
CLASSES = ("abc", "rfm_class", "pyramid", "profit_tier", "matrix", "relation", "stage",
           "churn_level")  # fmt: skip
Tell = Callable[[int, int, str], None]


class Running:
    """A run under way, and who is told how far it is."""

    def __init__(self, actor: Actor, run: Run, tell: Tell = lambda done, total, note: None) -> None:
        self.actor = actor
        self.run = run
        self.tell = tell
        self.values = values()
        self.done = 0
        self.total = len(METHODS) + 3  # two loads, and writing

    def carry_out(self) -> Run:
        """Do everything; the scores of the last good run stand until this one has ended well.

        Raises GivenUp, with words for the user, where there is nothing to analyse.
        """
        began = time.perf_counter()
        before = _counted()
        loaded = self._load()
        with opened() as backend:
            newest = _newest(backend)
            if newest is None:
                raise GivenUp(_("There are no orders yet. Import some, and analyse again."))
            self.run.on = _day_of(newest)
            found = self._today(backend)
            self._write(found)
            self._past(backend)
        self._give_back()
        self.run.details = {
            "loaded": _told(loaded),
            "seconds": {**found.seconds, "all": round(time.perf_counter() - began, 1)},
            "failed": found.failed,
            "settings": self.values,
            "set_anew": _set_anew(self.values),
            "moved": _moved(before, _counted()),
            **findings(found),
        }
        return self._end(found)

    def _load(self) -> LoadReport:
        self._step(_("Loading the warehouse"))
        return load(lambda done, total, name: self._say(_("Loading the warehouse")))

    def _give_back(self) -> None:
        """Let the warehouse have the scores, so that figures can be told by class at once.

        Where another load is under way, the next one takes them along.
        """
        with suppress(Busy):
            self._load()

    def _past(self, backend: Any) -> None:
        """Fill in the ends of the months gone by that nobody has looked at yet."""
        known = set(PastScore.everything.values_list("on", flat=True).distinct())
        days = [day for day in _month_ends(self.run.on) if not _in_month(day, known)]
        self.total += len(days)
        for day in days:
            self._step(_("Looking back to %s") % day.isoformat())
            found = self._measure(backend, day)
            write_past(found.scores, day, found.left_alone(), self._chunk)

    def _today(self, backend: Any) -> Measured:
        run = self.run.pk
        return self._measure(backend, self.run.on, keep=lambda fitted: results.keep(run, fitted))

    def _measure(self, backend: Any, day: date, keep: Keep | None = None) -> Measured:
        lines = purchases(backend, day)
        lines = lines.filter(lines["customer"].notnull()).cache()
        is_past = day < self.run.on
        given = inputs(backend, day, self.values, lines, is_past=is_past)
        say = self._say if is_past else self._step
        # the problems are small: more threads only wait for each other
        with threadpool_limits(limits=1), remembered():
            return measure(given, keep=keep, tell=lambda key: say(title_of(key)))

    def _write(self, found: Measured) -> None:
        self._step(_("Writing the scores"))
        write_past(found.scores, found.on, found.left_alone(), self._chunk)
        write_scores(found.scores, found.on, found.left_alone(), self._chunk)
        tell_stages(self._chunk)

    def _end(self, found: Measured) -> Run:
        self.run.customers = len(found.scores)
        self.run.orders = int(found.scores["orders"].sum())
        self.run.problem = "; ".join(
            _("%s failed; its numbers are those of the last good run") % title_of(key)
            for key in found.failed
        )
        close(self.actor, self.run, Run.State.DONE)
        good = Run.objects.filter(state=Run.State.DONE).order_by("-started_at", "-pk")
        results.keep_only(list(good.values_list("pk", flat=True)[: results.RUNS_KEPT]))
        return self.run

    @contextmanager
    def _chunk(self, done: int) -> Iterator[None]:
        self._say("")
        with change(self.actor, "analytics.run", group=None):
            yield

    def _step(self, note: str) -> None:
        self.done += 1
        self._say(note)

    def _say(self, note: str) -> None:
        self.tell(min(self.done, self.total), self.total, note)


def begin(asked_by: str) -> Run:
    """Write down that a run has begun, inside the current change."""
    run = Run(on=timezone.localdate(), asked_by=asked_by)
    run.save()
    return run


def close(actor: Actor, run: Run, state: Run.State, problem: str = "") -> None:
    """Write down how a run ended."""
    run.state, run.finished_at = state, timezone.now()
    run.problem = problem or run.problem
    with change(actor, "analytics.run"):
        run.save()


def title_of(key: str) -> str:
    """Return what a method is called, in the reader's language."""
    return estimators()[key].title["zh" if (get_language() or "zh").startswith("zh") else "en"]


def _newest(backend: Any) -> date | None:
    lines = purchases(backend, timezone.localdate())
    lines = lines.filter(lines["customer"].notnull())
    newest = lines["on"].max().to_pyarrow().as_py()
    return None if newest is None else date.fromisoformat(str(newest)[:10])


def _day_of(newest: date) -> date:
    today = timezone.localdate()
    return newest if today - newest > STALE else today


def _month_ends(on: date) -> list[date]:
    """The last days of the twelve months before that of `on`, the oldest first."""
    found, day = [], on.replace(day=1) - timedelta(days=1)
    for _back in range(MONTHS_BACK):
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


def _in_month(day: date, known: set[date]) -> bool:
    return any((day.year, day.month) == (one.year, one.month) for one in known)


def _counted() -> dict[str, dict[str, int]]:
    """How many customers are in each class now."""
    return {
        name: dict(
            Score.everything.values_list(name).annotate(n=Count("pk")).values_list(name, "n")
        )
        for name in CLASSES
    }


def _moved(before: Mapping[str, dict[str, int]], after: Mapping[str, dict[str, int]]) -> Any:
    """Class by class, how many there were and are, where that differs."""
    return {
        name: {
            key: [before[name].get(key, 0), after[name].get(key, 0)]
            for key in sorted({*before[name], *after[name]})
            if before[name].get(key, 0) != after[name].get(key, 0)
        }
        for name in CLASSES
    }


def _set_anew(now: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The settings that differ from those of the last good run: [then, now]."""
    last = last_good_run()
    then = {} if last is None else last.details.get("settings", {})
    return {k: [then[k], v] for k, v in now.items() if k in then and not _same(then[k], v)}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other)
    return bool(one == other)


def _told(loaded: LoadReport) -> dict[str, Any]:
    return {
        feed.name: {"rows": feed.rows, "read": feed.read, "corrected": sorted(feed.corrected)}
        for feed in loaded.feeds
    }
