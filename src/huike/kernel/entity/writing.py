"""Writes given values onto a row through its fields: the same for form, cell, file and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, has_entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.requiring import missing, requirements
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Link
from huike.kernel.numbering import next_number
from huike.kernel.records.record import Record
from huike.kernel.records.verbs import store

Errors = dict[str, list[str]]


class Refused(Exception):
    """Values that can't be taken, with the reasons by field ("" for the whole row)."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(
            "; ".join(f"{k}: {' '.join(v)}" if k else " ".join(v) for k, v in errors.items())
        )
        self.errors = errors


def new_row(actor: Actor, entity: Entity, fields: Mapping[str, Field]) -> Record:
    """Return an unsaved row with its defaults; an owned record begins as the actor's own."""
    row = entity.model()
    names = {f.name for f in entity.model._meta.concrete_fields}
    if "owner" in names and actor.user_id is not None:
        row.owner_id = actor.user_id  # type: ignore[attr-defined]
    if "department" in names:
        row.department_id = actor.department_id  # type: ignore[attr-defined]
    for f in fields.values():
        if f.is_custom and f.default not in EMPTY:
            f.write(row, f.kind.parse(f.default))
    return row


def write(
    actor: Actor,
    entity: Entity,
    row: Record,
    given: Mapping[str, Any],
    fields: Mapping[str, Field] | None = None,
) -> Record:
    """Put `given` {field name: text or JSON} on the row, check it, and save it as `actor`.

    Raises Refused with every wrong field at once, PermissionDenied, or Conflict.
    """
    known = fields if fields is not None else entity.fields(actor)
    errors = place(actor, row, given, known)
    errors |= _missing(row, known, errors, given)
    asked = requirements(actor, entity, known)
    errors = {**missing(asked, row, given), **errors} if asked else errors
    _check_unique(row, known, given, errors)
    if errors:
        raise Refused(errors)
    op = Op.ADD if row._state.adding else Op.EDIT
    try:
        with change(actor, f"{row.label()}.{op.value}"):
            _number(entity, row)
            return store(actor, row)
    except ValidationError as error:
        raise Refused(readable(error)) from error


def _number(entity: Entity, row: Record) -> None:
    """Give a new row that was left without a number the next one of its series."""
    if entity.numbered and row._state.adding:
        name, prefix = entity.numbered
        if not getattr(row, name):
            setattr(row, name, next_number(prefix, timezone.localdate()))


def place(
    actor: Actor, row: Record, given: Mapping[str, Any], fields: Mapping[str, Field]
) -> Errors:
    """Parse `given` and put it on the row; return what was wrong, by field."""
    errors: Errors = {}
    for name, text in given.items():
        f = fields.get(name)
        if f is None:
            errors[name] = [_("There is no field of this name.")]
        elif not f.is_writable:
            errors[name] = [_("You may not change “%(field)s”.") % {"field": f.label}]
        else:
            try:
                value = f.kind.parse(text)
                may_link(actor, f, value, row)
                f.write(row, value)
            except ValidationError as error:
                errors[name] = error.messages
    return errors


def readable(error: ValidationError) -> Errors:
    """Return a ValidationError's messages by field, "" standing for the whole row."""
    if not hasattr(error, "error_dict"):
        return {"": error.messages}
    return {("" if k == NON_FIELD_ERRORS else k): v for k, v in error.message_dict.items()}


def may_link(actor: Actor, f: Field, value: Any, row: Record) -> None:
    """Refuse a link to a record that the actor can't see, as if it did not exist."""
    if not isinstance(f.kind, Link) or value in EMPTY or actor.is_system:
        return
    model = f.kind.model
    keys = set(value if isinstance(value, list) else [value])
    before = f.raw(row)
    keys -= set(before if isinstance(before, list) else [before])
    if not keys:
        return
    if has_entity(model) and issubclass(model, Record):
        found = visible(actor, model).filter(pk__in=keys).count()
    else:
        found = model._default_manager.filter(pk__in=keys).count()
    if found < len(keys):
        raise ValidationError(
            _("There is no such %(what)s, or you may not see it.")
            % {"what": model._meta.verbose_name}
        )


def _missing(
    row: Record, fields: Mapping[str, Field], errors: Errors, given: Mapping[str, Any]
) -> Errors:
    """Custom fields that must be filled are asked for when the row is new or they were given."""
    return {
        f.name: [_("This field is required.")]
        for f in fields.values()
        if f.is_custom
        and f.required
        and f.is_writable
        and f.name not in errors
        and (row._state.adding or f.name in given)
        and f.raw(row) in EMPTY
    }


def _check_unique(
    row: Record, fields: Mapping[str, Field], given: Mapping[str, Any], errors: Errors
) -> None:
    for f in fields.values():
        if not (f.is_custom and f.unique and f.name in given) or f.name in errors:
            continue
        value = f.raw(row)
        if value in EMPTY:
            continue
        others = type(row).everything.exclude(pk=row.pk)
        if others.filter(**{f"extra__{f.name.removeprefix(EXTRA)}": value}).exists():
            errors[f.name] = [_("Another record has this value already.")]
