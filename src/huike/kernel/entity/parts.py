"""Rows that belong to a record and have no life of their own, such as the lines of an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.columns import kind_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link
from huike.kernel.records.record import Part


@dataclass(frozen=True)
class Parts:
    """How a record's parts show, and the verb that replaces them: `save(actor, row, parts)`."""

    name: str  # as in the API: "lines"
    label: str | Promise
    model: type[Part]
    columns: Sequence[str]
    save: Callable[[Actor, Any, Sequence[Any]], Any]
    read_only: Sequence[str] = ()  # columns that `save` works out

    def fields(self, actor: Actor, record: str) -> dict[str, Field]:
        """Return the fields that `actor` may read in full; rights are those of "lines.cost"."""
        whole = actor.field_right(record, self.name)
        found = {name: self._field(actor, record, name, whole) for name in self.columns}
        closed = {FieldRight.HIDDEN, FieldRight.MASKED}
        return {
            name: f for name, f in found.items() if whole not in closed and f.right not in closed
        }

    def of(self, rows: Iterable[models.Model], fields: Iterable[Field]) -> dict[int, list[Part]]:
        """Return the parts of all `rows` by the key of their row (one query)."""
        parent = f"{self.model.parent_field}_id"
        links = [f.name for f in fields if isinstance(f.kind, Link)]
        found: dict[int, list[Part]] = {row.pk: [] for row in rows}
        wanted = self.model._default_manager.filter(**{f"{parent}__in": list(found)})
        for part in wanted.select_related(*links):
            found[getattr(part, parent)].append(part)
        return found

    def _field(self, actor: Actor, record: str, name: str, whole: FieldRight) -> Field:
        column = self.model._meta.get_field(name)
        assert isinstance(column, models.Field)
        right = actor.field_right(record, f"{self.name}.{name}")
        return Field(
            name=name,
            label=str(column.verbose_name),
            kind=kind_of(column).read_by(actor),
            right=FieldRight.READ if whole is FieldRight.READ else right,
            editable=name not in self.read_only,
            required=not column.blank and not column.has_default() and not column.null,
            column=column,
        )
