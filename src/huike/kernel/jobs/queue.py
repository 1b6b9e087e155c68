"""How a room declares background work and asks for it: `@job`, `enqueue`, `cancel`, `again`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.jobs import actors
from huike.kernel.jobs.models import LIVE, Job, State

F = TypeVar("F", bound=Callable[..., Any])
UNTRIED = {"attempts": 0, "losses": 0, "cancel_asked": False, "error": "", "traceback": ""}
fresh = Event()  # set when this process has queued something; wakes a worker in the same process


@dataclass(frozen=True)
class Kind:
    """A declared job: the function and how it is to be run."""

    name: str
    function: Callable[..., Any]
    title: str | Promise
    retries: int
    backoff: timedelta
    queue: str
    priority: int
    atomic: bool


kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    title: str | Promise = "",
    retries: int = 0,
    backoff: timedelta = timedelta(seconds=10),
    queue: str = "default",
    priority: int = 0,
    atomic: bool = False,
) -> Callable[[F], F]:
    """Declare a function of (work: JobRun, **arguments) as the background job `name` ("room.verb").

    `retries` counts the further tries after an unexpected error, the first after `backoff`, each
    pause twice as long. With `atomic` the function and its mark "done" are one transaction: it then
    happens exactly once. Any other job may be run again from its last checkpoint, so what it does
    between two checkpoints must either lie in the checkpoint's transaction or bear repetition.
    """

    def register(function: F) -> F:
        if name in kinds and kinds[name].function.__qualname__ != function.__qualname__:
            raise ValueError(f"there are two jobs called {name}")
        kinds[name] = Kind(name, function, title, retries, backoff, queue, priority, atomic)
        return function

    return register


def enqueue(
    actor: Actor, name: str, /, key: str | None = None, at: datetime | None = None, **arguments: Any
) -> Job:
    """Queue the job `name` for `actor` inside the current transaction, and return it.

    A worker sees it after the commit, never if that fails. Of one `key` only one job waits or runs
    at a time: while it does, that one is returned and nothing is queued. `arguments` must be JSON.
    """
    kind = kinds[name]
    inspect.signature(kind.function).bind(None, **arguments)  # a wrong argument is told here
    actors.check(actor)
    asked = Job(
        name=name,
        key=key,
        arguments=arguments,
        queue=kind.queue,
        priority=kind.priority,
        max_attempts=kind.retries + 1,
        run_at=at or timezone.now(),
        user_id=actor.user_id,
        actor=actor.name,
        language=get_language() or settings.LANGUAGE_CODE,
    )
    queued = _insert(asked)
    transaction.on_commit(fresh.set)
    return queued


def _insert(asked: Job) -> Job:
    while True:
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
                return asked
        except IntegrityError:
            if asked.key is None:
                raise
        # None here: it finished between the two statements, so now there is room for the new one
        if live := Job.objects.filter(name=asked.name, key=asked.key, state__in=LIVE).first():
            return live


def own(actor: Actor, job_id: int) -> Job:
    """Return a job that `actor` queued (an administrator: any); raise PermissionDenied else."""
    found = Job.objects.filter(pk=job_id).first()
    mine = found is not None and actor.user_id is not None and found.user_id == actor.user_id
    if found is None or not (mine or actor.is_unlimited):
        raise PermissionDenied(_("This job is not yours."))
    return found


def cancel(actor: Actor, job_id: int) -> None:
    """Stop a job: at once while it waits, at its next progress or checkpoint while it runs."""
    own(actor, job_id)
    jobs = Job.objects.filter(pk=job_id)
    now = timezone.now()
    if not jobs.filter(state=State.WAITING).update(state=State.CANCELLED, finished_at=now):
        jobs.filter(state=State.RUNNING).update(cancel_asked=True)


def again(actor: Actor, job_id: int) -> Job:
    """Queue a failed or cancelled job once more; it goes on from its last checkpoint."""
    found = own(actor, job_id)
    ended = Job.objects.filter(pk=job_id, state__in=[State.FAILED, State.CANCELLED])
    try:
        with transaction.atomic():
            ended.update(state=State.WAITING, run_at=timezone.now(), finished_at=None, **UNTRIED)
    except IntegrityError:  # the same work was queued anew in the meantime
        return Job.objects.get(name=found.name, key=found.key, state__in=LIVE)
    transaction.on_commit(fresh.set)
    found.refresh_from_db()
    return found
