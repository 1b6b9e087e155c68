"""Lists of what one person has at hand: rows pinned, opened lately, or opened most."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from huike.kernel.actor import Actor
from huike.kernel.lists.models import Pin, Visit

DESK_KEY = "desk_key"  # what such a list is sorted by, the greatest first
# name in the address: (whose rows, what sorts them)
DESKS: dict[str, tuple[type[Pin] | type[Visit], str]] = {
    "pinned": (Pin, "at"),
    "recent": (Visit, "last_at"),
    "most": (Visit, "times"),
}


def on_desk(actor: Actor, rows: QuerySet[Any], desk: str) -> QuerySet[Any]:
    """Narrow rows to those that the actor has at hand, each with what sorts it."""
    model, key = DESKS[desk]
    kept: QuerySet[Any] = model._default_manager.filter(
        user_id=actor.user_id or 0, record=rows.model.label()
    )
    if desk == "most":
        kept = kept.filter(times__gt=1)
    found: QuerySet[Any] = rows.filter(pk__in=kept.values("record_id")).annotate(
        **{DESK_KEY: Subquery(kept.filter(record_id=OuterRef("pk")).values(key)[:1])}
    )
    return found
