"""What a row must hold besides what its fields say: asked by every way of writing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.records.record import Record


class Requirements(Protocol):
    """The requirements of one entity, fetched once for any number of rows."""

    def missing(self, row: Record, given: Collection[str] | None) -> dict[str, list[str]]:
        """Return what is wrong, by field; `given` names what is being written, None everything."""


Source = Callable[[Actor, Entity, Mapping[str, Field]], Requirements | None]
sources: list[Source] = []  # kernel/layouts adds the rules of fields


def requirements(actor: Actor, entity: Entity, fields: Mapping[str, Field]) -> list[Requirements]:
    """Return all requirements of an entity for one writer (a query for each source)."""
    return [found for source in sources if (found := source(actor, entity, fields)) is not None]


def missing(
    asked: Collection[Requirements], row: Record, given: Collection[str] | None
) -> dict[str, list[str]]:
    """Return what all of `asked` find wrong with a row."""
    errors: dict[str, list[str]] = {}
    for one in asked:
        for name, words in one.missing(row, given).items():
            errors.setdefault(name, []).extend(words)
    return errors
