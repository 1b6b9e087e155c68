"""The runs of the analysis as people look at them: what each read, its seconds, what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huike.analytics.governing.effects import Moved, moved
from huike.analytics.jobs import may_run
from huike.analytics.models import Run
from huike.analytics.queries import NEWEST
from huike.analytics.settings import KNOWN
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.models import LIVE, Job
from huike.kernel.kinds.numbers import Number

FEEDS = {
    "campaign_member": _("campaign members"),
    "survey_answer": _("survey answers"),
    "customer": _("customers"),
    "customer_category": _("customer categories"),
    "department": _("departments"),
    "interaction": _("interactions"),
    "product": _("products"),
    "product_group": _("product groups"),
    "sale_line": _("order lines"),
    "staff": _("staff"),
    "task": _("tasks"),
}
MOST = 30
PARTS = ("loaded", "seconds", "failed", "moved", "set_anew")


@dataclass(frozen=True)
class Under:
    """A run under way or waiting: how many of its steps are done, and the step it is at."""

    is_waiting: bool
    done: int
    total: int | None
    note: str

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None


@dataclass(frozen=True)
class Ran:
    """One run as one reader sees it; `texts` holds its fields by name."""

    pk: int
    state: str
    texts: dict[str, str]
    started_at: datetime
    seconds: float | None
    slowest: Sequence[tuple[str, float]]
    read: Sequence[tuple[str, int, int]]  # feed, rows in all, rows read by this run
    failed: Sequence[tuple[str, str]]  # method, what happened
    moved: Sequence[Moved]
    set_anew: Sequence[tuple[str, str, str]]  # setting, then, now


def under_way(actor: Actor) -> Under | None:
    """Return the run that waits or runs, to those who may ask for one."""
    if not may_run(actor):
        return None
    job = Job.objects.filter(name="analytics.run", state__in=LIVE).order_by("pk").first()
    if job is None:
        return None
    return Under(job.state == "waiting", job.done, job.total, job.note)


def ran(actor: Actor, most: int = MOST) -> list[Ran]:
    """Return the newest runs, the newest first.

    Raises PermissionDenied for those who may not look at runs.
    """
    require_any(actor, Run, Op.VIEW)
    rows = list(visible(actor, Run).defer("details").order_by(*NEWEST)[:most])
    keys = [row.pk for row in rows]
    names = [f"details__{part}" for part in PARTS]
    details = {found["pk"]: found for found in Run.objects.filter(pk__in=keys).values("pk", *names)}
    return [_ran(actor, row, details[row.pk]) for row in rows]


def _ran(actor: Actor, row: Run, told: dict[str, Any]) -> Ran:
    fields = entity_of(Run).fields(actor)
    parts = {part: told[f"details__{part}"] or {} for part in PARTS}
    seconds = dict(parts["seconds"])
    whole = seconds.pop("all", None)
    slow = sorted(seconds.items(), key=lambda pair: -pair[1])[:5]
    sees_all = may_run(actor)
    return Ran(
        pk=row.pk,
        state=row.state if "state" in fields else "",
        texts={name: f.text(row) for name, f in fields.items()},
        started_at=row.started_at,
        seconds=whole,
        slowest=[(_method(key), taken) for key, taken in slow],
        read=_read(parts["loaded"]) if sees_all else [],
        failed=[(_method(k), v if sees_all else "") for k, v in parts["failed"].items()],
        moved=moved(actor, parts["moved"]),
        set_anew=[_anew(code, *pair) for code, pair in parts["set_anew"].items()],
    )


def _read(loaded: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Return the feeds with rows, the largest first."""
    found = [
        (str(FEEDS.get(feed, feed)), one["rows"], one["read"])
        for feed, one in loaded.items()
        if one["rows"]
    ]
    return sorted(found, key=lambda one: -one[1])


def _method(key: str) -> str:
    from huike.analytics.runs.running import title_of  # here: the methods take seconds to load
    from huike.insight.estimator import estimators

    return title_of(key) if key in estimators() else key


def _anew(code: str, then: Any, now: Any) -> tuple[str, str, str]:
    known = KNOWN.get(code)
    if known is None:
        return code, str(then), str(now)
    return str(known.label), _said(known.kind, then), _said(known.kind, now)


def _said(kind: Any, value: Any) -> str:
    """Return a setting of a run as people read it; whole settings are not given decimals."""
    text = str(value)
    if isinstance(kind, Number):
        text = f"{float(value):.10g}"
    return str(kind.text(kind.parse(text)))
