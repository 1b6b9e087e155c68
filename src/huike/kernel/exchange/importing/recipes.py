"""Kinds of import: one per entity by itself, and those that a room makes by hand.

A room's `importing.py` calls `register(Recipe)`; it is found when Django starts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.exchange.formats.tables import Numbered
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.incoming.scratch import Scratch
from huike.kernel.exchange.importing.targets import Filled, filled_by
from huike.kernel.records.record import Record

LINKS = frozenset({"link", "links", "file", "long_text", "choices"})


class Writer(ABC):
    """Judges rows and, unless the intake is dry, writes them inside the current change."""

    batch = 1000
    intake: Intake
    scratch: Scratch  # of a grouped recipe: the sorted file, before the first rows come

    def looked_up(self) -> list[int]:
        """Return the columns of a grouped file by which the writer will look things up."""
        return []

    @abstractmethod
    def take(self, rows: Sequence[Numbered]) -> None:
        """Take some rows of the file; of a grouped recipe, whole groups."""


class Recipe(ABC):
    """One kind of import."""

    key: str
    grouped_by = ""  # the target whose equal values make one record

    @property
    @abstractmethod
    def entity(self) -> Entity:
        """The kind of record that the rows are."""

    @property
    def label(self) -> str:
        return self.entity.label

    @property
    def icon(self) -> str:
        return self.entity.icon

    def offered(self, actor: Actor) -> list[Filled]:
        """Return what the columns may fill."""
        return filled_by(actor, self.entity)

    def matchable(self, actor: Actor) -> list[str]:
        """Return the targets by which a record may be found again: none that gives values away."""
        fields = self.entity.fields(actor)
        return [n for n in self.entity.match if n in fields and fields[n].is_comparable]

    def usual_match(self, actor: Actor, filled: Mapping[str, int]) -> tuple[str, ...]:
        """Return the best key that the file has."""
        return tuple([n for n in self.matchable(actor) if n in filled][:1])

    def missing(self, actor: Actor, filled: Mapping[str, int]) -> list[Filled]:
        """Return what has to be filled and is not."""
        return [f for f in self.offered(actor) if f.required and f.name not in filled]

    @abstractmethod
    def writer(self, intake: Intake) -> Writer:
        """Return what takes the rows of one import."""

    def may_import(self, actor: Actor) -> bool:
        model = self.entity.model
        can_write = may(actor, model, Op.ADD) or may(actor, model, Op.EDIT)
        return may(actor, model, Op.IMPORT) and can_write

    def require(self, actor: Actor) -> None:
        """Raise PermissionDenied unless `actor` may import this at all."""
        require_any(actor, self.entity.model, Op.IMPORT)


class EntityRecipe(Recipe):
    """Rows of any record, one by one."""

    def __init__(self, model: type[Record] | str) -> None:
        self.model = model

    @property
    def entity(self) -> Entity:
        return entity_of(self.model)

    @property
    def key(self) -> str:  # type: ignore[override]
        return self.entity.key

    def writer(self, intake: Intake) -> Writer:
        from huike.kernel.exchange.importing.rows import RowWriter

        return RowWriter(self, intake)


_made: dict[str, Recipe] = {}


def register(recipe: Recipe) -> Recipe:
    _made[recipe.key] = recipe
    return recipe


def recipes(actor: Actor) -> list[Recipe]:
    """Return the kinds of import that `actor` may do, those made by hand first."""
    by_hand = list(_made.values())
    covered = {recipe.entity.key for recipe in by_hand}
    others = [EntityRecipe(e.model) for e in entities() if e.can_add and e.key not in covered]
    return [recipe for recipe in [*by_hand, *others] if recipe.may_import(actor)]


def recipe_called(name: str) -> Recipe:
    """Return the recipe "customers", "orders" or that of an entity; raise ValidationError."""
    if name in _made:
        return _made[name]
    for entity in entities():
        if name in {entity.key, entity.model.label()}:
            made = {r.entity.key: r for r in _made.values()}
            return made.get(entity.key) or EntityRecipe(entity.model)
    known = ", ".join([*_made, *(e.key for e in entities() if e.can_add)])
    raise ValidationError(
        _("There is nothing called “%(name)s” to import. Use one of: %(known)s.")
        % {"name": name[:60], "known": known}
    )
