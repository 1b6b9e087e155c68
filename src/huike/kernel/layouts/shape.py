"""What a layout amounts to: sections of fields for one reader, as page and form draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.own import OWN
from huike.kernel.layouts.models import Layout

COLUMNS = (1, 2, 3)


@dataclass(frozen=True)
class Part:
    """One section: its title, the names of its fields, how it is drawn, and when it shows."""

    title: str
    fields: tuple[str, ...] = ()
    columns: int = 2
    collapsed: bool = False
    when: Any = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"title": self.title, "fields": list(self.fields)}
        if self.columns != 2:
            told["columns"] = self.columns
        if self.collapsed:
            told["collapsed"] = True
        return told | ({"when": self.when} if self.when else {})

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Part:
        columns = told.get("columns", 2)
        return cls(
            str(told.get("title", "")).strip()[:100],
            tuple(dict.fromkeys(str(n) for n in told.get("fields", []))),
            columns if columns in COLUMNS else 2,
            bool(told.get("collapsed")),
            told.get("when") or None,
        )


@dataclass(frozen=True)
class Shape:
    """All sections of a record's page and form; `hidden` are the fields left out."""

    parts: Sequence[Part]
    hidden: tuple[str, ...] = field(default=())

    @property
    def placed(self) -> set[str]:
        return {name for part in self.parts for name in part.fields}


def built_in(entity: Entity, fields: Mapping[str, Field]) -> Shape:
    """Return the layout that comes with the product, custom fields in a section of their own."""
    parts = [
        Part(str(s.title), tuple(n for n in s.fields if n in fields), when=_when(s.when))
        for s in entity.form
    ]
    custom = tuple(f.name for f in fields.values() if f.is_custom and f.name != OWN)
    return Shape([p for p in [*parts, Part(_("More fields"), custom)] if p.fields])


def shape_of(layout: Layout, entity: Entity, fields: Mapping[str, Field]) -> Shape:
    """Return what a stored layout amounts to.

    Fields that are newer than the layout, so that it neither places nor hides them, come last.
    """
    parts = [Part.read(told) for told in layout.sections]
    hidden = tuple(n for n in layout.hidden if n in fields and not fields[n].required)
    placed = {name for part in parts for name in part.fields} | set(hidden)
    fresh = tuple(n for n in known(entity, fields) if n not in placed)
    if fresh:
        parts.append(Part(_("More fields"), fresh))
    return Shape(parts, hidden)


def known(entity: Entity, fields: Mapping[str, Field]) -> list[str]:
    """Return the fields that a layout may place: those of the form, and the custom ones."""
    custom = [f.name for f in fields.values() if f.is_custom and f.name != OWN]
    return [n for n in dict.fromkeys([*entity.form_names, *custom]) if n in fields]


def _when(values: Mapping[str, Any]) -> Any:
    leaves: list[Any] = [[name, "is", value] for name, value in values.items()]
    return (leaves[0] if len(leaves) == 1 else {"all": leaves}) if leaves else None


def read_parts(told: Iterable[Mapping[str, Any]]) -> list[Part]:
    return [Part.read(one) for one in told]
