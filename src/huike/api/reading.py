"""Tells records as JSON: the chosen fields of one actor, links with their names, parts inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.api.problems import wrong_parameter
from huike.api.values import has_text, told
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.parts import Parts
from huike.kernel.entity.reading import cover, joined
from huike.kernel.records.record import Record

ALWAYS = ("id", "version")


@dataclass
class Reader:
    """Reads rows of one entity for one actor. Without `names` everything is told."""

    actor: Actor
    entity: Entity
    names: Sequence[str] = ()
    with_parts: bool = True  # also where `names` doesn't ask for them
    known: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        self.known = self.entity.fields(self.actor)
        allowed = {*self.known, *ALWAYS, "extra", *(p.name for p in self.entity.parts)}
        for name in self.names:
            if name not in allowed:
                words = _("There is no field “%s” here, or you may not see it.") % name[:60]
                raise wrong_parameter("fields", words)

    @cached_property
    def fields(self) -> list[Field]:
        """Return the fields to tell."""
        if not self.names:
            return list(self.known.values())
        chosen = set(self.names)
        return [
            f
            for f in self.known.values()
            if f.name in chosen or (f.is_custom and "extra" in chosen)
        ]

    @cached_property
    def parts(self) -> list[tuple[Parts, dict[str, Field]]]:
        """Return the parts to tell, with those of their fields that the actor may read."""
        label = self.entity.model.label()
        chosen = set(self.names)
        found = [
            (parts, parts.fields(self.actor, label))
            for parts in self.entity.parts
            if parts.name in chosen or (not chosen and self.with_parts)
        ]
        return [(parts, fields) for parts, fields in found if fields]

    def one(self, pk: int) -> dict[str, Any] | None:
        """Return one row, or None where the actor may not see it."""
        rows = visible(self.actor, self.entity.model).filter(pk=pk)
        row = joined(self.entity, rows, self.fields).first()
        return self.tell([row])[0] if row is not None else None

    def ready(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return `rows` with everything joined that will be told."""
        return joined(self.entity, rows, self.fields)

    def tell(self, rows: Sequence[Record]) -> list[dict[str, Any]]:
        """Return rows as JSON; how many queries that takes does not depend on their number."""
        cover(self.actor, self.fields, rows)
        found = [self._row(row) for row in rows]
        for parts, fields in self.parts:
            held = parts.of(rows, fields.values())
            for row, one in zip(rows, found, strict=True):
                one[parts.name] = [_part(part, fields) for part in held[row.pk]]
        return found

    def _row(self, row: Record) -> dict[str, Any]:
        one: dict[str, Any] = {"id": row.pk, "version": row.version}
        extra: dict[str, Any] = {}
        for f in self.fields:
            if f.is_custom:
                extra[f.name.removeprefix(EXTRA)] = told(f, row)
                continue
            one[f.name] = told(f, row)
            if has_text(f.kind):
                one[f"{f.name}_text"] = f.text(row)
        if extra or not self.names or "extra" in self.names:
            one["extra"] = extra
        return one


def _part(part: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
    one: dict[str, Any] = {"id": part.pk}
    for f in fields.values():
        one[f.name] = told(f, part)
        if has_text(f.kind):
            one[f"{f.name}_text"] = f.text(part)
    return one
