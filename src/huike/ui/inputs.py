"""What a form control needs to know about one field: its value as text, options and mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import has_entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.titles import title
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.links import File, Link, Links
from huike.kernel.records.record import Record

FEW = 60  # a link to so few rows is a plain list; to more it is searched as one types


@dataclass(frozen=True)
class Input:
    """One control of a form. `seen` travels with the form, so that only changes are written."""

    field: Field
    value: str
    seen: str
    chosen: tuple[str, ...] = ()  # of a control that takes several
    options: Sequence[tuple[str, str]] = ()
    lookup: str = ""  # the address that answers a combobox
    errors: Sequence[str] = ()
    prefix: str = ""

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def id(self) -> str:
        return f"{self.prefix}f-{self.field.name.replace('.', '-')}"

    @property
    def kind(self) -> str:
        return self.field.kind.name


def input_of(
    actor: Actor,
    field: Field,
    row: Record,
    errors: Sequence[str] = (),
    typed: Sequence[str] | None = None,
    prefix: str = "",
) -> Input:
    """Return the control for `field` of `row`; `typed` is what the person wrote, if anything."""
    options, lookup = _options(actor, field)
    seen = seen_text(field, row, bool(lookup))
    several = tuple(part for part in seen.split(",") if part)
    if typed is not None:
        several, value = tuple(typed), (typed[-1] if typed else "")
    else:
        value = seen
    return Input(field, value, seen, several, options, lookup, errors, prefix)


def seen_text(field: Field, row: Record, by_name: bool = False) -> str:
    """Return the value as the form shows it: what comes back unchanged was not touched."""
    if isinstance(field.kind, Links):
        return ",".join(str(key) for key in field.value(row) or [])
    if field.kind.name == "choices":
        return ",".join(field.plain(row) or [])
    if field.kind.name == "choice":
        return str(field.value(row) or "")
    if field.kind.name == "yes_no":
        return "1" if field.value(row) else ""
    if isinstance(field.kind, File):
        return field.edit(row)
    if isinstance(field.kind, Link) and by_name:
        return field.text(row)
    return field.edit(row)


def _options(actor: Actor, field: Field) -> tuple[Sequence[tuple[str, str]], str]:
    kind = field.kind
    if isinstance(kind, Choice):
        return [(value, str(label)) for value, label in kind.options.items()], ""
    if isinstance(kind, File) or not isinstance(kind, Link):
        return (), ""
    rows = list(linkable(actor, kind)[: FEW + 1])
    if len(rows) > FEW and not isinstance(kind, Links):
        return (), f"/lookup/{kind.target.lower().replace('.', '/')}/"
    return [(str(row.pk), title(actor, row)) for row in rows], ""


def linkable(actor: Actor, kind: Link) -> QuerySet[Any]:
    """Return the rows that `actor` may link to."""
    model = kind.model
    if has_entity(model) and issubclass(model, Record):
        return visible(actor, model)
    rows = model._default_manager.all()
    names = {f.name for f in model._meta.concrete_fields}
    return rows.filter(is_active=True) if "is_active" in names else rows
