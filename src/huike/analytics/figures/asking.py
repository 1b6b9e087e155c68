"""What is asked of the scores: by whom, as of which day, about which customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huike.analytics.models import Measured, PastScore, Score
from huike.analytics.queries import newest_run
from huike.customers.models import Party
from huike.kernel import organisations
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.lists.filters import condition

Leaf = tuple[Any, ...]  # (field, operator, value) or (field, operator) as in a list's filter
PAGES = (
    "value", "matrix", "lifecycle", "churn", "scorecard", "baskets", "big", "groups", "loyalty",
    "satisfaction", "forecast",
)  # fmt: skip
"""The insight pages, by what their addresses call them."""


@dataclass(frozen=True)
class Question:
    """Who asks, as of which day (None: the newest scores), and `about` which customers.

    `about` holds leaves of the customers' own list; a figure adds leaves of the scores. One and
    the same filter counts the rows and leads down to them.
    """

    actor: Actor
    on: date | None = None
    about: tuple[Leaf, ...] = ()

    @property
    def model(self) -> type[Measured]:
        """Return the record that holds the scores of the day asked for."""
        return Score if self.on is None else PastScore

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields of the scores that the actor may know of."""
        return entity_of(self.model).fields(self.actor)

    def open(self, *names: str) -> bool:
        """Tell whether the actor may read and compare all of these fields of the scores."""
        return all(n in self.fields and self.fields[n].is_comparable for n in names)

    def rows(self, *leaves: Leaf) -> QuerySet[Any]:
        """Return the scores asked about that the actor may see, unordered.

        Raises PermissionDenied where a leaf names a field that the actor may not compare by.
        """
        found = visible(self.actor, self.model).filter(self._asked)
        for name, op, *value in leaves:
            if not self.open(name):
                raise PermissionDenied(_("“%s” can't be filtered by you.") % name)
            found = found.filter(self.fields[name].condition(op, *(value or [None])))
        return found.order_by()

    @cached_property
    def _asked(self) -> Q:
        """The day and the customers, compiled once: each compiling asks for custom fields."""
        return condition(self.actor, entity_of(self.model), self._tree())

    def down(self, *leaves: Leaf) -> tuple[Entity, Any]:
        """Return the list on which the customers behind `leaves` stand, and its filter.

        That is the customers' list where it reaches as far as the scores do, else the scores' own.
        """
        if self.on is None and self._reaches_alike:
            score = leaves or (("on", "filled"),)
            return entity_of(Party), _all([*self.about, *_beyond("score", score)])
        return self.on_scores(*leaves)

    def on_scores(self, *leaves: Leaf) -> tuple[Entity, Any]:
        """Return the list of the scores themselves, and the filter of those behind `leaves`."""
        return entity_of(self.model), self._tree(*leaves)

    def down_to(self, *leaves: Leaf) -> tuple[Entity, Any]:
        """Return the list and filter of the customers that `leaves` of their own list find."""
        if self._reaches_alike:
            return entity_of(Party), _all([*self.about, *leaves])
        return entity_of(Score), _all(_beyond("party", (*self.about, *leaves)))

    def at(self, day: date | None) -> Question:
        """Return the same question as of another day."""
        return replace(self, on=day)

    def _tree(self, *leaves: Leaf) -> Any:
        return _all([*self._day(), *_beyond("party", self.about), *leaves])

    def _day(self) -> list[Leaf]:
        return [] if self.on is None else [("on", "is", str(self.on))]

    @cached_property
    def _reaches_alike(self) -> bool:
        customers, scores = (self.actor.reaches(m.label(), Op.VIEW) for m in (Party, Score))
        return bool(customers) and scores <= customers


def days() -> list[date]:
    """Return the days of which there are past scores, the newest first."""
    run = newest_run()
    if run is None:
        return _days()
    return list(_known_days(organisations.current(), run.pk, run.started_at, run.finished_at))


@lru_cache(maxsize=16)
def _known_days(
    organisation: str, run: int, started: datetime, finished: datetime | None
) -> tuple[date, ...]:
    """Ask once per run: the answer takes a look at every past score."""
    return tuple(_days())


def _days() -> list[date]:
    found = PastScore.objects.order_by("-on").values_list("on", flat=True).distinct()
    return list(found)


def _beyond(link: str, leaves: tuple[Leaf, ...]) -> list[Leaf]:
    return [(f"{link}__{name}", *rest) for name, *rest in leaves]


def _all(leaves: list[Leaf]) -> Any:
    parts = [list(leaf) for leaf in leaves]
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"all": parts}
