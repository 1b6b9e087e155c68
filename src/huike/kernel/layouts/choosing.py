"""Which layout a person sees: the own one before that of a role before the standard one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.layouts.holding import Holding
from huike.kernel.layouts.models import Layout, LayoutChoice
from huike.kernel.layouts.rules import Rules, rules_of
from huike.kernel.layouts.shape import Shape, built_in, shape_of
from huike.kernel.records.record import Record

FIRST = (Layout.Audience.PERSONAL, Layout.Audience.ROLE, Layout.Audience.ALL)


@dataclass(frozen=True)
class Chosen:
    """The layout of one row for one person, what else could be chosen, and the fields' rules."""

    shape: Shape
    layout: Layout | None  # none: as the product has it
    offers: Sequence[Layout]
    rules: Rules | None
    holding: Holding


def chosen(actor: Actor, entity: Entity, fields: Mapping[str, Field], row: Record) -> Chosen:
    """Return the layout for `row` (two queries; more where there are layouts or rules)."""
    rules = rules_of(actor, entity, fields)
    holding = rules.holding if rules else Holding(actor, fields)
    offers = [layout for layout in open_to(actor, entity) if holding.holds(layout.when, row)]
    layout = _pick(actor, entity, offers)
    shape = shape_of(layout, entity, fields) if layout else built_in(entity, fields)
    return Chosen(shape, layout, offers, rules, holding)


def open_to(actor: Actor, entity: Entity) -> list[Layout]:
    """Return the layouts that a person may choose, the nearest first."""
    mine = Q(audience=Layout.Audience.ALL)
    if actor.user_id is not None:
        mine |= Q(audience=Layout.Audience.PERSONAL, user=actor.user_id)
        mine |= Q(audience=Layout.Audience.ROLE, role__users=actor.user_id)
    found = Layout.objects.filter(mine, record=entity.model.label()).distinct()
    return sorted(found, key=lambda one: (FIRST.index(Layout.Audience(one.audience)), one.position))


def choose(actor: Actor, entity: Entity, layout: Layout | None, *, forget: bool = False) -> None:
    """Remember which layout a person wants to see; `forget`: again the nearest."""
    mine: dict[str, Any] = {"user_id": actor.user_id, "record": entity.model.label()}
    if forget:
        LayoutChoice.objects.filter(**mine).delete()
    elif actor.user_id is not None:
        LayoutChoice.objects.update_or_create(**mine, defaults={"layout": layout})


def _pick(actor: Actor, entity: Entity, offers: Sequence[Layout]) -> Layout | None:
    if not offers:
        return None
    label = entity.model.label()
    wanted = LayoutChoice.objects.filter(user=actor.user_id or 0, record=label).first()
    if wanted is not None:
        if wanted.layout_id is None:
            return None
        for layout in offers:
            if layout.pk == wanted.layout_id:
                return layout
    return offers[0]
