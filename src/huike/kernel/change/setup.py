"""Saves and deletes rows of set-up (users, roles, grants, custom fields), journaled."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change, current_work

M = TypeVar("M", bound=models.Model)
SECRET = frozenset({"password", "second_factor"})  # that it changed is noted, never the value


def save_setup(actor: Actor, row: M, action: str) -> M:
    """Validate and save a row of set-up and note what changed; the caller asked permission."""
    adding = row.pk is None
    before = {} if adding else _values(row._meta.model._default_manager.get(pk=row.pk))
    row.full_clean()
    with change(actor, action):
        row.save()
        after = _values(row)
        fields = {n: _covered(n, before.get(n), v) for n, v in after.items() if before.get(n) != v}
        if fields:
            kind = Entry.Kind.CREATE if adding else Entry.Kind.EDIT
            current_work().note(Noted(row._meta.label_lower, row.pk, kind, fields=fields))
    return row


def note_setup(row: models.Model, name: str, before: Any, after: Any) -> None:
    """Note a change that no column holds, like the roles of a user, inside the current change."""
    if before != after:
        fields = {name: [before, after]}
        current_work().note(Noted(row._meta.label_lower, row.pk, Entry.Kind.EDIT, fields=fields))


def delete_setup(actor: Actor, row: models.Model, action: str) -> None:
    """Delete one row of set-up and note all that it held; the caller has asked permission."""
    with change(actor, action):
        fields = {n: _covered(n, v, None) for n, v in _values(row).items()}
        current_work().note(Noted(row._meta.label_lower, row.pk, Entry.Kind.PURGE, fields=fields))
        row.delete()


def revert_setup(actor: Actor, entry: Entry) -> str:
    """Set a row of set-up back to before `entry`, inside the current change; return why not.

    Only rows whose model says `undoable_setup` can be taken back from the journal: a custom field
    can, a role or a person is changed on its own page.
    """
    model = apps.get_model(entry.record)
    if not actor.is_unlimited or not getattr(model, "undoable_setup", False):
        return _("Change it on its own page.")
    row = model._default_manager.filter(pk=entry.record_id).first()
    if row is None:
        return _("It is gone.")
    now = _values(row)
    for name, (before, after) in entry.fields.items():
        if entry.kind == Entry.Kind.CREATE:
            continue
        if now.get(name) != after:
            return str(_("“%s” has been changed since") % name)
        column = next(f for f in row._meta.concrete_fields if f.attname == name)
        setattr(row, name, column.to_python(before))
    if entry.kind == Entry.Kind.CREATE:
        row.take_back()
    save_setup(actor, row, "undo")
    return ""


def _values(row: models.Model) -> dict[str, Any]:
    from huike.kernel.records.record import plain

    return {f.attname: plain(getattr(row, f.attname)) for f in row._meta.concrete_fields}


def _covered(name: str, before: Any, after: Any) -> list[Any]:
    if name in SECRET:
        return ["***" if before else None, "***" if after else None]
    return [before, after]
