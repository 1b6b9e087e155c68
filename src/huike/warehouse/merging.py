"""Puts rows that came in into a stored table: replaced record by record, or with history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from huike.warehouse.star.declaring import Stored, Type

SQL_TYPES: Mapping[str, str] = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN",
    "date": "DATE", "time": "TIMESTAMP",
}  # fmt: skip
BEGINNING, END = "DATE '1900-01-01'", "DATE '9999-12-31'"
VALIDITY: Mapping[str, Type] = {"valid_from": "date", "valid_to": "date", "is_current": "flag"}


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def stored_columns(table: Stored) -> dict[str, Type]:
    """The columns a table really has: with its validity where it keeps history."""
    return {**table.columns, **(VALIDITY if table.history else {})}


def create(connection: Any, name: str, columns: Mapping[str, str], temporary: str = "") -> None:
    """Make an empty table, in place of one of that name."""
    listed = ", ".join(f"{quoted(n)} {SQL_TYPES[kind]}" for n, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE {temporary} TABLE {quoted(name)} ({listed})")


def columns_by_table(connection: Any) -> dict[str, list[str]]:
    """The columns of every table as it stands: asked once, the catalog takes its time."""
    found = connection.execute(
        "SELECT table_name, list(column_name ORDER BY column_index)"
        " FROM duckdb_columns() WHERE NOT internal GROUP BY table_name"
    ).fetchall()
    return dict(found)


def merge(connection: Any, table: Stored, incoming: str, keys: Iterable[int] | None) -> None:
    """Take the rows of the temporary table `incoming` over.

    Parameters:
        keys: the records that were asked for; one of them that did not come is gone for good.
            None: all were asked for.
    """
    _gone(connection, table, incoming, keys)
    if table.history:
        _merge_history(connection, table, incoming)
        return
    names = ", ".join(map(quoted, table.columns))
    connection.execute(f"INSERT INTO {quoted(table.name)} SELECT {names} FROM {incoming}")


def _gone(connection: Any, table: Stored, incoming: str, keys: Iterable[int] | None) -> None:
    """Remove what is to be replaced, or what was deleted for good, with all of its history."""
    name, key = quoted(table.name), quoted(table.key)
    if keys is None:
        left = f" WHERE {key} NOT IN (SELECT {key} FROM {incoming})" if table.history else ""
        connection.execute(f"DELETE FROM {name}{left}")
        return
    connection.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT unnest(?) AS key", [[*keys]])
    came = f" AND {key} NOT IN (SELECT {key} FROM {incoming})" if table.history else ""
    connection.execute(f"DELETE FROM {name} WHERE {key} IN (SELECT key FROM asked){came}")


def _merge_history(connection: Any, table: Stored, incoming: str) -> None:
    """Close the rows whose history columns changed, begin new ones, overwrite all else.

    A new row is valid from the day on which the record changed. A second change on that day, or
    one dated before the present row began, corrects the present row instead.
    """
    name, key = quoted(table.name), quoted(table.key)
    former = " OR ".join(f"h.{c} IS DISTINCT FROM i.{c}" for c in _quoted(table.history))
    day = "CAST(i.changed_at AS DATE)"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE moved AS
        SELECT i.{key} AS key, {day} AS day FROM {incoming} i JOIN {name} h
        ON h.{key} = i.{key} AND h.is_current WHERE ({former}) AND {day} > h.valid_from"""
    )
    connection.execute(
        f"""UPDATE {name} SET valid_to = moved.day, is_current = FALSE FROM moved
        WHERE {name}.{key} = moved.key AND {name}.is_current"""
    )
    _overwrite(connection, table, incoming, [c for c in table.columns if c not in table.history])
    kept = ", ".join(f"i.{c}" for c in _quoted(table.columns))
    connection.execute(
        f"""INSERT INTO {name} SELECT {kept}, coalesce(moved.day, {BEGINNING}), {END}, TRUE
        FROM {incoming} i LEFT JOIN moved ON moved.key = i.{key}
        WHERE moved.key IS NOT NULL OR i.{key} NOT IN (SELECT {key} FROM {name})"""
    )
    _overwrite(connection, table, incoming, [*table.columns], "AND h.is_current")


def _overwrite(
    connection: Any, table: Stored, incoming: str, columns: list[str], only: str = ""
) -> None:
    """Give stored rows the values that came in, where they differ."""
    key = quoted(table.key)
    names = [c for c in _quoted(columns) if c != key]
    values = ", ".join(f"{c} = i.{c}" for c in names)
    differs = " OR ".join(f"h.{c} IS DISTINCT FROM i.{c}" for c in names)
    connection.execute(
        f"""UPDATE {quoted(table.name)} AS h SET {values} FROM {incoming} i
        WHERE h.{key} = i.{key} AND ({differs}) {only}"""
    )


def _quoted(names: Iterable[str]) -> list[str]:
    return [quoted(name) for name in sorted(names)] if isinstance(names, frozenset) else [
        quoted(name) for name in names
    ]  # fmt: skip
