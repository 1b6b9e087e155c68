"""Runs one claimed job to its end and writes down how it ended, in words for who asked."""

from __future__ import annotations

import json
import logging
import time
import traceback
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huike.kernel.jobs import actors, claims
from huike.kernel.jobs.heartbeat import beating
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import Kind, kinds
from huike.kernel.jobs.run import (
    Cancelled,
    GivenUp,
    Interrupted,
    JobRun,
    LostLease,
    Stopping,
    Watch,
)

log = logging.getLogger(__name__)
Fields = dict[str, Any]
HOPELESS = (GivenUp, ValidationError, PermissionDenied, actors.NobodyThere)
LONGEST_PAUSE = timedelta(hours=1)


def execute(
    job: Job,
    *,
    lease: timedelta = claims.LEASE,
    stopping: Event | None = None,
    watch: Watch | None = None,
) -> None:
    """Run the claimed `job` and settle it. Only an error of the house's own gets out of here."""
    with translation.override(job.language):
        fields = _ending(job, lease, stopping, watch)
        if fields is not None:
            _settle(job, fields | {"lease_until": None, "knocked": False})


def _ending(
    job: Job, lease: timedelta, stopping: Event | None, watch: Watch | None
) -> Fields | None:
    """Run the job's function; return what is still to be written about how it ended."""
    kind = kinds[job.name]
    run: JobRun | None = None
    try:
        actor = actors.actor_for(job.user_id, job.actor)
        run = JobRun(job, actor, lease=lease, stopping=stopping, watch=watch)
        with beating(run):
            ending = _call(kind, run)
    except Interrupted as interruption:
        ending = _interrupted(job, interruption)
    except (OperationalError, InterfaceError) as error:
        claims.drop_connection()
        ending = _disturbed(job, error)
    except (Exception, SystemExit) as error:
        ending = _failed(job, kind, error)
    return ending if run is None or ending is None else run.told | ending


def _call(kind: Kind, run: JobRun) -> Fields | None:
    if not kind.atomic:
        return _done(kind.function(run, **run.job.arguments))
    with transaction.atomic():
        ending = _done(kind.function(run, **run.job.arguments)) | run.told
        if not claims.write(run.job, **ending):
            raise LostLease
    return None


def _done(result: Any) -> Fields:
    json.dumps(result)  # what can't be kept is an error of the job, so it is told here
    now = timezone.now()
    return {"state": State.DONE, "result": result, "finished_at": now, "error": "", "traceback": ""}


def _interrupted(job: Job, interruption: Interrupted) -> Fields | None:
    log.info("%s left: %s", job, type(interruption).__name__)
    if isinstance(interruption, Cancelled):
        return {"state": State.CANCELLED, "finished_at": timezone.now()}
    if isinstance(interruption, Stopping):
        return {"state": State.WAITING, "run_at": timezone.now()}
    return None


def _disturbed(job: Job, error: Exception) -> Fields:
    """The database had trouble: not the job's fault, so it costs no attempt, up to a limit."""
    log.warning("%s was disturbed by the database: %s", job, error)
    told: Fields = {"losses": job.losses + 1, "traceback": traceback.format_exc()}
    if job.losses >= claims.MAX_LOSSES:
        return told | _end(_("The database could not be reached again and again."))
    return told | _later(timedelta(seconds=2) * 2**job.losses)


def _failed(job: Job, kind: Kind, error: BaseException) -> Fields:
    attempts = job.attempts + 1
    told: Fields = {"attempts": attempts, "traceback": traceback.format_exc()}
    if isinstance(error, HOPELESS):
        return told | _end(_words(error))
    log.error("%s failed at attempt %d", job, attempts, exc_info=error)
    if attempts >= job.max_attempts:
        text = _("An unexpected error ended this job. The administrator finds the details here.")
        return told | _end(text)
    text = _("An unexpected error; the job will be tried again by itself.")
    return told | _later(kind.backoff * 2 ** (attempts - 1)) | {"error": text}


def _end(words: str) -> Fields:
    return {"state": State.FAILED, "finished_at": timezone.now(), "error": words}


def _later(pause: timedelta) -> Fields:
    again: datetime = timezone.now() + min(pause, LONGEST_PAUSE)
    return {"state": State.WAITING, "run_at": again}


def _words(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, actors.NobodyThere):
        return _("The person who asked for this job may no longer sign in.")
    return str(error) or _("This is not permitted.")


def _settle(job: Job, fields: Fields) -> None:
    """Write the ending, with patience for a locked or restarting database.

    Where it can't be written at all the lease runs out, and the job goes on from its checkpoint.
    """
    for pause in (0.2, 1, 5, 0):
        try:
            if not claims.write(job, **fields):
                log.warning("%s: another worker has this job now", job)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("the end of %s could not be written: %s", job, error)
            claims.drop_connection()
            time.sleep(pause)
