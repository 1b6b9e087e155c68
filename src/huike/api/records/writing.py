"""Writes records from JSON: types first, then the same path as every other surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.api.records.building import build
from huike.api.records.values import taken
from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang, may_read
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.parts import Parts
from huike.kernel.entity.writing import Errors, Refused, place, readable, write
from huike.kernel.files import StoredFile
from huike.kernel.kinds.links import File
from huike.kernel.records.record import Record

Fields = Mapping[str, Field]


@dataclass
class Given:
    """What a body holds: values by field, lists of parts, and the version it was made from."""

    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, list[Any]] = field(default_factory=dict)
    version: int | None = None
    errors: Errors = field(default_factory=dict)


def read(body: Mapping[str, Any], entity: Entity, fields: Fields) -> Given:
    """Sort a body into values, parts and version; what has the wrong type goes to `errors`."""
    given = Given()
    parts = {p.name for p in entity.parts}
    for name, value in body.items():
        if name == "version":
            _read_version(given, value)
        elif name == "extra":
            _read_extra(given, value, fields)
        elif name in parts:
            _read_parts(given, name, value)
        else:
            _read_value(given, name, value, None if name.startswith(EXTRA) else fields.get(name))
    return given


def _read_version(given: Given, value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        given.version = value
    else:
        given.errors["version"] = [_("Give a whole number.")]


def _read_extra(given: Given, value: Any, fields: Fields) -> None:
    if not isinstance(value, dict):
        given.errors["extra"] = [_("Give an object.")]
        return
    for name, one in value.items():
        _read_value(given, EXTRA + name, one, fields.get(EXTRA + name))


def _read_parts(given: Given, name: str, value: Any) -> None:
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        given.parts[name] = value
    else:
        given.errors[name] = [_("Give a list of objects.")]


def _read_value(given: Given, name: str, value: Any, f: Field | None) -> None:
    if f is None:
        given.errors[name] = [_("There is no field of this name.")]
        return
    try:
        given.values[name] = taken(f.kind, value)
    except ValidationError as error:
        given.errors[name] = error.messages


def save(actor: Actor, entity: Entity, row: Record, given: Given, fields: Fields) -> UUID:
    """Save a row with its parts in one change and return the change's group.

    Raises Refused with every wrong field, PermissionDenied or Conflict.
    """
    errors = dict(given.errors)
    files = _files(actor, given, fields, row, errors)
    built = {}
    for parts in entity.parts:
        if parts.name in given.parts:
            label = entity.model.label()
            built[parts.name] = build(actor, parts, label, row, given.parts[parts.name], errors)
    if errors:
        raise Refused({**place(actor, row, given.values, fields), **errors})
    adding = row._state.adding
    with change(actor, f"{row.label()}.{'add' if adding else 'edit'}") as work:
        if adding or given.values:
            write(actor, entity, row, given.values, fields)
        else:
            require(actor, Op.EDIT, row)
        for stored in files:
            hang(stored, row)
        for parts in entity.parts:
            if parts.name in built and (built[parts.name] or not adding):
                _replace(actor, parts, row, built[parts.name])
    return work.group


def _replace(actor: Actor, parts: Parts, row: Record, built: list[Any]) -> None:
    try:
        parts.save(actor, row, built)
    except ValidationError as error:
        told = readable(error)
        raise Refused(
            {f"{parts.name}.{n}" if n else parts.name: t for n, t in told.items()}
        ) from error


def _files(
    actor: Actor, given: Given, fields: Fields, row: Record, errors: Errors
) -> list[StoredFile]:
    """Return the newly named files, which must be the actor's to give away."""
    fresh = []
    for name, key in given.values.items():
        f = fields[name]
        if not isinstance(f.kind, File) or key is None or key == f.raw(row):
            continue
        stored = StoredFile.objects.filter(pk=key).first()
        if stored is None or not may_read(actor, stored):
            errors[name] = [_("There is no such file, or you may not see it.")]
        elif not stored.record:
            fresh.append(stored)
    return fresh
