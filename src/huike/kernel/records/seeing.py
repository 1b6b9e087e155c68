"""Tells rooms that somebody looks at a record, for those that keep who saw what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from huike.kernel.actor import Actor

if TYPE_CHECKING:
    from huike.kernel.records.record import Record

# by label of the record: what is called with who looks and the row
when_seen: dict[str, list[Callable[[Actor, Record], None]]] = defaultdict(list)


def seen(actor: Actor, row: Record) -> None:
    """Say that `actor` is shown `row`; surfaces that show a whole record call it."""
    for told in when_seen.get(row.label(), ()):
        told(actor, row)


def has_watchers(model: type[Record]) -> bool:
    """Tell whether anybody keeps who saw records of this kind."""
    return bool(when_seen.get(model.label()))
