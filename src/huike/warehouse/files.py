"""The warehouse's files: one that is written, and copies of it that are published for reading.

DuckDB lets one process write a file or several read it. So loads work on `loading.duckdb`, and
whoever asks reads `published-<n>.duckdb`, which is never written again: a load that dies in the
middle leaves the last published copy as it was.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

LOADING, UNPUBLISHED = "loading.duckdb", "unpublished"
PUBLISHED = re.compile(r"published-(\d{8})\.duckdb")
KEPT = 2  # the newest, and the one before: a reader may just have looked up its name
TRIES = 5

_reading = Lock()
# by process too: what was opened before a fork is of no use after it
_open: dict[tuple[int, Path], tuple[Path, Any]] = {}


class Busy(RuntimeError):
    """Another load is under way."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one, in all processes, who loads and publishes here.

    The system takes the lock away from a process that dies.

    Raises:
        Busy: another load is under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("another load of the warehouse is under way") from error
        yield


@contextmanager
def writing(folder: Path) -> Iterator[Any]:
    """A connection to the file that is written, for who is `alone`.

    A file that can't be read is put aside and made anew from the newest published copy.
    """
    connection = _opened_for_writing(folder)
    try:
        yield connection
    finally:
        connection.close()


def _opened_for_writing(folder: Path) -> Any:
    file = folder / LOADING
    if not file.exists():
        _start_from_published(folder)
    with suppress(duckdb.Error):
        return duckdb.connect(str(file))
    for part in (file, folder / f"{LOADING}.wal"):
        if part.exists():
            part.replace(part.with_name(part.name + ".broken"))
    _start_from_published(folder)
    return duckdb.connect(str(file))


def _start_from_published(folder: Path) -> None:
    """Begin with what was published last: it knows the history, which no source can tell again."""
    if copies := published(folder):
        part = folder / f"{LOADING}.part"
        shutil.copyfile(copies[-1], part)
        part.replace(folder / LOADING)


def differs(folder: Path) -> bool:
    """Whether the loaded file holds what is not published yet."""
    return (folder / UNPUBLISHED).exists() or not published(folder)


def will_differ(folder: Path) -> None:
    """Note, before anything is committed, that it will have to be published."""
    (folder / UNPUBLISHED).touch()


def published(folder: Path) -> list[Path]:
    """The published copies, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if PUBLISHED.fullmatch(path.name))


def publish(folder: Path) -> Path:
    """Copy the loaded file under the next number, for who is `alone`; drop old copies."""
    copies = published(folder)
    number = 1
    if copies and (found := PUBLISHED.fullmatch(copies[-1].name)):
        number = int(found[1]) + 1
    target = folder / f"published-{number:08d}.duckdb"
    part = target.with_suffix(".part")
    shutil.copyfile(folder / LOADING, part)
    part.replace(target)
    (folder / UNPUBLISHED).unlink(missing_ok=True)
    for old in copies[: -(KEPT - 1)]:
        old.unlink(missing_ok=True)  # who reads it keeps it until closing
    return target


@contextmanager
def reading(folder: Path) -> Iterator[Any]:
    """A cursor on the newest published copy, or None where nothing was published yet.

    The file is opened once per process and shared; a cursor belongs to one thread. It closes when
    nothing refers to it any more: tables that Ibis cached on it are dropped through it.
    """
    connection = _newest(folder)
    yield None if connection is None else connection.cursor()


def _newest(folder: Path) -> Any:
    for again in range(TRIES):
        copies = published(folder)
        if not copies:
            return None
        with _reading:
            known = _open.get((os.getpid(), folder))
            if known and known[0] == copies[-1]:
                return known[1]
            try:
                connection = duckdb.connect(str(copies[-1]), read_only=True)
            except duckdb.IOException:
                if again == TRIES - 1:
                    raise
                continue  # two newer ones were published in this moment
            # the former one closes by itself when its last cursor does
            _open[os.getpid(), folder] = (copies[-1], connection)
            return connection
    return None
