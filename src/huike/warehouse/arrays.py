"""Makes Arrow tables of declared types from rows of plain values, as database drivers give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huike.warehouse.star.declaring import Type

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
}


class FeedError(ValueError):
    """A feed gave what its declaration does not promise; the message says which column."""


def arrow_schema(types: Mapping[str, Type]) -> Any:
    """The Arrow schema of columns of these types."""
    return pa.schema([(name, ARROW[kind]) for name, kind in types.items()])


def arrow_table(rows: Sequence[Sequence[Any]], types: Mapping[str, Type], zone: str) -> Any:
    """Rows, values in the order of `types`, as an Arrow table.

    Parameters:
        rows: tuples; dates and moments as objects, or all as ISO text (which then is UTC).
        zone: the time zone whose local time moments get.

    Raises:
        FeedError: a value can't be read as its type.
    """
    columns: Any = zip(*rows, strict=True) if rows else [()] * len(types)
    made = []
    for (name, kind), values in zip(types.items(), columns, strict=True):
        try:
            made.append(_array(values, kind, zone))
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
            raise FeedError(f"column {name} is not all {kind}: {error}") from error
    return pa.Table.from_arrays(made, schema=arrow_schema(types))


def _array(values: Sequence[Any], kind: Type, zone: str) -> Any:
    if kind == "time":
        return _local(values, zone)
    if kind == "date" and _are_texts(values):
        return pa.array(values, pa.string()).cast(pa.date32())
    if kind == "date":
        return pa.array([_day(value) for value in values], pa.date32())
    if kind == "flag":
        return pa.array([None if value is None else bool(value) for value in values], pa.bool_())
    if kind == "number":
        return _number(values)
    return pa.array(values, ARROW[kind])


def _number(values: Sequence[Any]) -> Any:
    try:
        return pa.array(values, pa.float64())
    except pa.ArrowInvalid:  # whole numbers too large, or decimals
        return pa.array([None if v is None else float(v) for v in values], pa.float64())


def _local(values: Sequence[Any], zone: str) -> Any:
    """Moments as local time; those without an offset are UTC."""
    if _are_texts(values):
        moments = pa.array(values, pa.string()).cast(pa.timestamp("us"))
        moments = moments.cast(pa.timestamp("us", "UTC"))
    else:
        moments = pa.array(values, pa.timestamp("us", "UTC"))
    return pc.local_timestamp(moments.cast(pa.timestamp("us", zone)))


def _are_texts(values: Sequence[Any]) -> bool:
    """Whether a driver gave texts: it does so for all values of a column, or for none."""
    return isinstance(next((value for value in values if value is not None), None), str)


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value
