"""Kills work with kill -9 at random moments and tells what was lost, doubled or half done.

Run: python bench/kills [--times 500] [--seed 1] [--home DIR]
On PostgreSQL: HUIKE_DATABASE=postgresql://… python bench/kills (an empty database)

Each work runs in a process of its own, forked from this one. How long it takes undisturbed is
measured first, so that the kills fall anywhere in it. After each kill the leftover jobs are run to
their end, as the next worker would, and everything that was promised is looked at (promises.py).
One row of a Markdown table for each kind of work.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import click


def main() -> None:
    """Kill as often as was asked for, print the table; exit 1 where a promise was broken."""
    given = _arguments()
    home = given.home or tempfile.mkdtemp(prefix="huike-kills-")
    os.environ |= {"HUIKE_HOME": home, "DJANGO_SETTINGS_MODULE": "huike.site.settings"}
    import django

    django.setup()
    import promises
    import works

    _forked(works.begin)
    rng = Random(given.seed)
    usual = {name: _usual(work, rng) for name, work in works.WORKS.items()}
    killed, ended = Counter[str](), Counter[str]()
    broken: list[str] = []
    n = 0
    while killed.total() < given.times:
        name, seed = list(works.WORKS)[n % len(works.WORKS)], rng.randrange(1 << 30)
        died = _killed(partial(works.WORKS[name], seed), rng.uniform(0, usual[name]))
        (killed if died else ended)[name] += 1
        problems = _asked(works.go_on)
        problems += _asked(partial(promises.broken, name, seed, deep=n % 50 == 49))
        broken += [f"{n} {name} seed {seed}: {problem}" for problem in problems]
        n += 1
    _tell(usual, killed, ended, broken)
    sys.exit(1 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home")
    return parser.parse_args()


def _child(work: Callable[[], object], out: int | None = None) -> int:
    """Start `work` in a process of its own and return its number."""
    from django.db import connections

    connections.close_all()  # a connection does not survive two owners
    if pid := os.fork():
        return pid
    try:
        told = work()
        if out is not None:
            os.write(out, "\n".join(map(str, told or ())).encode()[:60_000])  # type: ignore[call-overload]
        os._exit(0)
    except BaseException:
        if out is not None:
            os.write(out, traceback.format_exc()[-3000:].encode())
        traceback.print_exc()
        os._exit(1)


def _forked(work: Callable[[], object]) -> None:
    if os.waitpid(_child(work), 0)[1]:
        sys.exit("the work failed undisturbed")


def _usual(work: Callable[[int], object], rng: Random) -> float:
    """Return the seconds that the work takes undisturbed, the middle of three."""
    seconds = []
    for _n in range(3):
        started, seed = time.monotonic(), rng.randrange(1 << 30)
        _forked(lambda seed=seed: work(seed))
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


def _killed(work: Callable[[], object], after: float) -> bool:
    """Kill the work after so many seconds; tell whether it was still at it."""
    pid = _child(work)
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def _asked(question: Callable[[], list[str]]) -> list[str]:
    """Return what a process of its own answers, a line each."""
    ours, theirs = os.pipe()
    pid = _child(question, theirs)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return [line for line in told.splitlines() if line]


def _tell(usual: dict[str, float], killed: Counter[str], ended: Counter[str],
          broken: list[str]) -> None:  # fmt: skip
    click.echo("| work | takes s | killed in it | over before the kill | promises broken |")
    click.echo("|---|---|---|---|---|")
    for name, seconds in usual.items():
        wrong = sum(f" {name} seed" in line for line in broken)
        click.echo(f"| {name} | {seconds:.2f} | {killed[name]} | {ended[name]} | {wrong} |")
    click.echo(f"| all | | {killed.total()} | {ended.total()} | {len(broken)} |")
    for line in broken:
        click.echo(line)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
