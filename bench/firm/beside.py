"""Runs an iterator in a process of its own, a few parts ahead of the one that takes them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty
from typing import Any

AHEAD = 4
END = "end of what was made"


@contextmanager
def made_beside(parts: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Give what `parts` yields; it must ask no database. Raises RuntimeError where it broke off."""
    context = multiprocessing.get_context("fork")  # an iterator can't be sent to another process
    queue: Any = context.Queue(AHEAD)
    process = context.Process(target=_make, args=(parts, queue), daemon=True)
    process.start()
    try:
        yield _taken(queue, process)
    finally:
        process.terminate()
        process.join()


def _make(parts: Iterator[Any], queue: Any) -> None:
    for part in parts:
        queue.put(part)
    queue.put(END)


def _taken(queue: Any, process: Any) -> Iterator[Any]:
    while True:
        try:
            part = queue.get(timeout=5)
        except Empty:
            if process.is_alive():
                continue
            raise RuntimeError(f"making the rows broke off (exit {process.exitcode})") from None
        if isinstance(part, str) and part == END:
            return
        yield part
