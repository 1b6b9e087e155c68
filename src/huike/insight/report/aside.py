"""A process of its own for the steps that learn, so that a second core works on them meanwhile.

It loads its libraries while the file is still being read, gets the orders as a Parquet file, and
answers with what the same functions give in the process of the report. Where it cannot be started
or dies, they simply run there.
"""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

MEMORY = "1000MB"


@dataclass(frozen=True)
class Errand:
    """What is to be learned from: a Parquet file of orders, and who of them is a sample."""

    orders: Path
    first: date
    last: date
    keep: int
    answer: Path
    """Where the warnings go, as Parquet."""


@dataclass(frozen=True)
class Answer:
    """What one step found, or why it failed; `seconds` are those of the other process."""

    found: Any
    failed: str
    seconds: float


class Aside:
    """The other process, as the report sees it; ends with the `with`."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] | None = None
        self._asked = False
        context = multiprocessing.get_context("spawn")
        self._line, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self.end()

    def end(self) -> None:
        """Let it go, with what it holds in memory; it may be called again."""
        self._line.close()
        self._process.kill()
        self._process.join()

    def give(self, errand: Errand) -> None:
        """Let it begin."""
        try:
            self._line.send(errand)
            self._asked = True
        except OSError:
            self._answers = {}

    def answer(self, step: str) -> Answer | None:
        """What came of `step`; waits for it. None where the process never came to it."""
        if not self._asked:
            return None
        if self._answers is None:
            try:
                self._answers = self._line.recv()
            except (EOFError, OSError):
                self._answers = {}
        return self._answers.get(step)


def _serve(line: Connection) -> None:
    import ibis
    from threadpoolctl import threadpool_limits

    from huike.insight.purchases import remembered
    from huike.insight.report import learning

    engine = ibis.duckdb.connect()
    try:
        errand: Errand = line.recv()
    except EOFError:
        return  # the report came to nothing
    engine.raw_sql(f"SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
    engine.raw_sql(
        f"SET temp_directory = '{str(errand.orders.parent).replace(chr(39), chr(39) * 2)}'"
    )
    orders = engine.read_parquet(errand.orders).cache()

    def churn() -> Any:
        sample = learning.sample_of(orders, errand.keep)
        judged, warned = learning.warned_of(orders, sample, errand.first, errand.last)
        warned.to_parquet(errand.answer)
        return judged

    # as in the report itself: the problems are small, and more threads only wait for each other
    with threadpool_limits(limits=1), remembered():
        answers = {
            "churn": _tried(churn),
            "groups": _tried(lambda: learning.profiles_of(orders, errand.last)),
        }
    line.send(answers)


def _tried(step: Any) -> Answer:
    began = time.perf_counter()
    try:
        found, failed = step(), ""
    except Exception as error:
        found, failed = None, f"{type(error).__name__}: {error}"[:300]
    return Answer(found, failed, round(time.perf_counter() - began, 3))
