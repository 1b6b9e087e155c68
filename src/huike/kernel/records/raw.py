"""Inserts and updates many rows below the ORM's own machinery, which takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, connections, models

Columns = Sequence[models.Field[Any, Any]]


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert `rows` of `model`, giving each its key; inside a transaction only."""
    if not rows:
        return
    for row, key in zip(rows, reserve_keys(model, len(rows)), strict=True):
        row.pk = key
    columns = model._meta.concrete_fields
    insert_values(model, columns, (_values(columns, row) for row in rows))
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def insert_values(
    model: type[models.Model], columns: Columns, values: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as values ready for the database, in the order of `columns`."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(str(f.column)) for f in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            cursor.executemany(sql, values)  # type: ignore[arg-type]  # an iterator will do


def update(model: type[models.Model], rows: Iterable[models.Model], names: Sequence[str]) -> int:
    """Write the fields `names` of each of `rows` by its key; return how many rows that were."""
    columns = columns_of(model, names)
    quote = connection.ops.quote_name
    key = model._meta.pk
    assert key is not None
    settings = ", ".join(f"{quote(str(f.column))} = %s" for f in columns)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {quote(str(key.column))} = %s"
    values = [[*_values(columns, row), row.pk] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)
    return len(values)


def columns_of(model: type[models.Model], names: Iterable[str]) -> list[models.Field[Any, Any]]:
    """Return the columns of `model` called `names`; raise FieldDoesNotExist or TypeError."""
    found = [model._meta.get_field(name) for name in names]
    wrong = [f.name for f in found if not isinstance(f, models.Field)]
    if wrong:
        raise TypeError(f"{model.__name__} has no columns {', '.join(wrong)}")
    return [f for f in found if isinstance(f, models.Field)]


def reserve_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Return `count` keys that no other transaction will give out."""
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key.column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # SQLite has one writer at a time, and this transaction is it
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return range(first, first + count)


def _values(columns: Columns, row: models.Model) -> list[Any]:
    """Return a row's values as the database takes them; plain texts and numbers are so already."""
    database = connections[connection.alias]  # the proxy `connection` is slow when asked this often
    loaded = row.__dict__
    return [
        value
        if (value := loaded.get(f.attname)).__class__ in _READY and f.__class__ not in _NEVER_READY
        else f.get_db_prep_save(value, database)
        for f in columns
    ]


_READY = frozenset({str, int, bool, type(None)})
_NEVER_READY = frozenset({models.JSONField})
