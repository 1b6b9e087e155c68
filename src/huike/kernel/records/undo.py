"""Takes back what was done: one change or a whole group of them, many rows at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.scope import within
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.setup import revert_setup
from huike.kernel.change.work import change
from huike.kernel.records.bulk import save_all
from huike.kernel.records.locking import goes_to_bin, is_locked
from huike.kernel.records.record import Record

BATCH = 1000
AT_ONCE = 2000  # a group of more entries is taken back in the background, step by step
UNDOABLE = (Entry.Kind.CREATE, Entry.Kind.EDIT, Entry.Kind.BIN, Entry.Kind.RESTORE)


# How a room takes back what no column holds, such as the lines of an order: a function of the row,
# what was there before and what came after, that returns why it can't, or "".
TakeBack = Callable[[Any, Any, Any], str]
apart: dict[tuple[str, str], TakeBack] = {}


# How a room takes back a whole group that is more than its rows, such as a merge: a function that
# returns None where the group is not its own.
Instead = Callable[[Actor, uuid.UUID], "Undone | None"]
instead: list[Instead] = []


@dataclass
class Undone:
    """What an undo did: how many rows it took back, and which it left, with the reason."""

    group: uuid.UUID
    count: int = 0
    left: list[str] = field(default_factory=list)


def entries_of(group: uuid.UUID) -> QuerySet[Entry]:
    """Return what an undo of `group` has to take back, newest first."""
    return Entry.objects.filter(change__group=group, kind__in=UNDOABLE).order_by("-pk")


def is_long(group: uuid.UUID) -> bool:
    """Tell whether `group` is too much for one transaction while somebody waits."""
    return entries_of(group)[AT_ONCE : AT_ONCE + 1].exists()


def can_undo(actor: Actor, group: uuid.UUID) -> bool:
    """Tell whether there is something of `group` to take back, and it is the actor's own work."""
    changes = Change.objects.filter(group=group)
    if not actor.is_unlimited:
        changes = changes.filter(user_id=actor.user_id or 0)
    done = changes.filter(entries__kind__in=UNDOABLE).exists()
    return done and not Change.objects.filter(undoes=group).exists()


def require_undo(actor: Actor, group: uuid.UUID) -> None:
    """Raise ValidationError unless `actor` can take `group` back."""
    if not can_undo(actor, group):
        raise ValidationError(_("This can't be undone: it was undone already, or is not yours."))


def undo_instead(actor: Actor, group: uuid.UUID) -> Undone | None:
    """Let a room take a group back that is more than its rows; None where it is no room's own."""
    for take_back in instead:
        if (done := take_back(actor, group)) is not None:
            return done
    return None


def undo(actor: Actor, group: uuid.UUID) -> Undone:
    """Take back all changes of `group`, newest first, in one transaction.

    A row that somebody changed since, in the same fields, is left as it is and named in `left`. The
    undo is itself a change and can be undone. Raises ValidationError where nothing can be undone.
    """
    require_undo(actor, group)
    if (done := undo_instead(actor, group)) is not None:
        return done
    undone = Undone(uuid.uuid4())
    with change(actor, "undo", group=undone.group, undoes=group):
        for batch in _batches(entries_of(group).iterator(BATCH)):
            _take_back(actor, batch, undone)
    return undone


def undo_step(actor: Actor, entries: Sequence[Entry], undone: Undone) -> None:
    """Take back some of a group's entries, newest first, inside the current change.

    For whoever takes a long group back step by step: `can_undo` was asked before the first step.
    """
    for batch in _batches(entries):
        _take_back(actor, batch, undone)


def _batches(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    """Yield entries in runs of one kind of record, at most BATCH long, no row twice in a run."""
    run: list[Entry] = []
    keys: set[int | None] = set()
    for entry in entries:
        full = len(run) >= BATCH or entry.record_id in keys
        if run and (full or entry.record != run[-1].record):
            yield run
            run, keys = [], set()
        run.append(entry)
        keys.add(entry.record_id)
    if run:
        yield run


def _take_back(actor: Actor, batch: list[Entry], undone: Undone) -> None:
    model = apps.get_model(batch[0].record)
    if not issubclass(model, Record):
        _take_back_setup(actor, batch, undone)
        return
    op = Op.DELETE if batch[0].kind in {Entry.Kind.BIN, Entry.Kind.CREATE} else Op.EDIT
    keys = [entry.record_id for entry in batch]
    own = Change.objects.filter(pk=batch[0].change_id, user_id=actor.user_id or 0).exists()
    reach = within(actor, model, Op.EDIT if own else op)
    rows = model.everything.select_for_update().filter(reach, pk__in=keys).in_bulk()
    ready = []
    for entry in batch:
        row = rows.get(entry.record_id)
        reason = _("out of your reach or deleted for good") if row is None else _revert(row, entry)
        if reason:
            undone.left.append(f"{entry.record}#{entry.record_id}: {reason}")
        elif row is not None:
            ready.append(row)
    save_all(ready)
    undone.count += len(ready)


def _take_back_setup(actor: Actor, batch: list[Entry], undone: Undone) -> None:
    for entry in batch:
        if reason := revert_setup(actor, entry):
            undone.left.append(f"{entry.record}#{entry.record_id}: {reason}")
        else:
            undone.count += 1


def _revert(row: Record, entry: Entry) -> str:
    """Set the row back to before `entry`; return why not, or "" when done."""
    if entry.kind == Entry.Kind.CREATE:
        row.binned_at = timezone.now()
        return _why_locked(row)
    now = row.snapshot()
    for name, (before, after) in entry.fields.items():
        if take_back := apart.get((entry.record, name)):
            if reason := take_back(row, before, after):
                return reason
        elif _is_links(row, name):
            if row.links(name) != after:
                return str(_("“%s” has been changed since") % name)
            row.set_links(name, before)
        elif now.get(name) != after:
            return str(_("“%s” has been changed since") % name)
        else:
            _set(row, name, before)
    return _why_locked(row)


def _why_locked(row: Record) -> str:
    return str(_("it is locked")) if goes_to_bin(row) and is_locked(row) else ""


def _is_links(row: Record, name: str) -> bool:
    return name in {f.name for f in row._meta.many_to_many}


def _set(row: Record, name: str, value: Any) -> None:
    if name.startswith("extra."):
        key = name.removeprefix("extra.")
        row.extra = {k: v for k, v in row.extra.items() if k != key}
        if value is not None:
            row.extra = {**row.extra, key: value}
        return
    column = next(f for f in row._meta.concrete_fields if f.attname == name)
    setattr(row, name, column.to_python(value) if not column.is_relation else value)
