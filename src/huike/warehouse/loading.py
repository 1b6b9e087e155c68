"""Loads feeds into the warehouse: only what changed, one transaction each, checked by sums."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from huike.warehouse import files
from huike.warehouse.arrays import FeedError, arrow_table
from huike.warehouse.merging import columns_by_table, create, merge, quoted, stored_columns
from huike.warehouse.sources import FeedReport, LoadReport, Progress, Source
from huike.warehouse.star.days import day_table
from huike.warehouse.star.declaring import Stored, Type
from huike.warehouse.star.tables import STORED
from huike.warehouse.trees import flatten

Columns = Mapping[str, list[str]]  # of every table, as a load found them
CLOSE = 1e-6  # sums of two databases agree when they differ by less, relatively


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
    with files.alone(folder):
        with files.writing(folder) as connection:
            before = columns_by_table(connection)
            _prepare(connection, folder, wanted, before)
            for number, source in enumerate(wanted):
                if progress is not None:
                    progress(number, len(wanted), source.name)
                reports.append(_load_one(connection, folder, source, before, full))
            is_new = files.differs(folder)
            if is_new:
                flatten(connection)
                connection.execute("CHECKPOINT")
        path = files.publish(folder) if is_new else files.published(folder)[-1]
    return LoadReport(tuple(reports), path, is_new, time.monotonic() - started)


def _prepare(connection: Any, folder: Path, sources: Sequence[Source], before: Columns) -> None:
    """Make the tables that are missing."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS loaded (name VARCHAR PRIMARY KEY, mark VARCHAR, types VARCHAR)"
    )
    fed = {source.name for source in sources}
    missing = STORED.keys() - fed - before.keys()
    for table in (STORED[name] for name in sorted(missing)):
        create(connection, table.name, stored_columns(table))
        files.will_differ(folder)
    connection.register("days", day_table())
    if "day" not in before or not _are_the_days(connection):
        connection.execute("CREATE OR REPLACE TABLE day AS FROM days")
        files.will_differ(folder)
    connection.unregister("days")


def table_of(source: Source) -> Stored:
    """The table a feed fills: as declared, or, for one that is not, as the feed says itself."""
    table = STORED.get(source.name)
    if table is None:
        return Stored(source.name, source.key, dict(source.types))
    wrong = [n for n, kind in source.types.items() if table.columns.get(n, kind) != kind]
    if wrong or source.key != table.key:
        raise FeedError(f"feed {source.name} differs from its table in {wrong or source.key}")
    return table


def _load_one(
    connection: Any, folder: Path, source: Source, before: Columns, full: bool
) -> FeedReport:
    started, table = time.monotonic(), table_of(source)
    connection.execute("BEGIN")
    try:
        with source.snapshot():
            mark, stood = source.mark(), before.get(table.name, [])
            known = connection.execute(
                "SELECT mark, types FROM loaded WHERE name = ?", [table.name]
            ).fetchone()
            table, keys = _wanted(connection, source, table, stood, known)
            keys = None if full else keys
            read = _take(connection, source, table, keys)
            wrong, rows = _differences(connection, source, table)
            corrected: Mapping[str, tuple[float, float]] = {}
            if wrong and keys is not None:
                corrected, keys = wrong, None
                read += _take(connection, source, table, None)
                wrong, rows = _differences(connection, source, table)
        is_new = stood != [*stored_columns(table)]
        if read or keys or corrected or is_new:  # of a purged record there is nothing to read
            files.will_differ(folder)
        if known != (mark, _fed(source)):
            connection.execute(
                "INSERT OR REPLACE INTO loaded (name, mark, types) VALUES (?, ?, ?)",
                [table.name, mark, _fed(source)],
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    seconds = time.monotonic() - started
    return FeedReport(source.name, read, rows, keys is None, corrected, wrong, seconds)


def _wanted(
    connection: Any, source: Source, table: Stored, stood: list[str], known: Any
) -> tuple[Stored, list[int] | None]:
    """The records to read again; None for all, after making the table fit its declaration.

    Also the table, whose history leaves out columns that the feed did not give before: that they
    are filled now is no change of the record.
    """
    columns = stored_columns(table)
    if known and known[1] == _fed(source) and stood == [*columns]:
        return table, source.changed(known[0])
    _fit(connection, table, stood, columns)
    before = table.history & json.loads(known[1]).keys() if known else table.history
    return replace(table, history=before or table.history), None


def _fed(source: Source) -> str:
    return json.dumps(dict(source.types), sort_keys=True)


def _fit(connection: Any, table: Stored, stood: list[str], columns: Mapping[str, Type]) -> None:
    """Make the table anew; one with history keeps the columns that it had."""
    if not (stood and table.history):
        create(connection, table.name, columns)
        return
    create(connection, "fitted", columns, "TEMP")
    both = ", ".join(quoted(name) for name in columns if name in stood)
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
    names = map(quoted, table.columns)
    unmarked = keys is None and not source.mark() and not table.history
    if unmarked and _is_same(connection, table.name, "incoming", names):
        read = 0  # without a journal all is read every time
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


def _is_same(connection: Any, table: str, incoming: str, columns: Iterable[str]) -> bool:
    """Whether what came in is what stands there."""
    names = ", ".join(columns)
    here, there = f"SELECT {names} FROM {quoted(table)}", f"SELECT {names} FROM {incoming}"
    found = connection.execute(
        f"SELECT (SELECT count(*) FROM ({here} EXCEPT ALL {there}))"
        f" + (SELECT count(*) FROM ({there} EXCEPT ALL {here}))"
    ).fetchone()
    return not found[0]


def _are_the_days(connection: Any) -> bool:
    """Whether the stored days are those that are known now: by a digest, they are 22,000."""
    here, there = (f"(SELECT bit_xor(hash(d)) FROM {name} AS d)" for name in ("day", "days"))
    return bool(connection.execute(f"SELECT {here} = {there}").fetchone()[0])


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
