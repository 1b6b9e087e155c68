"""What a running job holds in its hands: its actor, its saved state, and how it reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import transaction

from huike.kernel.actor import Actor
from huike.kernel.jobs.claims import extend
from huike.kernel.jobs.models import Job

Watch = Callable[[int, int | None, str], None]


class Interrupted(BaseException):
    """The job has to leave now; no `except Exception` around one row may swallow this."""


class Cancelled(Interrupted):
    """Somebody cancelled the job."""


class Stopping(Interrupted):
    """The worker is asked to stop; the job goes on later from its last checkpoint."""


class LostLease(Interrupted):
    """Another worker has the job now; nothing of this one may be written any more."""


class GivenUp(Exception):
    """Raised by a job that can't succeed however often it is tried, with words for the user."""


class JobRun:
    """One run of a job. Only the job's own thread and its heartbeat touch it."""

    def __init__(
        self,
        job: Job,
        actor: Actor,
        *,
        lease: timedelta,
        stopping: Event | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.job = job
        self.actor = actor
        self.lease = lease
        self.lost = False
        self.cancelled = job.cancel_asked
        self._stopping = stopping or Event()
        self._watch = watch
        self._told: dict[str, Any] = {"done": job.done, "total": job.total, "note": job.note}

    @property
    def id(self) -> int:
        return self.job.pk

    @property
    def state(self) -> dict[str, Any]:
        """What the last checkpoint saved; empty at the first start."""
        return dict(self.job.saved)

    @property
    def told(self) -> dict[str, Any]:
        """The progress as fields of the job's row."""
        return self._told

    def leave_if_asked(self) -> None:
        """Raise Interrupted where the job was cancelled or lost, or the worker has to stop."""
        if self.lost:
            raise LostLease
        if self.cancelled:
            raise Cancelled
        if self._stopping.is_set():
            raise Stopping

    def progress(self, done: int, total: int | None = None, note: object = "") -> None:
        """Tell how far the job is: as often as you like, the heartbeat writes it once a second.

        Call it between two pieces of work: it raises Interrupted where the job has to leave.
        """
        self._told = {"done": done, "total": total, "note": str(note)[:300]}
        if self._watch is not None:
            self._watch(done, total, str(note))
        self.leave_if_asked()

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Keep `state` in the transaction that does the work it stands for.

        A job that is killed finds in `.state` what was committed last, neither more nor less.
        Raises Interrupted where the job has to leave, and thereby takes this transaction back.
        """
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("checkpoint() belongs into the transaction that does the work")
        self.leave_if_asked()
        if not extend(self.job, self.lease, saved=state, losses=0, **self.told):
            self.lost = True
            raise LostLease
        self.job.saved, self.job.losses = state, 0
