"""Saves a form while others may save the same record: theirs is shown, nothing is overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.telling import Told, tell
from huike.kernel.entity.writing import write
from huike.kernel.records.record import Conflict, Record
from huike.ui.inputs import seen_text
from huike.web.records.posting import Posted

TRIES = 3


@dataclass(frozen=True)
class Saved:
    """What a save did: the row, the group to undo, and what others changed meanwhile."""

    row: Record
    group: uuid.UUID | None  # none where nothing was changed
    meanwhile: Sequence[Told] = ()


class Overlapping(Exception):
    """Somebody else changed the same fields since the form was opened."""

    def __init__(self, row: Record, names: Sequence[str], meanwhile: Sequence[Told]) -> None:
        super().__init__(", ".join(names))
        self.row, self.names, self.meanwhile = row, names, meanwhile


def save_new(
    actor: Actor, entity: Entity, row: Record, posted: Posted, fields: Mapping[str, Field]
) -> Saved:
    """Save a new record; raises Refused."""
    given = {
        name: posted.given(name, fields[name]) for name in posted.typed if fields[name].is_writable
    }
    with change(actor, f"{row.label()}.add") as work:
        write(actor, entity, row, given, fields)
        _hang(posted, row)
    return Saved(row, work.group)


def save_edit(
    actor: Actor, entity: Entity, pk: int, posted: Posted, fields: Mapping[str, Field]
) -> Saved:
    """Write what was changed onto the newest version; raises Refused or Overlapping."""
    for _attempt in range(TRIES):
        try:
            return _save_once(actor, entity, pk, posted, fields)
        except Conflict as conflict:
            last = conflict  # somebody was a moment faster: look again at what they changed
    raise last


def _save_once(
    actor: Actor, entity: Entity, pk: int, posted: Posted, fields: Mapping[str, Field]
) -> Saved:
    row = visible(actor, entity.model).get(pk=pk)
    given = posted.changed(fields)
    others = meanwhile(actor, entity, row, posted.version, fields)
    if row.version != posted.version:
        overlap = [n for n in given if not _untouched(fields[n], row, posted.seen[n])]
        if overlap:
            raise Overlapping(row, overlap, others)
    if not given:
        return Saved(row, None, others)
    with change(actor, f"{row.label()}.edit") as work:
        write(actor, entity, row, given, fields)
        _hang(posted, row)
    return Saved(row, work.group, others)


def meanwhile(
    actor: Actor, entity: Entity, row: Record, version: int, fields: Mapping[str, Field]
) -> list[Told]:
    """Return what happened to the row since `version`."""
    if version <= 0 or row.version == version:
        return []
    entries = Entry.objects.filter(record=row.label(), record_id=row.pk, version__gt=version)
    newest = entries.select_related("change").order_by("-pk")[:20]
    return tell(actor, entity, newest, fields)


def _untouched(f: Field, row: Record, seen: str) -> bool:
    return seen in {seen_text(f, row, False), seen_text(f, row, True)}


def _hang(posted: Posted, row: Record) -> None:
    for stored in posted.files.values():
        hang(stored, row)
