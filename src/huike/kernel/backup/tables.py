"""Which tables a backup holds, read in one glance and written back as they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model, QuerySet

from huike.kernel.backup.archive import Extent
from huike.kernel.backup.values import columns, line, values
from huike.kernel.records.bulk import chunks

# What is made anew elsewhere: people sign in again, and search builds its index from the rows.
LEFT_OUT = frozenset({"django_session", "search_rebuild", "kernel_opening"})
CHUNK = 2000
Progress = Callable[[int], None]


def tables(apps: Apps) -> dict[str, type[Model]]:
    """Return the models of all tables that a backup holds, by the name of the table."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return {name: found[name] for name in sorted(found) if name not in LEFT_OUT}


def lines(model: type[Model]) -> Iterator[bytes]:
    """Yield each row of a table as a line, in the order of the keys."""
    fields = columns(model)
    write = line(fields)
    rows: Any = QuerySet(model).order_by("pk").values_list(*(f.attname for f in fields))
    for row in rows.iterator(chunk_size=CHUNK):
        yield write(row)


def measured(model: type[Model]) -> Extent:
    """Return how many rows a table has and their digest."""
    digest, rows = hashlib.sha256(), 0
    for one in lines(model):
        digest.update(one)
        rows += 1
    return Extent(rows, digest.hexdigest())


def empty(models: Iterable[type[Model]]) -> None:
    """Empty tables that a fresh database fills by itself; constraints are not asked meanwhile."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")


def load(model: type[Model], written: Iterable[bytes], progress: Progress) -> None:
    """Write lines back as rows with their keys."""
    fields = columns(model)
    names = ", ".join(_quoted(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({marks})"
    read = values(fields)
    with connection.cursor() as cursor:
        for some in chunks(written, CHUNK):
            cursor.executemany(sql, [read(one) for one in some])
            progress(len(some))


def counters() -> dict[str, int]:
    """Return the last key that each table gave, so that a key is never given twice."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return dict(cursor.fetchall())
        found = {}
        for table in connection.introspection.table_names(cursor):
            for sequence in connection.introspection.get_sequences(cursor, table):
                cursor.execute(f"SELECT last_value, is_called FROM {_quoted(sequence['name'])}")
                last, is_called = cursor.fetchone()
                found[table] = last if is_called else 0
        return found


def set_counters(models: Iterable[type[Model]], kept: dict[str, int]) -> None:
    """Let each table go on counting where it had got to."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(sql)
        for model in models:
            table, last = model._meta.db_table, kept.get(model._meta.db_table, 0)
            if not last:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, last])
            else:
                for sequence in connection.introspection.get_sequences(cursor, table):
                    cursor.execute("SELECT setval(%s, %s)", [_quoted(sequence["name"]), last])


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")


def first_difference(written: Iterable[bytes], model: type[Model]) -> str | None:
    """Return the key of the first row that is not as it was written, or None if all are."""
    there: Any = lines(model)
    for number, one in enumerate(written):
        other = next(there, None)
        if other != one:
            return f"row {number + 1}, key {json.loads(one)[0]}"
    return "more rows than were written" if next(there, None) else None
