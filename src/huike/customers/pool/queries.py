"""Named questions about the pool: what lies there, who loses whom soon, what the nights did."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from huike.customers.models import Party
from huike.customers.pool.models import OwnerChange, PoolParty, PoolRule
from huike.customers.pool.recycling import ACTION
from huike.customers.pool.standing import as_rule, held, near, soon, verdicts
from huike.customers.pool.verdict import Verdict
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.models import Change

Why = OwnerChange.Why


@dataclass(frozen=True)
class Leaving:
    """A customer whom a rule takes soon."""

    party: Party
    verdict: Verdict
    days_left: int


@dataclass(frozen=True)
class Night:
    """What the job took back in one night, as one group of changes."""

    group: uuid.UUID
    at: datetime
    count: int
    is_undone: bool


def leaving(actor: Actor, today: date, *, mine: bool, limit: int) -> tuple[list[Leaving], int]:
    """Return the customers that go to the pool soonest, and how many they are in all.

    Of the actor's own, or of all whom the actor may see.
    """
    rows: QuerySet[Party] = held().filter(pk__in=visible(actor, Party).values("pk"))
    if mine:
        rows = held().filter(owner=actor.user_id)
    found = soon(rows, today)
    parties = Party.objects.select_related("owner").in_bulk([v.case.party for v in found[:limit]])
    told = [
        Leaving(parties[v.case.party], v, v.days_left(today))
        for v in found[:limit]
        if v.case.party in parties
    ]
    return told, len(found)


def lying_there(actor: Actor) -> dict[str, int]:
    """Count the customers in the pool by their tier; "" is without one."""
    rows = visible(actor, PoolParty).order_by().values_list("level").annotate(n=Count("pk"))
    return dict(rows)


def tonight(actor: Actor, today: date, *, rules: Sequence[PoolRule]) -> Counter[str]:
    """Count by rule whom these rules would take tonight, in force or not, of all customers seen."""
    asked = [as_rule(row) for row in rules]
    condition = near(asked, today, warned=False)
    if condition is None:
        return Counter()
    rows = held().filter(condition, pk__in=visible(actor, Party).values("pk"))
    return Counter(v.rule.name for v in verdicts(asked, rows) if v.due_on <= today)


def nights(limit: int = 5) -> list[Night]:
    """Return what the last nights took back."""
    changes = Change.objects.filter(action=ACTION).order_by("-pk").values_list("group", "at")
    groups: dict[uuid.UUID, datetime] = {}
    for group, at in changes[: 20 * limit]:
        groups.setdefault(group, at)
    chosen = dict(list(groups.items())[:limit])
    counted = dict(
        Change.objects.filter(group__in=chosen, entries__record=Party.label())
        .values_list("group")
        .annotate(n=Count("entries"))
    )
    undone = set(Change.objects.filter(undoes__in=chosen).values_list("undoes", flat=True))
    return [Night(g, at, counted.get(g, 0), g in undone) for g, at in chosen.items()]
