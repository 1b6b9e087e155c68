"""Jobs that tests queue, and the worker process that tests start and kill."""

from __future__ import annotations

import argparse
import logging
import os
import time
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from huike.kernel.actor import Actor
from huike.kernel.jobs import actors, schedules
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import cancel, job
from huike.kernel.jobs.run import GivenUp, JobRun
from huike.kernel.jobs.worker import run_worker

TABLE = "CREATE TABLE sample_step (job bigint, step integer, process integer)"


def note(job_id: int, step: int) -> None:
    """Write down that this process did a step of a job."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sample_step VALUES (%s, %s, %s)", [job_id, step, os.getpid()])


def noted(job_id: int | None = None) -> list[tuple[int, int, int]]:
    """Return (job, step, process) of all that was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT job, step, process FROM sample_step ORDER BY job, step")
        return [row for row in cursor.fetchall() if job_id in (None, row[0])]


def user(user_id: int) -> Actor | None:
    """Make the actor of a user as the composition root would; user 404 is gone."""
    return None if user_id == 404 else Actor(name=f"user {user_id}", user_id=user_id, via="job")


@job("sample.steps")
def steps(work: JobRun, count: int, inside: float = 0.0, outside: float = 0.0) -> int:
    """Do numbered steps, each with its checkpoint, waiting inside and outside its transaction."""
    for step in range(work.state.get("next", 0), count):
        work.progress(step, count, f"step {step}")
        with transaction.atomic():
            note(work.id, step)
            time.sleep(inside)
            work.checkpoint({"next": step + 1})
        time.sleep(outside)
    return count


@job("sample.tiny")
def tiny(work: JobRun, value: int = 0) -> int:
    """Do one thing, noted twice if it ran twice."""
    note(work.id, value)
    return value


@job("sample.whole", atomic=True)
def whole(work: JobRun, robbed: bool = False) -> None:
    """Do everything in one transaction, or lose the lease in the middle of it."""
    note(work.id, 0)
    if robbed:
        Job.objects.filter(pk=work.id).update(token=99)


@job("sample.flaky", retries=2, backoff=timedelta(seconds=10))
def flaky(work: JobRun, failures: int) -> str:
    """Fail so many times, then succeed."""
    if work.job.attempts < failures:
        raise ZeroDivisionError("secret detail")
    return "at last"


@job("sample.hopeless", retries=5)
def hopeless(work: JobRun, how: str) -> None:
    """Fail in one of the ways that no retry can mend, or that are not the job's fault."""
    errors: dict[str, BaseException] = {
        "given up": GivenUp("文件已删除"),
        "invalid": ValidationError("不是日期"),
        "database": OperationalError("server closed the connection"),
        "exit": SystemExit(3),
    }
    raise errors[how]


@job("sample.self_cancelling")
def self_cancelling(work: JobRun) -> None:
    """Be cancelled while running, and go on until that is noticed."""
    cancel(Actor.system("test"), work.id)
    for turn in range(1000):
        work.progress(turn)
        time.sleep(0.02)


@job("sample.who")
def who(work: JobRun) -> list[Any]:
    """Tell on whose behalf it runs."""
    return [work.actor.name, work.actor.user_id, work.actor.via, work.actor.is_system]


@job("sample.outside")
def outside(work: JobRun) -> None:
    """Save a checkpoint without a transaction, which is refused."""
    work.checkpoint({})


@job("sample.tick")
def tick(work: JobRun) -> None:
    """Come round every second, where a test asks for it."""


def main() -> None:
    """Work as a process of its own."""
    options = argparse.ArgumentParser()
    options.add_argument("--lease", type=float, default=1)
    options.add_argument("--ticking", action="store_true")
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO)
    actors.register(user)
    if given.ticking:
        schedules.every(seconds=1)(tick)
    run_worker(lease=timedelta(seconds=given.lease), poll=0.1)


if __name__ == "__main__":
    # under its importable name, so that there is only one of each job
    from tests.kernel.jobs import sample

    sample.main()
