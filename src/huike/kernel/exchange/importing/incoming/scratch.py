"""Sorts a file by the key of its groups, beside the database: memory stays flat, nobody waits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from huike.kernel.exchange.formats.tables import Numbered
from huike.kernel.exchange.importing.incoming.intake import storable

PLAIN = frozenset({str, int, float, type(None)})
AT_ONCE = 5000
Group = tuple[str, list[Numbered]]


class Scratch:
    """A file of SQLite that holds the rows of one import; made anew where it was left half done."""

    def __init__(self, path: Path, width: int, key_at: int | None) -> None:
        self.path, self.width, self.key_at = path, width, key_at
        if path.exists() and not self._complete():
            self.remove()
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")

    @property
    def is_full(self) -> bool:
        return bool(self.database.execute("PRAGMA user_version").fetchone()[0])

    def fill(self, rows: Iterable[Numbered], columns: Sequence[int]) -> Iterator[int]:
        """Take all rows; yields how many so far. `columns` are those to look things up by."""
        names = ", ".join(f"c{at}" for at in range(self.width))
        create = f"CREATE TABLE row (line INTEGER PRIMARY KEY, key TEXT, more TEXT, {names})"
        self.database.execute(create)
        marks = ", ".join("?" * (self.width + 3))
        insert = f"INSERT INTO row VALUES ({marks})"
        count = 0
        self.database.execute("BEGIN")
        for batch in _batches(map(self._tuple, rows), AT_ONCE):
            self.database.executemany(insert, batch)
            count += len(batch)
            yield count
        self.database.execute("CREATE INDEX by_key ON row (key, line)")
        for at in columns:
            self.database.execute(f"CREATE INDEX by_c{at} ON row (c{at})")
        self.database.execute("PRAGMA user_version = 1")
        self.database.execute("COMMIT")

    def groups(self, after: str) -> Iterator[Group]:
        """Yield the groups whose key comes after `after`, each with all of its rows."""
        names = ", ".join(f"c{at}" for at in range(self.width))
        found = self.database.execute(
            f"SELECT key, line, more, {names} FROM row WHERE key > ? ORDER BY key, line", [after]
        )
        for key, rows in groupby(found, lambda row: str(row[0])):
            yield key, [(row[1], _cells(row)) for row in rows]

    def most_frequent(self, column: int, value: object, of: int) -> object:
        """Return what stands most often in column `of` where `column` holds `value`."""
        sql = (
            f"SELECT c{of} FROM row WHERE c{column} = ? AND c{of} IS NOT NULL AND c{of} <> ''"
            f" GROUP BY c{of} ORDER BY count(*) DESC, min(line) LIMIT 1"
        )
        found = self.database.execute(sql, [value]).fetchone()
        return found[0] if found else None

    def last(self, column: int, value: object, of: int) -> object:
        """Return the last thing in column `of` where `column` holds `value`."""
        sql = f"SELECT c{of} FROM row WHERE c{column} = ? AND c{of} > 0 ORDER BY line DESC LIMIT 1"
        sql = sql.replace(f"c{of} > 0", f"CAST(c{of} AS REAL) > 0")
        found = self.database.execute(sql, [value]).fetchone()
        return found[0] if found else None

    def close(self) -> None:
        self.database.close()

    def remove(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
        self.path.unlink(missing_ok=True)

    def _complete(self) -> bool:
        try:
            database = sqlite3.connect(self.path)
            try:
                return bool(database.execute("PRAGMA user_version").fetchone()[0])
            finally:
                database.close()
        except sqlite3.DatabaseError:
            return False

    def _tuple(self, numbered: Numbered) -> tuple[object, ...]:
        line, cells = numbered
        if not all(cell.__class__ in PLAIN for cell in cells):
            cells = storable(cells)
        more = None
        if len(cells) > self.width:
            more, cells = json.dumps(cells[self.width :]), cells[: self.width]
        key = f"{line:012d}" if self.key_at is None else str(cells[self.key_at] or "").strip()
        return (line, key or f"\x7f{line:012d}", more, *cells)


def _cells(row: Sequence[object]) -> list[object]:
    cells = list(row[3:])
    return cells + json.loads(str(row[2])) if row[2] else cells


def _batches(rows: Iterable[tuple[object, ...]], size: int) -> Iterator[list[tuple[object, ...]]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
