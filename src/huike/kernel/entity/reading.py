"""Fetches rows for showing: joined as their fields need, links that are out of sight covered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models import QuerySet

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.entity.columns import kind_of
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import COVERED, Link, Links
from huike.kernel.records.record import Record

# What else rows need before they are shown, asked for all of them at once (kernel/formulas).
preparing: list[Callable[[Sequence[Field], Sequence[Record]], None]] = []


def joined(entity: Entity, rows: QuerySet[Any], fields: Sequence[Field]) -> QuerySet[Any]:
    """Let `rows` bring along what `fields` show, so that a list costs a fixed count of queries."""
    one, many = entity.joins(fields)
    beyond = [f"{n}__{t}" for n in one for t in _joins_behind(entity.model, n)]
    titles = [n for n in entity.model.title_joins if n not in one]
    return rows.select_related(*one, *beyond, *titles).prefetch_related(*many)


def _joins_behind(model: type[Record], link: str) -> Sequence[str]:
    return getattr(model._meta.get_field(link).related_model, "title_joins", ())


def cover(actor: Actor, fields: Sequence[Field], rows: Sequence[Record]) -> None:
    """Mark links to records that `actor` may not see; their names are then not shown.

    The links that a row's title is made of are asked for too, whatever is shown.
    """
    if not rows:
        return
    model = type(rows[0])
    targets = {f.name: f.kind for f in fields if f.column is not None and _is_one(f.kind)}
    for name in model.title_joins:
        column = model._meta.get_field(name)
        assert isinstance(column, models.Field)
        targets.setdefault(name, kind_of(column))
    for name, kind in targets.items():
        if isinstance(kind, Link) and issubclass(kind.model, Record):
            _cover_links(actor, name, kind.model, rows)
    for f in fields:
        if f.is_custom and isinstance(f.kind, Link):
            _name_links(f, f.kind, rows)
    for prepare in preparing:
        prepare(fields, rows)


def _is_one(kind: Any) -> bool:
    return isinstance(kind, Link) and not isinstance(kind, Links)


def _cover_links(actor: Actor, name: str, model: type[Record], rows: Sequence[Record]) -> None:
    attribute = f"{name}_id"
    keys = {getattr(row, attribute) for row in rows} - {None}
    if Reach.ALL in actor.reaches(model.label(), Op.VIEW):
        seen = keys
    else:
        found = visible(actor, model).filter(pk__in=keys) if keys else model.objects.none()
        seen = set(found.values_list("pk", flat=True))
    for row in rows:
        key = getattr(row, attribute)
        mark = "_in_sight" if key is None or key in seen else "_out_of_sight"
        setattr(row, mark, {*getattr(row, mark, ()), name})


def _name_links(f: Field, kind: Link, rows: Sequence[Record]) -> None:
    """Fetch the titles that a custom field of many rows shows, in one query."""
    keys = {f.raw(row) for row in rows} - {None, ""}
    names = kind.names(keys) if keys else {}
    for row in rows:
        key = f.raw(row)
        told = names.get(int(key), COVERED) if key not in EMPTY else ""
        row._names = {**getattr(row, "_names", {}), f.name: told}
