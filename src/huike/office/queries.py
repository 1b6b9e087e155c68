"""Named questions about tasks."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.office.models import Task


def open_tasks(actor: Actor) -> QuerySet[Task]:
    """Return all tasks that `actor` may see and that are not done, the most urgent first."""
    rows = visible(actor, Task).exclude(state=Task.State.DONE).select_related("party", "owner")
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def my_tasks(actor: Actor, until: date) -> QuerySet[Task]:
    """Return the actor's own open tasks that are due by a day."""
    return open_tasks(actor).filter(owner=actor.user_id, due_on__lte=until)


def tasks_of(actor: Actor, party: Party) -> QuerySet[Task]:
    """Return the open tasks about a party."""
    return open_tasks(actor).filter(party=party)
