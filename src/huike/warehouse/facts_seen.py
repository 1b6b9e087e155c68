"""A fact's rows with the levels asked for, filtered, and only those that may be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.warehouse.star.declaring import DEPTH, Dimension, Fact, Level, Link, Star
from huike.warehouse.star.times import today

Within = Mapping[str, Any]
Filter = tuple[str, str, Any]


class QueryError(ValueError):
    """A query names what is not there; the message says what."""


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "is": lambda column, value: column.isnull() if value is None else column == value,
    "is_not": lambda column, value: (
        column.notnull() if value is None else (column != value) | column.isnull()
    ),
    "in": lambda column, values: _one_of(column, values),
    "not_in": lambda column, values: ~_one_of(column, values),
    "below": lambda column, value: column < value,
    "at_most": lambda column, value: column <= value,
    "above": lambda column, value: column > value,
    "at_least": lambda column, value: column >= value,
    "between": lambda column, pair: (column >= pair[0]) & (column <= pair[1]),
    "contains": lambda column, text: column.contains(text),
}
"""What a filter may ask of a level; and "under": the node of a tree, given by key, or any below."""


def shown(star: Star, fact: Fact, path: str) -> tuple[str, ...]:
    """The columns that stand for a level: its value, and its key (with "#") where it has one."""
    return (path, f"{path}#") if star.level(fact.name, path).key else (path,)


def seen(
    backend: Any,
    star: Star,
    fact: Fact,
    levels: Sequence[str],
    filters: Sequence[Filter] = (),
    within: Within | None = None,
) -> Table:
    """The fact's rows with a column for each of `levels`, named by its path, after `filters`.

    Raises:
        QueryError: an operator or a column that is not there.
    """
    rows = _allowed(fact.view(backend), within)
    paths = [path for path, _operator, _value in filters]
    under = {path for path, operator, _value in filters if operator == "under"}
    roles = dict.fromkeys(path.partition(".")[0] for path in (*levels, *paths))
    for role in roles:
        wanted = [path for path in (*levels, *paths) if path.partition(".")[0] == role]
        rows = _joined(backend, star, fact, rows, role, list(dict.fromkeys(wanted)), under)
    for path, operator, value in filters:
        rows = rows.filter(_holds(star, fact, rows, path, operator, value))
    return rows


def _allowed(rows: Table, within: Within | None) -> Table:
    """Only rows whose columns hold one of the ids given for them."""
    for column, ids in (within or {}).items():
        if column not in rows.columns:
            raise QueryError(f"these rows can't be kept to a {column}: they have none")
        if not isinstance(ids, Table):
            ids = ibis.memtable(pd.DataFrame({column: pd.Series(_list(ids), dtype="int64")}))
        rows = rows.semi_join(ids.select(column).distinct(), column)
    return rows


def _list(ids: Any) -> list[int]:
    found = ids.column(0).to_pylist() if hasattr(ids, "column") else ids
    return [int(one) for one in found]


def _joined(
    backend: Any, star: Star, fact: Fact, rows: Table, role: str, paths: list[str], under: set[str]
) -> Table:
    """`rows` with the levels `paths` of one role."""
    link = fact.links[role]
    dimension = star.dimensions[link.dimension]
    levels = {path: dimension.level(path.partition(".")[2]) for path in paths}
    needed = {n for level in levels.values() for n in (level.column, level.key) if n}
    if under & set(paths) and dimension.tree is not None:
        needed |= {f"{dimension.tree}key_{n}" for n in range(1, DEPTH + 1)}
    joined, names = rows, {"": link.column}
    if needed and dimension.view is not None:
        joined, names = _with_view(backend, fact, rows, role, dimension, link, sorted(needed))
    day = today() if link.now else joined[fact.day]
    made: dict[str, Any] = {}
    for path, level in levels.items():
        value = joined[names[level.column]]
        made[path] = _made(level, value, day)
        if level.key:
            made[f"{path}#"] = joined[names[level.key]]
    return joined.mutate(**made)


def _made(level: Level, value: Any, day: Any) -> Any:
    return value if level.made is None else level.made(value, day)


def _with_view(
    backend: Any,
    fact: Fact,
    rows: Table,
    role: str,
    dimension: Dimension,
    link: Link,
    needed: Iterable[str],
) -> tuple[Table, dict[str, str]]:
    """`rows` joined with the dimension's view, and where its columns now stand."""
    assert dimension.view is not None
    view = dimension.view(backend)
    if dimension.dated and link.now:
        view = view.filter(view["is_current"])
    names = {name: f"{role}__{name}" for name in needed}
    limits = ("valid_from", "valid_to") if dimension.dated and not link.now else ()
    view = view.select(
        **{f"{role}__": view[dimension.key]},
        **{place: view[name] for name, place in names.items()},
        **{f"{role}__{name}": view[name] for name in limits},
    )
    same = [rows[link.column] == view[f"{role}__"]]
    if limits:
        same += [
            rows[fact.day] >= view[f"{role}__valid_from"],
            rows[fact.day] < view[f"{role}__valid_to"],
        ]
    joined = rows.left_join(view, same)
    kept = joined.select(*[rows[n] for n in rows.columns], *[view[p] for p in names.values()])
    return kept, {**names, "": link.column}


def _holds(star: Star, fact: Fact, rows: Table, path: str, operator: str, value: Any) -> Any:
    role, _dot, name = path.partition(".")
    dimension = star.dimensions[fact.links[role].dimension]
    if operator == "under" and dimension.tree is not None:
        return _under(rows, role, dimension, value)
    if operator not in OPERATORS:
        raise QueryError(f"there is no operator {operator}")
    column = rows[f"{path}#"] if dimension.level(name).key else rows[path]
    return OPERATORS[operator](column, value)


def _under(rows: Table, role: str, dimension: Dimension, node: Any) -> Any:
    found: Any = ibis.literal(False)
    for n in range(1, DEPTH + 1):
        found = found | (rows[f"{role}__{dimension.tree}key_{n}"] == node).fill_null(False)
    return found


def _one_of(column: Any, values: Iterable[Any]) -> Any:
    wanted = list(values)
    some = [value for value in wanted if value is not None]
    found = column.isin(some).fill_null(False) if some else ibis.literal(False)
    return found | column.isnull() if len(some) < len(wanted) else found
