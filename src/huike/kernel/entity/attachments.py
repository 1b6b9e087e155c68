"""Who may read an uploaded file: whoever may see the record, and the field, that it hangs on."""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.entity import entity_of
from huike.kernel.files import StoredFile
from huike.kernel.kinds.links import File
from huike.kernel.records.record import Record

# What else becomes of a file once it hangs on a record: it is sealed where that record is.
hung: list[Callable[[StoredFile, Record], None]] = []


def hang(stored: StoredFile, row: Record) -> None:
    """Hang an uploaded file on a saved record."""
    StoredFile.objects.filter(pk=stored.pk).update(record=row.label(), record_id=row.pk)
    for told in hung:
        told(stored, row)


def holder(stored: StoredFile) -> Record | None:
    """Return the record that a file hangs on, if it hangs on one."""
    if not stored.record:
        return None
    model = apps.get_model(stored.record)
    assert issubclass(model, Record)
    return model.everything.filter(pk=stored.record_id).first()


def may_read(actor: Actor, stored: StoredFile) -> bool:
    """Tell whether `actor` may read the file; one that hangs nowhere is its uploader's alone."""
    if not stored.record:
        return actor.is_unlimited or (actor.user_id is not None and stored.user_id == actor.user_id)
    model = apps.get_model(stored.record)
    assert issubclass(model, Record)
    row = visible(actor, model).filter(pk=stored.record_id).first()
    return row is not None and _field_is_open(actor, row, stored)


def _field_is_open(actor: Actor, row: Record, stored: StoredFile) -> bool:
    """Ask the rights of the field that holds the file, where one does."""
    entity = entity_of(type(row))
    everything = entity.fields(Actor.system("files"))
    holding = [
        name
        for name, f in everything.items()
        if isinstance(f.kind, File) and f.raw(row) == stored.pk
    ]
    if not holding:
        return True
    mine = entity.fields(actor)
    return any(n in mine and mine[n].right is not FieldRight.MASKED for n in holding)
