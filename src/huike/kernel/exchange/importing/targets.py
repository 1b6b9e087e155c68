"""What the columns of a file can fill: the fields of an entity, under all names people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.exchange.matching import Target
from huike.kernel.exchange.values import Kind
from huike.kernel.kinds.links import File

# Numbers that are names: 17850.0 is 17850, and zeros in front stay.
CODES = frozenset({"code", "number", "barcode", "id_number", "postcode", "tax_number"})
KINDS: Mapping[str, Kind] = {
    "phone": "phone",
    "mail": "email",
    "date": "date",
    "moment": "datetime",
    "number": "number",
    "money": "number",
    "share": "number",
    "whole": "integer",
    "yes_no": "boolean",
}


@dataclass(frozen=True)
class Filled:
    """One thing that a column can fill. `field` reads and checks its values."""

    name: str
    label: str
    field: Field
    synonyms: tuple[str, ...] = ()
    required: bool = False
    group: str = ""  # the heading under which it is offered

    @property
    def kind(self) -> Kind:
        return "code" if self.name.rpartition(".")[2] in CODES else kind_in_files(self.field)

    def target(self) -> Target:
        return Target(self.name, self.label, self.synonyms, self.kind, self.required)


def kind_in_files(field: Field) -> Kind:
    return KINDS.get(field.kind.name, "text")


def filled_by(
    actor: Actor,
    entity: Entity,
    *,
    only: Iterable[str] | None = None,
    prefix: str = "",
    group: str = "",
    synonyms: Mapping[str, Sequence[str]] | None = None,
    required: Iterable[str] = (),
) -> list[Filled]:
    """Return what a file can fill of `entity`: the fields that `actor` may write."""
    labels = labels_in_all_languages(entity, actor)
    known = {**entity.synonyms, **(synonyms or {})}
    wanted = None if only is None else set(only)
    found = []
    for name, field in entity.fields(actor).items():
        if not field.is_writable or isinstance(field.kind, File):
            continue
        if wanted is not None and name not in wanted:
            continue
        names = (*known.get(name, ()), *labels.get(name, ()))
        if name.startswith(EXTRA):
            names = (*names, name.removeprefix(EXTRA))
        must = field.required or name in required
        found.append(Filled(prefix + name, field.label, field, names, must, group))
    return found


def labels_in_all_languages(entity: Entity, actor: Actor) -> dict[str, tuple[str, ...]]:
    """Return the labels of fixed fields in every language: files come from all sides."""
    found: dict[str, dict[str, None]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for name in entity.field_names:
                if name not in entity.computed:
                    column = entity.model._meta.get_field(name)
                    label = str(getattr(column, "verbose_name", name))
                    found.setdefault(name, {})[label] = None
    return {name: tuple(labels) for name, labels in found.items()}
