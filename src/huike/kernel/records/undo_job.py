"""Takes a long group of changes back in the background, each step one transaction that is kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records import undo as undoing

STEP = 1000
TOLD = 50  # of what is left as it is; the rest is counted


@job("records.undo", title=gettext_lazy("Undo"))
def take_back(work: JobRun, group: str) -> dict[str, Any]:
    """Take back all changes of `group`; killed, it goes on after the last step."""
    return undo_in_steps(work, uuid.UUID(group))


def start_undo(actor: Actor, group: uuid.UUID) -> Job:
    """Queue the undoing of a long group; raise ValidationError where nothing can be undone."""
    undoing.require_undo(actor, group)
    return enqueue(actor, "records.undo", key=f"undo:{group}", group=str(group))


def undo_in_steps(work: JobRun, group: uuid.UUID) -> dict[str, Any]:
    """Take back a group as the job `work`; return {"undone", "left", "left_count", "group"}.

    Between two steps the newest part is undone and the rest stands; all steps share one group, so
    that the undo can itself be undone. Nobody else can begin to undo the group meanwhile.
    """
    kept = work.state or _begun(work, group)
    total = undoing.entries_of(group).count()
    while kept["at"] != 0:
        with change(work.actor, "undo", group=uuid.UUID(kept["group"]), undoes=group):
            kept = _step(work.actor, group, kept)
            work.checkpoint(kept)
        work.progress(kept["seen"], total)
    return {name: kept[name] for name in ("undone", "left", "left_count", "group")}


def _begun(work: JobRun, group: uuid.UUID) -> dict[str, Any]:
    """Ask whether it may be undone, and let a room do it whose work is more than rows."""
    undoing.require_undo(work.actor, group)
    with transaction.atomic():
        done = undoing.undo_instead(work.actor, group)
        begun = done or undoing.Undone(uuid.uuid4())
        at = 0 if done else None
        kept = _told(begun, {"at": at, "seen": 0, "undone": 0, "left_count": 0})
        work.checkpoint(kept)
    return kept


def _step(actor: Actor, group: uuid.UUID, kept: dict[str, Any]) -> dict[str, Any]:
    rest = undoing.entries_of(group)
    if kept["at"] is not None:
        rest = rest.filter(pk__lt=kept["at"])
    entries = list(rest[:STEP])
    undone = undoing.Undone(uuid.UUID(kept["group"]))
    undoing.undo_step(actor, entries, undone)
    at = entries[-1].pk if len(entries) == STEP else 0
    return _told(undone, {**kept, "at": at, "seen": kept["seen"] + len(entries)})


def _told(undone: undoing.Undone, kept: dict[str, Any]) -> dict[str, Any]:
    """Add what one step did to what the steps before it did."""
    return {
        **kept,
        "group": str(undone.group),
        "undone": kept["undone"] + undone.count,
        "left_count": kept["left_count"] + len(undone.left),
        "left": [*kept.get("left", ()), *undone.left][:TOLD],
    }
