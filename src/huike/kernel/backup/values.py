"""How one row is written as a line, the same on every database, and read back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field, JSONField, Model

from huike.kernel.records.encoding import ReadableEncoder

Column = Field[Any, Any]
_encoder = ReadableEncoder(sort_keys=True, separators=(",", ":"))


def columns(model: type[Model]) -> list[Column]:
    """Return the fields of a record that are columns: the key, then the others by name.

    The order in which they are declared may change between two releases.
    """
    found: list[Column] = list(model._meta.concrete_fields)
    return sorted(found, key=lambda field: (not field.primary_key, field.column))


def line(fields: Sequence[Column]) -> Callable[[Sequence[Any]], bytes]:
    """Return what writes the values of one row as one line of JSON.

    Two rows give the same line if and only if they hold the same, whichever database they lie in.
    """
    special = [
        (place, field)
        for place, field in enumerate(fields)
        if not isinstance(field, JSONField) and not _is_plain(field)
    ]

    def write(values: Sequence[Any]) -> bytes:
        told = list(values)
        for place, field in special:
            if told[place] is not None:
                told[place] = _plain(field, told[place])
        return _encoder.encode(told).encode() + b"\n"

    return write


def _is_plain(field: Column) -> bool:
    kind = field.get_internal_type()
    if kind in {"ForeignKey", "OneToOneField"}:
        return _is_plain(field.target_field)  # type: ignore[attr-defined]
    return kind in _PLAIN


_PLAIN = frozenset(
    f"{kind}Field"
    for kind in (
        *("BigAuto", "Auto", "BigInteger", "Integer", "PositiveInteger", "PositiveBigInteger"),
        *("PositiveSmallInteger", "SmallInteger", "Boolean", "Text", "Char", "Float"),
    )
)


def _plain(field: Column, value: Any) -> Any:
    if type(value) in {str, int, float, bool}:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return _plain(field, field.get_prep_value(value))  # a column with a type of its own


def values(fields: Sequence[Column]) -> Callable[[bytes], list[Any]]:
    """Return what reads a line that `line` wrote, as the database of this thread takes it."""
    special = [(place, field) for place, field in enumerate(fields) if not _is_plain(field)]

    def read(written: bytes) -> list[Any]:
        told: list[Any] = json.loads(written)
        for place, field in special:
            value = told[place]
            if value is not None and not isinstance(field, JSONField):
                value = field.to_python(value)
            told[place] = field.get_db_prep_save(value, connection)
        return told

    return read
