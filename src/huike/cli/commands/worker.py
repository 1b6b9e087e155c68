"""huike worker: the process that runs background jobs."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

import click

from huike.cli.ending import leave
from huike.cli.ready import home_option, set_up

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


@click.command("worker")
@home_option
@click.option("--once", is_flag=True, help="Run what is due now, then end.")
@click.option("--child-of", type=int, hidden=True)
def command(home: Path, once: bool, child_of: int | None) -> None:
    """Run background jobs and schedules only; `huike serve` does this by itself.

    Several may run at once, on several machines if the database is PostgreSQL. One that is killed
    in the middle of a job leaves it to the next.

    \b
    Examples:
      huike worker
      huike worker --once
    """
    if child_of:
        die_with(child_of)
    set_up(home)
    from huike.kernel.jobs.worker import run_worker, second_lane

    if once:
        run_worker(once=True)
    else:
        stop = threading.Event()
        with second_lane(stop):
            run_worker(stop=stop)
    leave()


def die_with(parent: int) -> None:
    """End this process when the server that started it is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
    threading.Thread(target=_watch, args=[parent], daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
    os._exit(1)
