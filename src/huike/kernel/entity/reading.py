"""Fetches rows for showing: joined as their fields need, links that are out of sight covered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.entity.entity import Entity, has_entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link, Links
from huike.kernel.records.record import Record


def joined(entity: Entity, rows: QuerySet[Any], fields: Sequence[Field]) -> QuerySet[Any]:
    """Let `rows` bring along what `fields` show, so that a list costs a fixed count of queries."""
    one, many = entity.joins(fields)
    titles = [n for n in getattr(entity.model, "title_joins", ()) if n not in one]
    return rows.select_related(*one, *titles).prefetch_related(*many)


def cover(actor: Actor, fields: Sequence[Field], rows: Sequence[Record]) -> None:
    """Mark links to records that `actor` may not see; their names are then not shown."""
    for f in fields:
        if f.column is None or not isinstance(f.kind, Link) or isinstance(f.kind, Links):
            continue
        model = f.kind.model
        if not (has_entity(model) and issubclass(model, Record)):
            continue
        if Reach.ALL in actor.reaches(model.label(), Op.VIEW):
            continue
        _cover_links(actor, f, model, rows)


def _cover_links(actor: Actor, f: Field, model: type[Record], rows: Sequence[Record]) -> None:
    keys = {f.raw(row) for row in rows} - {None}
    if not keys:
        return
    seen = set(visible(actor, model).filter(pk__in=keys).values_list("pk", flat=True))
    for row in rows:
        if f.raw(row) is not None and f.raw(row) not in seen:
            row._out_of_sight = {*getattr(row, "_out_of_sight", ()), f.name}
