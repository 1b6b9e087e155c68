"""What people may know of their jobs: how far they are and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huike.kernel.actor import Actor
from huike.kernel.jobs.models import LIVE, Job, State
from huike.kernel.jobs.queue import kinds, own


@dataclass(frozen=True)
class JobState:
    """A job as its owner sees it."""

    id: int
    name: str
    title: str
    state: State
    done: int
    total: int | None
    note: str
    result: Any
    error: str  # words for the owner
    traceback: str  # for administrators only, else empty
    who: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def percent(self) -> int | None:
        """How much is done, or None where the total is unknown."""
        if self.state == State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def is_live(self) -> bool:
        """Whether it still waits or runs, so that the page should ask again."""
        return self.state in LIVE


def job_state(actor: Actor, job_id: int) -> JobState:
    """Return how a job stands; raise PermissionDenied for one that is neither own nor governed."""
    return _shown(own(actor, job_id), actor)


def my_jobs(
    actor: Actor, *, live: bool = False, everyone: bool = False, limit: int = 50
) -> list[JobState]:
    """Return the newest jobs of `actor`, only those that wait or run with `live`.

    `everyone` shows an administrator the jobs of all; from others it changes nothing.
    """
    jobs = Job.objects.order_by("-pk")
    if not (everyone and actor.is_unlimited):
        if actor.user_id is None:
            return []
        jobs = jobs.filter(user_id=actor.user_id)
    if live:
        jobs = jobs.filter(state__in=LIVE)
    return [_shown(job, actor) for job in jobs[:limit]]


def _shown(job: Job, actor: Actor) -> JobState:
    kind = kinds.get(job.name)
    return JobState(
        id=job.pk,
        name=job.name,
        title=str(kind.title) if kind and kind.title else job.name,
        state=State(job.state),
        done=job.done,
        total=job.total,
        note=job.note,
        result=job.result,
        error=job.error,
        traceback=job.traceback if actor.is_unlimited else "",
        who=job.actor,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
