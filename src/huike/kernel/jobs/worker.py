"""The worker: looks for due jobs in every organisation and runs them one after the other."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.utils import timezone

from huike.kernel import organisations as firms
from huike.kernel.actor import Actor
from huike.kernel.jobs import schedules
from huike.kernel.jobs.claims import LEASE, claim, drop_connection, write
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import enqueue, fresh
from huike.kernel.jobs.run import Watch

log = logging.getLogger(__name__)


def worker_name() -> str:
    """Return host, process and thread, as the job's row tells who runs it."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"[:100]


@dataclass
class _Round:
    """What one worker does again and again."""

    stop: Event
    once: bool
    lease: timedelta
    queues: Collection[str] | None
    least_priority: int | None
    ticks: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def one(self, organisation: str) -> int:
        """Run one due job of an organisation; return how many were run."""
        with firms.working_for(organisation):
            try:
                schedules.fire_due(self.ticks.setdefault(organisation, {}))
                job = claim(
                    worker_name(),
                    lease=self.lease,
                    queues=self.queues,
                    least_priority=self.least_priority,
                )
                if job is None:
                    return 0
                execute(job, lease=self.lease, stopping=self.stop, watch=None)
                return 1
            except (DatabaseError, InterfaceError):
                if self.once:
                    raise
                log.exception("the worker can't reach the database of %s", organisation)
                drop_connection()
                self.stop.wait(2)
                return 0


def run_worker(
    *,
    once: bool = False,
    stop: Event | None = None,
    organisations: Callable[[], Iterable[str]] | None = None,
    queues: Collection[str] | None = None,
    least_priority: int | None = None,
    lease: timedelta = LEASE,
    poll: float = 0.5,
) -> int:
    """Run jobs until `stop` is set or SIGTERM comes; return how many were run.

    With `once` it ends when nothing is due. Organisations take turns, one job each. `queues` limits
    the worker to jobs of these queues, `least_priority` to jobs at least as urgent. On stop a
    running job leaves at its next progress or checkpoint and waits for another worker.
    """
    stop = stop or Event()
    names = organisations or (lambda: firms.names(settings.HOME))
    turn = _Round(stop, once, lease, queues, least_priority)
    ran = 0
    with _stopped_by_signals(stop):
        while not stop.is_set():
            fresh.clear()
            now = sum(turn.one(name) for name in names() if not stop.is_set())
            ran += now
            if once and not now:
                break
            if not now:
                fresh.wait(poll)
    return ran


@contextmanager
def second_lane(stop: Event) -> Iterator[None]:
    """Run what somebody asked for in a thread beside, so that it need not wait for a night's work.

    A run over all customers (its priority is below zero) may take minutes.
    """
    given = {"stop": stop, "least_priority": 0}
    lane = threading.Thread(target=run_worker, kwargs=given, name="second lane", daemon=True)
    lane.start()
    try:
        yield
    finally:
        stop.set()
        fresh.set()
        lane.join()


def run_now(actor: Actor, name: str, /, *, watch: Watch | None = None, **arguments: Any) -> Job:
    """Run a job in this thread instead of queueing it, and return how it ended.

    For the command line: `watch` is called with every progress. If this process is killed, a worker
    goes on from the last checkpoint; after Ctrl-C the job counts as cancelled.
    """
    with transaction.atomic():
        job = enqueue(actor, name, None, None, **arguments)
        job.state, job.token, job.worker = State.RUNNING, 1, worker_name()
        job.started_at, job.lease_until = job.created_at, job.created_at + LEASE
        job.save()
    try:
        execute(job, watch=watch)
    except KeyboardInterrupt:
        write(job, state=State.CANCELLED, finished_at=timezone.now())
        raise
    job.refresh_from_db()
    return job


def go_on_now(job_id: int, *, watch: Watch | None = None) -> Job:
    """Go on in this thread with a job that was interrupted; return how it ended.

    Waits for the lease of a process that was killed to run out, which takes some seconds.
    """
    while (job := _taken(job_id)) is None:
        time.sleep(0.5)
    if job.state == State.RUNNING:
        try:
            execute(job, watch=watch)
        except KeyboardInterrupt:
            write(job, state=State.CANCELLED, finished_at=timezone.now())
            raise
        job.refresh_from_db()
    return job


def _taken(job_id: int) -> Job | None:
    """Take a job that nobody works on; return it as it is once it is done, None while it runs."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        now = timezone.now()
        if job.state == State.DONE:
            return job
        held = job.lease_until is not None and job.lease_until > now
        if job.state == State.RUNNING and held and not _is_dead(job.worker):
            return None
        job.state, job.token, job.worker = State.RUNNING, job.token + 1, worker_name()
        job.lease_until, job.knocked, job.cancel_asked = now + LEASE, False, False
        job.error, job.traceback, job.finished_at = "", "", None
        job.save()
        return job


def _is_dead(worker: str) -> bool:
    """Tell whether a worker was a process of this machine that is gone; then nobody need wait."""
    host, _colon, rest = worker.rpartition(":")[0].partition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def asked(number: int, frame: object) -> None:
        log.info("stopping after signal %d", number)
        stop.set()
        fresh.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
