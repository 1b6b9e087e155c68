"""Which rows somebody chose on a list: those ticked, or all that the view holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huike.kernel.access.scope import visible, within
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.lists.view import ListView

MOST_TICKED = 1000


@dataclass(frozen=True)
class Selection:
    """Rows of one list. Without `keys` all results of the view are chosen, however many."""

    view: ListView
    keys: tuple[int, ...] | None = None

    @property
    def entity(self) -> Entity:
        return self.view.entity

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """Return the chosen rows as far as `actor` sees them."""
        if self.keys is None:
            return self.view.matching(actor)
        return visible(actor, self.entity.model).filter(pk__in=self.keys[:MOST_TICKED])

    def reachable(self, actor: Actor, op: Op) -> QuerySet[Any]:
        """Return those of the chosen rows on which `actor` may perform `op`."""
        return self.rows(actor).filter(within(actor, self.entity.model, op))

    def as_json(self) -> dict[str, Any]:
        """Return what a job needs to choose the same rows again."""
        keys = None if self.keys is None else list(self.keys)
        return {"entity": self.entity.key, "query": self.view.query(after=""), "keys": keys}
