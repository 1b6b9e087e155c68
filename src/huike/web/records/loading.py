"""Fetches the record that a page is about, for one reader, or says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from huike.kernel.access.scope import allowed, visible, within
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.entity import Entity, Verb
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.entity.titles import title
from huike.kernel.kinds.own import OWN, shown
from huike.kernel.layouts.choosing import Chosen, chosen
from huike.kernel.layouts.shape import Part
from huike.kernel.records.record import Record
from huike.web.rendering import actor_of

IN_FRONT = 2  # verbs beside “Edit”


class OutOfReach(PermissionDenied):
    """The record is there, but the reader's roles don't reach it; the page explains why."""

    def __init__(self, model: type[Record], op: Op, row: Record | None = None) -> None:
        super().__init__(_("Your roles don't reach this record."))
        self.model, self.op, self.row = model, op, row


class InBin(Exception):
    """The record lies in the bin."""

    def __init__(self, row: Record) -> None:
        self.row = row


@dataclass
class Open:
    """One record that is open to its reader, with the fields that the reader may know of."""

    actor: Actor
    entity: Entity
    row: Record
    fields: Mapping[str, Field]
    _allowed: dict[Op, bool] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/{self.entity.key}/{self.row.pk}/"

    @property
    def title(self) -> str:
        return title(self.actor, self.row)

    def may(self, op: Op) -> bool:
        if op not in self._allowed:
            self._allowed[op] = allowed(self.actor, op, self.row)
        return self._allowed[op]

    @property
    def may_edit(self) -> bool:
        return self.may(Op.EDIT)

    @property
    def may_bin(self) -> bool:
        return self.may(Op.DELETE)

    @property
    def facts(self) -> list[Field]:
        return [self.fields[name] for name in self.entity.facts if name in self.fields]

    @cached_property
    def verbs(self) -> list[Verb]:
        """Return the verbs that make sense now and that the reader may do."""
        able = [v for v in self.entity.verbs if v.for_whom(self.actor) and v.applies(self.row)]
        return [v for v in able if self.may(v.needs)]

    @cached_property
    def front(self) -> list[Verb]:
        """Return the verbs that stand beside “Edit”: those used most, or the first."""
        chosen = [v for v in self.verbs if v.in_front] or self.verbs
        return chosen[:IN_FRONT]

    @property
    def menu(self) -> list[Verb]:
        """Return the verbs that lie under “More”."""
        return [v for v in self.verbs if v not in self.front]

    @cached_property
    def layout(self) -> Chosen:
        """Return the layout of the row for its reader, and what else could be chosen."""
        return chosen(self.actor, self.entity, self.fields, self.row)

    @property
    def sections(self) -> list[Box]:
        """Return the sections that apply to the row, as the reader's layout has them."""
        asked = self.layout
        hidden = asked.rules.hidden(self.row) if asked.rules else set()
        found = [
            Box(part, [self.fields[n] for n in part.fields if n in self.fields and n not in hidden])
            for part in asked.shape.parts
            if asked.holding.holds(part.when, self.row)
        ]
        return [box for box in found if box.fields]

    @property
    def own(self) -> list[OwnField]:
        """Return the fields that only this record has, where the reader may see them."""
        f = self.fields.get(OWN)
        if f is None or f.right is FieldRight.MASKED:
            return []
        return [
            OwnField(n, one["label"], shown(one)) for n, one in enumerate(f.raw(self.row) or [])
        ]


@dataclass(frozen=True)
class Box:
    """One section of a page: how it is laid out, and its fields."""

    part: Part
    fields: list[Field]


@dataclass(frozen=True)
class OwnField:
    """One field that only this record has, as its page shows it."""

    place: int
    label: str
    text: str


def open_row(request: HttpRequest, entity: Entity, pk: int) -> Open:
    """Return the record for the reader; raise InBin, OutOfReach or Http404."""
    actor = actor_of(request)
    fields = entity.fields(actor)
    row = joined(entity, visible(actor, entity.model), list(fields.values())).filter(pk=pk).first()
    if row is None:
        raise _reason(actor, entity.model, pk)
    cover(actor, list(fields.values()), [row])
    return Open(actor, entity, row, fields)


def _reason(actor: Actor, model: type[Record], pk: int) -> Exception:
    row = model.everything.filter(pk=pk).first()
    if row is None:
        return Http404(_("There is no such record. It may have been deleted for good."))
    if row.binned_at is not None and within_reach(actor, model, pk):
        return InBin(row)
    return OutOfReach(model, Op.VIEW, row)


def within_reach(actor: Actor, model: type[Record], pk: int) -> bool:
    """Tell whether the reader could see the row were it not in the bin."""
    return bool(model.everything.filter(within(actor, model, Op.VIEW), pk=pk).exists())


def context_of(opened: Open) -> dict[str, Any]:
    """Return what every template of a record needs."""
    return {
        "open": opened,
        "row": opened.row,
        "entity": opened.entity,
        "fields": opened.fields,
        "address": opened.address,
    }
