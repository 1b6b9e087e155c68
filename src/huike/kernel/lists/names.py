"""Names of linked rows, as far as one actor may know them: for groups, chips and board columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import has_entity
from huike.kernel.kinds.links import Link
from huike.kernel.records.record import Record

UNKNOWN = "···"


def linked(actor: Actor, kind: Link) -> QuerySet[Any]:
    """Return the rows of the linked kind that `actor` may know of."""
    model = kind.model
    if has_entity(model) and issubclass(model, Record):
        return visible(actor, model)
    return model._default_manager.all()


def names_of(actor: Actor, kind: Link, keys: Iterable[Any]) -> dict[int, str]:
    """Return the name of each key; what is out of sight is called "···"."""
    wanted = {int(key) for key in keys if str(key).isdigit()}
    found = {row.pk: str(row) for row in linked(actor, kind).filter(pk__in=wanted)}
    return {key: found.get(key, UNKNOWN) for key in wanted}
