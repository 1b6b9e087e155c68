"""Holds the lease of a running job from a thread of its own, and brings it news."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, connection

from huike.kernel import organisations
from huike.kernel.jobs.claims import drop_connection, extend
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.run import JobRun

log = logging.getLogger(__name__)
BEAT = timedelta(seconds=1)


@contextmanager
def beating(run: JobRun) -> Iterator[None]:
    """Extend the lease of `run` about once a second until the block ends.

    The thread has its own connection, so neither an open transaction of the job nor its rollback
    touches the lease; a job shorter than one beat never opens it.
    """
    over = Event()
    name = organisations.current()
    thread = Thread(target=_beat, args=(run, over, name), name=f"lease of {run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(run: JobRun, over: Event, organisation: str) -> None:
    pause = min(BEAT, run.lease / 8).total_seconds()
    if over.wait(pause):
        return
    with organisations.working_for(organisation):
        try:
            while not run.lost and not over.wait(pause if _once(run) else pause / 2):
                pass
        finally:
            connection.close()


def _once(run: JobRun) -> bool:
    """Extend the lease once; return False where the database could not be asked."""
    try:
        run.lost = not extend(run.job, run.lease, **run.told)
        asked = Job.objects.filter(pk=run.id).values_list("cancel_asked", flat=True).first()
        run.cancelled = bool(asked)
    except (DatabaseError, InterfaceError) as error:
        log.warning("the lease of job %s could not be extended: %s", run.id, error)
        drop_connection()
        return False
    return True
