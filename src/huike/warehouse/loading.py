"""Loads feeds into the warehouse: only what changed, one transaction each, checked by sums."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from huike.warehouse import files
from huike.warehouse.arrays import FeedError, arrow_table
from huike.warehouse.merging import columns_of, create, merge, quoted, stored_columns
from huike.warehouse.star.days import day_table
from huike.warehouse.star.declaring import Stored, Type
from huike.warehouse.star.tables import STORED
from huike.warehouse.trees import flatten

CLOSE = 1e-6  # sums of two databases agree when they differ by less, relatively
Progress = Callable[[int, int, str], None]


class Source(Protocol):
    """A feed as the loader sees it; `huike.kernel.feeds.Feed` is one."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def types(self) -> Mapping[str, Any]: ...
    @property
    def sums(self) -> Sequence[str]: ...
    @property
    def zone(self) -> str: ...
    def mark(self) -> str: ...
    def changed(self, since: str) -> list[int] | None: ...
    def rows(self, keys: Sequence[int] | None = None) -> Iterator[Sequence[Sequence[Any]]]: ...
    def totals(self) -> Mapping[str, float]: ...
    def snapshot(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class FeedReport:
    """How the load of one feed went.

    Attributes:
        read: rows that were read, 0 where they were found unchanged.
        rows: rows that stand in the warehouse afterwards.
        is_full: all rows were read, not only those of changed records.
        corrected: {what: (warehouse, source)} that differed before a full reload.
        wrong: the same, where it differs still; empty when all is well.
        seconds: how long it took.
    """

    name: str
    read: int
    rows: int
    is_full: bool
    corrected: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    wrong: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class LoadReport:
    """How a load went: each feed, and the published copy (the former one when nothing changed)."""

    feeds: tuple[FeedReport, ...]
    published: Path | None
    is_new: bool
    seconds: float

    @property
    def read(self) -> int:
        """Rows read from all feeds."""
        return sum(feed.read for feed in self.feeds)

    @property
    def is_right(self) -> bool:
        """Whether the warehouse agrees with its source in every count and sum."""
        return not any(feed.wrong for feed in self.feeds)


def load(
    sources: Iterable[Source], folder: Path, progress: Progress | None = None, *, full: bool = False
) -> LoadReport:
    """Bring the warehouse in `folder` up to date and publish it.

    Loading twice changes nothing. Each feed is one transaction with its mark; if the process dies,
    the feeds that were done are done, and the published copy is the last good one.

    Parameters:
        progress: called with (feeds done, feeds in all, name of the next feed).
        full: read everything, whatever the marks say.

    Raises:
        files.Busy: another load is under way.
        FeedError: a feed gives what its declaration does not promise.
    """
    started, wanted = time.monotonic(), list(sources)
    reports = []
    with files.writing(folder) as connection:
        made = _prepare(connection, wanted)
        for number, source in enumerate(wanted):
            if progress is not None:
                progress(number, len(wanted), source.name)
            reports.append(_load_one(connection, source, full))
        touched = made or any(report.read or report.corrected for report in reports)
        touched = touched or _is_dirty(connection)
        if touched:
            flatten(connection)
            connection.execute("UPDATE loaded SET is_published = TRUE")
            connection.execute("CHECKPOINT")
    copies = files.published(folder)
    is_new = touched or not copies
    path = files.publish(folder) if is_new else copies[-1]
    return LoadReport(tuple(reports), path, is_new, time.monotonic() - started)


def _prepare(connection: Any, sources: Sequence[Source]) -> bool:
    """Make the tables that are missing; tell whether there were any."""
    connection.execute(
        """CREATE TABLE IF NOT EXISTS loaded (name VARCHAR PRIMARY KEY, mark VARCHAR,
        columns VARCHAR, is_published BOOLEAN, loaded_at TIMESTAMP)"""
    )
    fed = {source.name for source in sources}
    missing = [
        t for t in STORED.values() if t.name not in fed and not columns_of(connection, t.name)
    ]
    for table in missing:
        create(connection, table.name, stored_columns(table))
    days = day_table()
    if columns_of(connection, "day") != days.column_names:
        connection.register("days", days)
        connection.execute("CREATE OR REPLACE TABLE day AS FROM days")
        connection.unregister("days")
        return True
    return bool(missing)


def _is_dirty(connection: Any) -> bool:
    """Whether an earlier load died between a feed's transaction and publishing."""
    return bool(
        connection.execute("SELECT count(*) FROM loaded WHERE NOT is_published").fetchone()[0]
    )


def table_of(source: Source) -> Stored:
    """The table a feed fills: as declared, or, for one that is not, as the feed says itself."""
    table = STORED.get(source.name)
    if table is None:
        return Stored(source.name, source.key, dict(source.types))
    wrong = [n for n, kind in source.types.items() if table.columns.get(n, kind) != kind]
    if wrong or source.key != table.key:
        raise FeedError(f"feed {source.name} differs from its table in {wrong or source.key}")
    return table


def _load_one(connection: Any, source: Source, full: bool) -> FeedReport:
    started, table = time.monotonic(), table_of(source)
    connection.execute("BEGIN")
    try:
        with source.snapshot():
            mark = source.mark()
            keys = _wanted(connection, source, table, full)
            read = _take(connection, source, table, keys)
            wrong, rows = _differences(connection, source, table)
            corrected: Mapping[str, tuple[float, float]] = {}
            if wrong and keys is not None:
                corrected, keys = wrong, None
                read += _take(connection, source, table, None)
                wrong, rows = _differences(connection, source, table)
        _note(connection, source, mark, is_published=not read and not corrected)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    seconds = time.monotonic() - started
    return FeedReport(source.name, read, rows, keys is None, corrected, wrong, seconds)


def _wanted(connection: Any, source: Source, table: Stored, full: bool) -> list[int] | None:
    """The records to read again; None for all, after making the table fit its declaration."""
    known = connection.execute(
        "SELECT mark, columns FROM loaded WHERE name = ?", [table.name]
    ).fetchone()
    columns = stored_columns(table)
    if known is None or known[1] != _declared(source, table):
        _fit(connection, table, columns)
        return None
    return None if full else source.changed(known[0])


def _declared(source: Source, table: Stored) -> str:
    return json.dumps([stored_columns(table), dict(source.types)], sort_keys=True)


def _fit(connection: Any, table: Stored, columns: Mapping[str, Type]) -> None:
    """Make the table anew; one with history keeps the columns that it had."""
    before = columns_of(connection, table.name)
    if not (before and table.history):
        create(connection, table.name, columns)
        return
    create(connection, "fitted", columns, "TEMP")
    both = ", ".join(quoted(name) for name in columns if name in before)
    connection.execute(f"INSERT INTO fitted ({both}) SELECT {both} FROM {quoted(table.name)}")
    create(connection, table.name, columns)
    connection.execute(f"INSERT INTO {quoted(table.name)} FROM fitted")


def _take(connection: Any, source: Source, table: Stored, keys: list[int] | None) -> int:
    """Read the rows and merge them; return how many."""
    if keys is not None and not keys:
        return 0
    if keys is None and not table.history and source.mark():
        connection.execute(f"DELETE FROM {quoted(table.name)}")
        return _append(connection, source, table, table.name)
    create(connection, "incoming", table.columns, "TEMP")
    read = _append(connection, source, table, "incoming", keys)
    if keys is None and not source.mark() and _is_same(connection, table):
        read = 0
    else:
        merge(connection, table, "incoming", keys)
    connection.execute("DROP TABLE incoming")
    return read


def _append(
    connection: Any, source: Source, table: Stored, target: str, keys: list[int] | None = None
) -> int:
    """Put the source's rows into the table `target`, batch by batch; return how many."""
    unknown = source.types.keys() - table.columns.keys()
    if unknown:
        raise FeedError(f"feed {source.name} has columns that nobody declared: {sorted(unknown)}")
    names, read = ", ".join(map(quoted, source.types)), 0
    for batch in source.rows(keys):
        connection.register("batch", arrow_table(batch, source.types, source.zone))
        connection.execute(f"INSERT INTO {quoted(target)} ({names}) SELECT {names} FROM batch")
        connection.unregister("batch")
        read += len(batch)
    return read


def _is_same(connection: Any, table: Stored) -> bool:
    """Whether what came in is what stands there: a feed without a journal is read every time."""
    if table.history:
        return False
    names = ", ".join(map(quoted, table.columns))
    here, there = f"SELECT {names} FROM {quoted(table.name)}", f"SELECT {names} FROM incoming"
    found = connection.execute(
        f"SELECT (SELECT count(*) FROM ({here} EXCEPT ALL {there}))"
        f" + (SELECT count(*) FROM ({there} EXCEPT ALL {here}))"
    ).fetchone()
    return not found[0]


def _differences(
    connection: Any, source: Source, table: Stored
) -> tuple[dict[str, tuple[float, float]], int]:
    """Compare the table with its source; return what differs, and the number of rows."""
    only = " WHERE is_current" if table.history else ""
    asked = ["count(*)", *(f"coalesce(sum({quoted(name)}), 0)" for name in source.sums)]
    found = connection.execute(
        f"SELECT {', '.join(asked)} FROM {quoted(table.name)}{only}"
    ).fetchone()
    here = dict(zip(("rows", *source.sums), map(float, found), strict=True))
    there = source.totals()
    wrong = {
        name: (value, float(there[name]))
        for name, value in here.items()
        if abs(value - there[name]) > CLOSE * max(1.0, abs(value))
    }
    return wrong, int(found[0])


def _note(connection: Any, source: Source, mark: str, *, is_published: bool) -> None:
    table = table_of(source)
    before = connection.execute(
        "SELECT is_published FROM loaded WHERE name = ?", [table.name]
    ).fetchone()
    published = is_published and (before is None or bool(before[0]))
    connection.execute(
        "INSERT OR REPLACE INTO loaded VALUES (?, ?, ?, ?, now()::TIMESTAMP)",
        [table.name, mark, _declared(source, table), published],
    )
