"""Named questions about parties: their ties, an organisation's people, categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from huike.customers.models import Category, Party, Tie
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of


def ties_of(actor: Actor, party: Party) -> QuerySet[Tie]:
    """Return the ties on both sides of a party that `actor` may see."""
    rows = visible(actor, Tie).filter(Q(party=party) | Q(other=party))
    return rows.filter(other__binned_at=None).select_related("party", "other").order_by("pk")


def people_of(actor: Actor, organisation: Party) -> QuerySet[Tie]:
    """Return who works at an organisation, as ties with the person joined."""
    rows = visible(actor, Tie).filter(other=organisation, kind=Tie.Kind.WORKS_AT)
    return rows.select_related("party").order_by("pk")


def due_contacts(actor: Actor, until: date) -> QuerySet[Party]:
    """Return the actor's own customers whose next contact is due by a day, oldest first."""
    rows = visible(actor, Party).filter(owner=actor.user_id, next_contact_on__lte=until)
    return rows.order_by("next_contact_on", "pk")


@dataclass
class Branch:
    """A category with those below it; `all` counts the parties of the whole branch."""

    row: Category
    depth: int = 0
    own: int = 0
    all: int = 0
    below: list[Branch] = field(default_factory=list)


def category_tree(actor: Actor) -> list[Branch]:
    """Return the categories as branches, with the parties that `actor` may see counted."""
    counted = _parties_by_category(actor)
    rows = list(visible(actor, Category).order_by("position", "pk"))
    known = {row.pk for row in rows}
    below: dict[int | None, list[Category]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    return [_branch(row, 0, below, counted) for row in below[None]]


def flat(branches: list[Branch]) -> list[Branch]:
    """Return the branches as one list, each before those below it."""
    return [found for branch in branches for found in (branch, *flat(branch.below))]


def _parties_by_category(actor: Actor) -> Mapping[int, int]:
    """Count parties by category; nothing for those who may not filter by it."""
    known = entity_of(Party).fields(actor).get("category")
    if known is None or not known.is_comparable:
        return {}
    rows = visible(actor, Party).exclude(category=None).order_by()
    return dict(rows.values_list("category").annotate(Count("pk")))


def _branch(
    row: Category,
    depth: int,
    below: Mapping[int | None, list[Category]],
    counted: Mapping[int, int],
) -> Branch:
    children = below.get(row.pk, [])
    branches = [_branch(child, depth + 1, below, counted) for child in children]
    own = counted.get(row.pk, 0)
    return Branch(row, depth, own, own + sum(b.all for b in branches), branches)


def supplied_by(actor: Actor, party: Party) -> QuerySet[Party]:
    """Return whom a supplier supplies, as far as the ties tell."""
    ties = visible(actor, Tie).filter(party=party, kind=Tie.Kind.SUPPLIES)
    return visible(actor, Party).filter(pk__in=ties.values("other"))


def referred_by(actor: Actor, party: Party) -> QuerySet[Party]:
    """Return whom a party referred to us."""
    ties = visible(actor, Tie).filter(other=party, kind=Tie.Kind.REFERRED_BY)
    return visible(actor, Party).filter(pk__in=ties.values("party"))


def rivals_customers(actor: Actor, rival: Party) -> QuerySet[Party] | None:
    """Return our customers who buy from a competitor too; None where the actor may not ask."""
    fields = entity_of(Party).fields(actor)
    if any(n not in fields or not fields[n].is_comparable for n in ("name", "buys_from")):
        return None
    names = [name for name in (rival.name, rival.short_name) if name]
    wanted: Any = Q(pk__in=[])
    for name in names:
        wanted |= Q(buys_from__contains=name)
    return visible(actor, Party).filter(wanted, is_customer=True).exclude(pk=rival.pk)
