"""Named questions about parties: their ties, the people of an organisation, and birthdays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from huike.customers.models import Party, Tie
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor


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


def birthdays(actor: Actor, first: date, days: int) -> QuerySet[Party]:
    """Return the actor's own customers with a birthday in the `days` from `first` on."""
    wanted: Any = Q(pk__in=[])
    for n in range(days):
        day = first + timedelta(days=n)
        wanted |= Q(birthday__month=day.month, birthday__day=day.day)
    return visible(actor, Party).filter(wanted, owner=actor.user_id)
