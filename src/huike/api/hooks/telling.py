"""What a message says: the records as the hook's owner may read them at the moment of sending."""

from __future__ import annotations

from typing import Any

from huike.api.hooks.models import Delivery
from huike.api.hooks.noticing import by_record
from huike.api.records.reading import Reader
from huike.kernel.access.scope import within
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.entity.field import EXTRA
from huike.staff.rights.acting import actor_of


def owner_of(delivery: Delivery) -> Actor | None:
    """Return the person whose rights decide what is told, or None where nobody is there."""
    owner = delivery.hook.owner
    return actor_of(owner, via="hook") if owner is not None and owner.is_active else None


def body(delivery: Delivery, actor: Actor) -> dict[str, Any]:
    """Return the message; what the owner may not see is not in it."""
    labels = {entity.model.label(): entity for entity in entities()}
    events: list[dict[str, Any]] = []
    for record, news in by_record(delivery.news).items():
        if (entity := labels.get(record)) is not None:
            events += _events(actor, entity, news)
    return {
        "delivery": delivery.pk,
        "hook": delivery.hook_id,
        "change": delivery.change,
        "at": delivery.at.isoformat(),
        "who": delivery.who,
        "events": events,
    }


def _events(actor: Actor, entity: Entity, news: list[list[Any]]) -> list[dict[str, Any]]:
    reader = Reader(actor, entity)
    rows = {row["id"]: row for row in reader.of([pk for _record, pk, _kind, _names in news])}
    binned = _seen_in_bin(actor, entity, [one[1] for one in news if one[1] not in rows])
    told = []
    for _record, pk, kind, names in news:
        if pk in rows or pk in binned:
            told.append(
                {
                    "event": f"{entity.key}.{kind}",
                    "id": pk,
                    "changed": [name for name in names if _may_read(reader, name)],
                    "data": rows.get(pk),
                }
            )
    return told


def _seen_in_bin(actor: Actor, entity: Entity, keys: list[int]) -> set[int]:
    in_bin = entity.model.everything.filter(binned_at__isnull=False, pk__in=keys)
    held = in_bin.filter(within(actor, entity.model, Op.VIEW))
    return set(held.values_list("pk", flat=True))


def _may_read(reader: Reader, name: str) -> bool:
    return name in reader.known or f"{EXTRA}{name.removeprefix(EXTRA)}" in reader.known
