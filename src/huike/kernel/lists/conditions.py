"""Conditions that a higher room adds to a record's filters, such as “is in the segment …”.

A condition looks like a field of the record to whoever points a filter together, says it or
compiles it, but no column holds it: the room that registers it compiles it to a condition on rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, Label
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import Kind

Compile = Callable[[Actor, str, Any], Q]


@dataclass(frozen=True)
class Condition:
    """One added condition: its name in filters, what it is compared with, and how it compiles.

    `compile(actor, operator, value)` returns the condition on rows, or raises ValidationError.
    `offered(actor)` tells whether the actor may use it at all.
    """

    name: str
    label: Label
    kind: Kind
    compile: Compile
    offered: Callable[[Actor], bool] = lambda actor: True


@dataclass(frozen=True)
class Asked(Field):
    """An added condition as one actor may use it, in the shape of a field."""

    ask: Callable[[str, Any], Q] = lambda op, value: Q()

    def condition(self, op: str, value: Any) -> Q:
        return self.ask(op, value)


_added: dict[str, dict[str, Condition]] = defaultdict(dict)


def add_condition(record: str, condition: Condition) -> None:
    """Add a condition to the filters of the record labelled `record`; call it at start-up."""
    _added[record][condition.name] = condition


def added_to(actor: Actor, entity: Entity) -> dict[str, Field]:
    """Return the added conditions of an entity that `actor` may use, by name."""
    return {
        name: Asked(
            name=name,
            label=str(one.label),
            kind=one.kind.read_by(actor),
            editable=False,
            ask=_asking(actor, one),
        )
        for name, one in _added[entity.model.label()].items()
        if one.offered(actor)
    }


def comparable(
    actor: Actor, entity: Entity, fields: Mapping[str, Field] | None = None
) -> dict[str, Field]:
    """Return all that filters of an entity may name: its fields and the added conditions."""
    own = entity.fields(actor) if fields is None else fields
    return {**own, **added_to(actor, entity)}


def _asking(actor: Actor, condition: Condition) -> Callable[[str, Any], Q]:
    return lambda op, value: condition.compile(actor, op, value)
