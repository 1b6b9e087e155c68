"""Who runs a job: taking a lease on it, holding it, and writing only while it is held."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import kinds

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
TURNED = timedelta(minutes=5)  # a lease that much too long is of before the clock was turned back
MAX_LOSSES = 5  # without a checkpoint in between: then the job itself must be what kills


def claim(
    worker: str,
    *,
    lease: timedelta = LEASE,
    queues: Collection[str] | None = None,
    least_priority: int | None = None,
) -> Job | None:
    """Take the next job that is due for `worker`, or return None.

    Only jobs of these `queues` and of at least that priority are taken, where given.

    Rows that another worker is just taking are skipped on PostgreSQL; on SQLite the transaction
    holds the only write lock. An idle worker only reads.
    """
    known = Job.objects.filter(name__in=list(kinds))
    if queues is not None:
        known = known.filter(queue__in=list(queues))
    if least_priority is not None:
        known = known.filter(priority__gte=least_priority)
    now = timezone.now()
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + lease + TURNED)
    orphans = known.filter(over, state=State.RUNNING).order_by("pk")
    was_due = Q(run_at__lte=now) | Q(run_at__lte=F("created_at"))  # at once, whatever the clock
    waiting = known.filter(was_due, state=State.WAITING)
    for due in (orphans, waiting.order_by("-priority", "run_at", "pk")):
        if taken := _first(due, worker, lease):
            return taken
    return None


def _first(due: QuerySet[Job], worker: str, lease: timedelta) -> Job | None:
    while due.exists():
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True).first()
            if row is None:
                return None
            if _free(row, lease):
                return _take(row, worker, lease)
    return None


def _free(row: Job, lease: timedelta) -> bool:
    """Tell whether a due job may be taken; where not, change it so that it is due no more.

    The worker of a lease that ran out may only have slept (a suspended laptop) or waited for
    SQLite's write lock. The first call therefore only knocks, which gives it time to answer.
    """
    mine = Job.objects.filter(pk=row.pk, token=row.token)
    if row.cancel_asked:
        mine.update(state=State.CANCELLED, finished_at=timezone.now())
        return False
    if row.state == State.WAITING:
        return True
    if not row.knocked:
        mine.update(knocked=True, lease_until=timezone.now() + lease / 4)
    elif row.losses >= MAX_LOSSES:
        mine.update(state=State.FAILED, finished_at=timezone.now(), error=too_many_losses(row))
    else:
        log.warning("%s is taken over from %s, which is silent", row, row.worker)
        return True
    return False


def too_many_losses(row: Job) -> str:
    """Return the words for a job that has ended with its process again and again."""
    with translation.override(row.language):
        text = _("The program stopped %(count)d times during this job, so it was given up.")
        return text % {"count": row.losses + 1}


def _take(row: Job, worker: str, lease: timedelta) -> Job:
    row.losses += row.state == State.RUNNING
    row.state = State.RUNNING
    row.token += 1
    row.worker = worker
    row.knocked = False
    row.lease_until = timezone.now() + lease
    row.started_at = row.started_at or timezone.now()
    row.save()
    return row


def write(job: Job, **fields: Any) -> bool:
    """Change a job that is still held under `job.token`; return False where it is not any more.

    Inside a transaction this also locks the row, so nobody can take the job before the commit.
    """
    held = Job.objects.filter(pk=job.pk, token=job.token, state=State.RUNNING)
    return bool(held.update(**fields))


def extend(job: Job, lease: timedelta, **fields: Any) -> bool:
    """Hold on to a job for another lease; return False where somebody else has it."""
    return write(job, lease_until=timezone.now() + lease, knocked=False, **fields)


def drop_connection() -> None:
    """Close this thread's connection after trouble, so that the next query opens a new one."""
    if not connection.in_atomic_block:
        connection.close()
