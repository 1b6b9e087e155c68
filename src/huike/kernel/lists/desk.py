"""What a person has at hand: records pinned, opened lately, and opened most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.lists.models import Pin, Visit
from huike.kernel.records.record import Record


@dataclass(frozen=True)
class AtHand:
    """One record that a person keeps at hand."""

    entity: Entity
    row: Record

    @property
    def address(self) -> str:
        return f"/{self.entity.key}/{self.row.pk}/"


def pinned(actor: Actor, limit: int = 12) -> list[AtHand]:
    """Return what the actor pinned and may still see, the newest pin first."""
    pins = Pin.objects.filter(user_id=actor.user_id or 0).order_by("-at", "-pk")
    return at_hand(actor, list(pins.values_list("record", "record_id")[:limit]))


def recent(actor: Actor, limit: int = 8) -> list[AtHand]:
    """Return what the actor opened last and may still see."""
    visits = Visit.objects.filter(user_id=actor.user_id or 0).order_by("-last_at", "-pk")
    return at_hand(actor, list(visits.values_list("record", "record_id")[:limit]))


def most_used(actor: Actor, limit: int = 8) -> list[AtHand]:
    """Return what the actor opened most often and may still see."""
    visits = Visit.objects.filter(user_id=actor.user_id or 0, times__gt=1)
    keys = visits.order_by("-times", "-last_at").values_list("record", "record_id")
    return at_hand(actor, list(keys[:limit]))


def at_hand(actor: Actor, keys: Sequence[tuple[str, int]]) -> list[AtHand]:
    """Fetch records of several kinds, one query each, in the order of `keys`."""
    by_record: dict[str, list[int]] = defaultdict(list)
    for record, key in keys:
        by_record[record].append(key)
    rows = {record: _rows(actor, record, wanted) for record, wanted in by_record.items()}
    return [
        AtHand(entity_of(record), rows[record][key]) for record, key in keys if key in rows[record]
    ]


def _rows(actor: Actor, record: str, keys: list[int]) -> dict[int, Record]:
    model = apps.get_model(record)
    if not issubclass(model, Record):
        return {}
    return dict(visible(actor, model).select_related(*model.title_joins).in_bulk(keys))
