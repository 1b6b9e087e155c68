"""Tells records as JSON: the chosen fields of one actor, links with their names, parts inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from huike.api.problems import wrong_parameter
from huike.api.records.values import has_text, told
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

    @cached_property
    def _plan(self) -> list[tuple[str, Field, str]]:
        """Return the fixed fields with the name that the text of a link goes by."""
        fixed = [f for f in self.fields if not f.is_custom]
        return [(f.name, f, f"{f.name}_text" if has_text(f.kind) else "") for f in fixed]

    @cached_property
    def _custom(self) -> list[tuple[str, Field]]:
        return [(f.name.removeprefix(EXTRA), f) for f in self.fields if f.is_custom]

    def one(self, pk: int) -> dict[str, Any] | None:
        """Return one row, or None where the actor may not see it."""
        found = self.of([pk])
        return found[0] if found else None

    def of(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows of `keys` that the actor may see, in that order."""
        rows = visible(self.actor, self.entity.model)
        found = joined(self.entity, rows, self.fields).in_bulk(keys)
        return self.tell([found[key] for key in keys if key in found])

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
        for name, f, text in self._plan:
            one[name] = told(f, row)
            if text:
                one[text] = f.text(row)
        extra = {name: told(f, row) for name, f in self._custom}
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
