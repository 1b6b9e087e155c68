"""Seals fields of a record, reads and changes what is sealed, and puts it back in clear.

What is sealed leaves its columns, the journal and every other place that kept a copy of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.redaction import redact
from huike.kernel.change.work import Noted, change, current_work
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import sealed_names
from huike.kernel.sealing.locking import clear_of, lock_into
from huike.kernel.sealing.models import Sealed
from huike.kernel.sealing.opening import Closed, Opened
from huike.kernel.sealing.scrubbing import ask_to_scrub

EXTRA = "extra."
LEAST = 4  # shorter texts are not looked for in other places: they would be found everywhere
Forget = Callable[[Sequence[str]], None]
# What else keeps copies of typed text for a while (jobs, answers of the API) and forgets them here.
copies: list[Forget] = []


def seal(
    actor: Actor,
    opened: Opened,
    row: Record,
    names: Iterable[str],
    more: Mapping[str, Any] | None = None,
) -> Any:
    """Seal the fields `names` of a row, and `more` that was never in clear; return the row anew.

    The caller has checked that the actor may write these fields. Raises PermissionDenied where the
    row itself may not be changed.
    """
    require(actor, Op.EDIT, row)
    return seal_closed(actor, row, names, more, opened)


def seal_closed(
    actor: Actor,
    row: Record,
    names: Iterable[str],
    more: Mapping[str, Any] | None = None,
    opened: Opened | None = None,
) -> Any:
    """Seal as `seal` does what the actor has just written, also with nothing open.

    Raises Closed where the row holds sealed content already: that must be opened to add to it.
    """
    with change(actor, "sealing.seal"):
        row = _locked(row)
        held = _read(opened, row) if sealed_names(row) else {}
        moved = {n: value for n in names if (value := _value(row, n)) not in EMPTY}
        content = {**held, **moved, **{n: v for n, v in (more or {}).items() if v not in EMPTY}}
        if not content:
            raise ValidationError(_("There is nothing to seal in these fields."))
        _keep(actor, opened, row, content)
        _blank(row, moved, sorted(content))
        redact(row.label(), [row.pk], set(moved))
        forget_copies(moved.values())
        ask_to_scrub(actor)
    return row


def read(actor: Actor, opened: Opened, row: Record, names: Iterable[str] | None = None) -> Any:
    """Return {field: value} of what is sealed on a row the actor may see; the journal tells of it.

    `names` leaves out what the actor's roles don't let the actor read.
    """
    require(actor, Op.VIEW, row)
    wanted = set(sealed_names(row) if names is None else names)
    found = {n: v for n, v in _read(opened, row).items() if n in wanted}
    if found:
        with change(actor, "sealing.view") as work:
            fields = {"sealing": [None, sorted(found)]}
            work.note(Noted(row.label(), row.pk, Entry.Kind.VIEW, row.version, fields))
    return found


def rewrite(actor: Actor, opened: Opened, row: Record, values: Mapping[str, Any]) -> Any:
    """Change sealed values (an empty one drops the field) without their ever being in clear."""
    require(actor, Op.EDIT, row)
    with change(actor, "sealing.rewrite"):
        row = _locked(row)
        content = {**_read(opened, row), **values}
        content = {n: v for n, v in content.items() if v not in EMPTY}
        _keep(actor, opened, row, content)
        _blank(row, {}, sorted(content), changed=sorted(values))
    return row


def unseal(actor: Actor, opened: Opened, row: Record) -> Any:
    """Put what is sealed on a row back in clear; what has no field of its own stays sealed."""
    require(actor, Op.EDIT, row)
    with change(actor, "sealing.unseal"):
        row = _locked(row)
        content = _read(opened, row)
        columns = {f.name for f in row._meta.concrete_fields}
        left = {n: v for n, v in content.items() if n not in columns and not n.startswith(EXTRA)}
        moved = {n: v for n, v in content.items() if n not in left}
        for name, value in moved.items():
            _put(row, name, value)
        _write(row, moved, sorted(left), {n: [None, v] for n, v in moved.items()})
        _keep(actor, opened, row, left)
    return row


def drop(label: str, keys: Iterable[int]) -> int:
    """Delete what is sealed on rows, without opening it: who erases need not read."""
    return Sealed.objects.filter(record=label, record_id__in=list(keys)).delete()[0]


def _locked(row: Record) -> Any:
    return type(row).everything.select_for_update().get(pk=row.pk)


def _read(opened: Opened | None, row: Record) -> dict[str, Any]:
    if opened is None:
        raise Closed(_("Open with your second secret first."))
    found = Sealed.objects.filter(record=row.label(), record_id=row.pk).first()
    if found is None:
        return {}
    content: dict[str, Any] = json.loads(clear_of(opened, found))
    return content


def _keep(actor: Actor, opened: Opened | None, row: Record, content: Mapping[str, Any]) -> None:
    if not content:
        drop(row.label(), [row.pk])
        return
    made = Sealed(record=row.label(), record_id=row.pk)
    lock_into(made, json.dumps(content, ensure_ascii=False).encode(), opened)
    values: dict[str, Any] = {
        "key_id": made.key_id,
        "content": made.content,
        "is_handed": made.is_handed,
    }
    values |= {"sealed_at": timezone.now(), "sealed_by": actor.name}
    Sealed.objects.update_or_create(record=made.record, record_id=row.pk, defaults=values)


def _blank(
    row: Any, moved: Mapping[str, Any], names: list[str], changed: Sequence[str] = ()
) -> None:
    """Empty the columns that were sealed and note which, never what they held."""
    for name in moved:
        _put(row, name, None)
    _write(row, moved, names, {"sealed_changed": [None, list(changed)]} if changed else {})


def _write(row: Any, moved: Iterable[str], names: list[str], told: dict[str, list[Any]]) -> None:
    """Save the columns `moved` and the names of what is sealed, with one entry of the journal.

    The entry's first field is no column, so undo leaves the whole of it alone: taken back without
    the second secret, the text would be lost.
    """
    before, columns = sealed_names(row), {n for n in moved if not n.startswith(EXTRA)}
    values: dict[str, Any] = {n: getattr(row, n) for n in columns}
    row.sealed = values["sealed"] = names
    row.version += 1
    row.changed_at = timezone.now()
    if any(n.startswith(EXTRA) for n in moved):
        values["extra"] = row.extra
    type(row).everything.filter(pk=row.pk).unjournaled_update(
        **values, version=F("version") + 1, changed_at=row.changed_at
    )
    row._loaded = row.snapshot()
    fields = {"sealing": [before, names], **told}
    current_work().note(Noted(row.label(), row.pk, Entry.Kind.EDIT, row.version, fields))


def _value(row: Record, name: str) -> Any:
    if name.startswith(EXTRA):
        return row.extra.get(name.removeprefix(EXTRA))
    return getattr(row, name)


def _put(row: Record, name: str, value: Any) -> None:
    if name.startswith(EXTRA):
        key = name.removeprefix(EXTRA)
        row.extra = {k: v for k, v in row.extra.items() if k != key}
        if value is not None:
            row.extra = {**row.extra, key: value}
    else:
        setattr(row, name, "" if value is None else value)


def forget_copies(values: Iterable[Any]) -> None:
    """Have jobs, bad rows and kept answers forget these texts, those that are long enough."""
    texts = [text for value in values if len(text := str(value)) >= LEAST]
    for forget in copies if texts else ():
        forget(texts)
