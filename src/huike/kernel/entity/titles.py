"""What a row is called, and what its fixed fields say, to one reader: nothing hidden leaks.

Lists and pages read values through `Entity.fields`. Where a row is only mentioned (a link, a toast,
a card of the desk) its few words come from here, by the same rights and without a query.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, FieldRight, Op, Reach
from huike.kernel.entity.columns import kind_of
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import COVERED, Link, Links
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import is_sealed

CLOSED = frozenset({FieldRight.HIDDEN, FieldRight.MASKED})


def title(reader: Actor, row: Any) -> str:
    """Return what `reader` may call a row; what is no record, such as a user, is open to all."""
    if not isinstance(row, Record):
        return "" if row is None else str(row)
    return (
        row.called(lambda name: text_of(reader, row, name)) or f"{row._meta.verbose_name} {row.pk}"
    )


def text_of(reader: Actor, row: Record, name: str) -> str:
    """Return a fixed field's text as `reader` may read it: masked, or "" where it is hidden."""
    right = reader.field_right(row.label(), name)
    if right is FieldRight.HIDDEN:
        return ""
    if is_sealed(row, name):
        return _("(sealed)")
    column, kind = _column(type(row), name)
    if right is FieldRight.MASKED:
        return kind.mask(getattr(row, column.attname))
    if isinstance(kind, Link):
        return linked(reader, row, name, kind)
    return kind.text(getattr(row, column.attname))


def linked(reader: Actor, row: Any, name: str, kind: Link) -> str:
    """Return the titles of the rows that a link of `row` leads to, dots where out of sight."""
    if isinstance(kind, Links):
        return "、".join(link_title(reader, other) for other in getattr(row, name).all())
    if name in getattr(row, "_out_of_sight", ()):
        return COVERED
    if getattr(row, row._meta.get_field(name).attname) is None:
        return ""  # a new row's required link is asked for before it leads anywhere
    known = name in getattr(row, "_in_sight", ())  # `cover` has asked for many rows at once
    return (title if known else link_title)(reader, getattr(row, name))


def is_open(reader: Actor, row: Record | type[Record], name: str) -> bool:
    """Tell whether `reader` may read a field in full."""
    return reader.field_right(row.label(), name) not in CLOSED


def link_title(reader: Actor, other: Any) -> str:
    """Return the title of a linked row, or dots where it is out of sight."""
    if other is None:
        return ""
    return title(reader, other) if in_sight(reader, other) else COVERED


def in_sight(reader: Actor, other: Any) -> bool:
    """Tell whether `reader` may see a row; asks the database only where rights don't tell."""
    if not isinstance(other, Record):
        return True
    reaches = reader.reaches(other.label(), Op.VIEW)
    if Reach.ALL in reaches or not reaches:
        return bool(reaches)
    if other.scope.owner is None and other.scope.department is None:
        return True
    return visible(reader, type(other)).filter(pk=other.pk).exists()


@lru_cache(maxsize=2000)
def _column(model: type[Record], name: str) -> tuple[models.Field[Any, Any], Kind]:
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column, kind_of(column)
