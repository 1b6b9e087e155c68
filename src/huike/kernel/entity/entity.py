"""One declaration per kind of record; every surface is derived from it.

A page, a table, a form, an import, an export and an API all ask an entity for its fields. Names are
checked at start-up (kernel/checks.py), never at request time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.columns import kind_of, kind_of_custom
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.parts import Parts
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import Link, Links
from huike.kernel.kinds.own import OWN, OwnFields
from huike.kernel.records.record import Record

Label = str | Promise
ALWAYS = (
    "created_at",
    "changed_at",
    "created_by",
)  # every record can be listed and sorted by these


@dataclass(frozen=True)
class Section:
    """A titled group of fields on page and form, shown only `when` all of its values hold."""

    title: Label
    fields: Sequence[str]
    when: Mapping[str, Any] = field(default_factory=dict)

    def applies(self, row: Record) -> bool:
        return all(getattr(row, name) == value for name, value in self.when.items())


@dataclass(frozen=True)
class Computed:
    """A field that is worked out from the row and can be shown, not stored."""

    label: Label
    kind: Kind
    compute: Callable[[Any], Any]


@dataclass(frozen=True)
class Related:
    """Rows of another record that point at this one: a list on its page, a hop in its filters."""

    name: str  # as in filters: "orders"
    record: str  # the other record's label
    link: str  # its link to this record
    label: Label = ""
    columns: Sequence[str] = ()


@dataclass(frozen=True)
class Verb:
    """A business verb offered on pages, in bulk and by API: `run(actor, row, **given)`."""

    name: str
    label: Label
    run: Callable[..., Any]
    icon: str = "bolt"
    asks: Mapping[str, Kind] = field(default_factory=dict)  # what it needs to know
    labels: Mapping[str, Label] = field(default_factory=dict)
    needs: Op = Op.EDIT
    applies: Callable[[Any], bool] = lambda row: True
    for_whom: Callable[[Actor], bool] = lambda actor: True
    in_bulk: bool = False
    foretells: Callable[[Actor, Any], tuple[str, str]] | None = None  # before, after; for previews
    is_slow: bool = False  # on pages a job does it, even to one row; `check` refuses before that
    check: Callable[..., Any] | None = None
    in_front: bool = False  # beside “Edit” on the page; without any the first two are


@dataclass(frozen=True)
class Entity:
    """Where each field of one record shows."""

    model: type[Record]
    columns: Sequence[str]
    form: Sequence[Section]
    icon: str = "file"
    facts: Sequence[str] = ()  # in the header of the page
    quick: Sequence[str] = ()  # in the quick create form; the first section's where empty
    initial: Mapping[str, Callable[[], str]] = field(default_factory=dict)  # in an empty form
    search: Sequence[str] = ()
    ordering: str = "-changed_at"
    sort_by: Mapping[str, str] = field(default_factory=dict)  # field: column that sorts for it
    computed: Mapping[str, Computed] = field(default_factory=dict)
    related: Sequence[Related] = ()
    parts: Sequence[Parts] = ()
    verbs: Sequence[Verb] = ()
    match: Sequence[str] = ()  # how an import recognises a row, best first
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    views: Sequence[tuple[Label, str]] = ()  # (name, query string) that come with the product
    party: str = ""  # path to the customer, so that timeline rows are filed there
    numbered: tuple[str, str] | None = None  # (field, prefix) of the number a new row gets
    in_menu: bool = True
    check: str = ""  # an address that is asked while a new one is typed, and may warn
    home: str = ""  # the page that the menu leads to, where it is not the list
    lettered: bool = False  # the list has an A to Z strip of its first search field
    can_add: bool = True
    menu: str = ""

    @property
    def key(self) -> str:
        """Return the path of its pages: "customers/party"."""
        return self.model.label().replace(".", "/")

    @property
    def label(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def one(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def form_names(self) -> list[str]:
        return [name for section in self.form for name in section.fields]

    @property
    def field_names(self) -> list[str]:
        """Return every fixed field, in order of form, then columns, facts and the common ones."""
        names = [*self.form_names, *self.columns, *self.facts, *self.computed, *ALWAYS]
        return list(dict.fromkeys(n for n in names if not n.startswith(EXTRA)))

    def fields(self, actor: Actor) -> dict[str, Field]:
        """Return all fields that `actor` may know of, by name, custom fields last (one query)."""
        found = {name: self._fixed(actor, name) for name in self.field_names}
        customs = list(CustomField.objects.filter(record=self.model.label()))
        for custom in customs:
            found[EXTRA + custom.name] = self._custom(actor, custom)
        if not self.model.read_only:
            right = actor.field_right(self.model.label(), OWN)
            found[OWN] = Field(OWN, _("Fields of this record only"), OwnFields(), right)
        open_ = {name: f for name, f in found.items() if f.right is not FieldRight.HIDDEN}
        for custom in customs:
            if (make := workers.get(custom.kind)) and EXTRA + custom.name in open_:
                open_[EXTRA + custom.name] = make(actor, self, custom, open_)
        return {name: f for name, f in open_.items() if f.right is not FieldRight.HIDDEN}

    def related_by_name(self, name: str) -> Related | None:
        return next((r for r in self.related if r.name == name), None)

    def verb(self, name: str) -> Verb | None:
        return next((v for v in self.verbs if v.name == name), None)

    def joins(self, fields: Sequence[Field]) -> tuple[list[str], list[str]]:
        """Return the links to select with the rows, and those to fetch for all rows at once."""
        fixed = [f for f in fields if f.column is not None]
        one = [f.name for f in fixed if type(f.kind) is not Links and isinstance(f.kind, Link)]
        return one, [f.name for f in fixed if isinstance(f.kind, Links)]

    def _fixed(self, actor: Actor, name: str) -> Field:
        right = actor.field_right(self.model.label(), name)
        if computed := self.computed.get(name):
            return Field(
                name,
                str(computed.label),
                computed.kind.read_by(actor),
                right,
                compute=computed.compute,
                editable=False,
            )
        column = self.model._meta.get_field(name)
        assert isinstance(column, models.Field)
        return Field(
            name=name,
            label=capfirst(str(column.verbose_name)),
            kind=kind_of(column).read_by(actor),
            right=right,
            required=not column.blank and not column.has_default() and not column.null,
            editable=column.editable and name in self.form_names,
            help=str(column.help_text),
            default=column.get_default() if column.has_default() else None,
            unique=column.unique,
            column=column,
        )

    def _custom(self, actor: Actor, custom: CustomField) -> Field:
        name = EXTRA + custom.name
        return Field(
            name=name,
            label=custom.label,
            kind=kind_of_custom(custom).read_by(actor),
            right=actor.field_right(self.model.label(), name),
            required=custom.required,
            help=custom.help,
            default=custom.default or None,
            unique=custom.unique,
        )


# How fields are made that no record holds: by formula, or as a sum (kernel/formulas).
Worker = Callable[[Actor, Entity, CustomField, Mapping[str, Field]], Field]
workers: dict[str, Worker] = {}

_entities: dict[str, Entity] = {}


def register(entity: Entity) -> Entity:
    _entities[entity.model.label()] = entity
    return entity


def entities() -> list[Entity]:
    return list(_entities.values())


def entity_of(model: type[models.Model] | str) -> Entity:
    """Return the entity of a model, a label ("customers.party") or a key; raise LookupError."""
    label = model if isinstance(model, str) else model._meta.label_lower
    try:
        return _entities[label.lower().replace("/", ".")]
    except KeyError:
        raise LookupError(f"no entity {label}") from None


def has_entity(model: type[models.Model]) -> bool:
    return model._meta.label_lower in _entities
