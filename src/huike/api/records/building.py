"""Builds the parts of a record, such as the lines of an order, from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.api.records.values import taken
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.field import Field
from huike.kernel.entity.parts import Parts
from huike.kernel.entity.writing import Errors, may_link, readable
from huike.kernel.records.record import Part, Record

MOST = 1000


def build(
    actor: Actor, parts: Parts, record: str, row: Record, given: list[Any], errors: Errors
) -> list[Part]:
    """Return the unsaved parts that replace those of `row`; what is wrong goes to `errors`.

    A part with the `id` of one that is there keeps what it does not name, also what the actor may
    not see; all others are new.
    """
    if actor.field_right(record, parts.name) is not FieldRight.WRITE:
        errors[parts.name] = [_("You may not change “%(field)s”.") % {"field": parts.label}]
        return []
    if len(given) > MOST:
        errors[parts.name] = [_("At most %s at once.") % MOST]
        return []
    fields = parts.fields(actor, record)
    held = {} if row.pk is None else {p.pk: p for p in parts.of([row], ())[row.pk]}
    return [
        _one(actor, parts, fields, held, one, f"{parts.name}.{index}", errors)
        for index, one in enumerate(given)
    ]


def _one(
    actor: Actor,
    parts: Parts,
    fields: Mapping[str, Field],
    held: dict[int, Part],
    given: Mapping[str, Any],
    where: str,
    errors: Errors,
) -> Part:
    part = parts.model()
    for name, value in given.items():
        if name == "id":
            part = _kept(parts, held, value, where, errors)
    for name, value in given.items():
        if name != "id":
            try:
                _put(actor, part, fields.get(name), value)
            except ValidationError as error:
                errors[f"{where}.{name}"] = error.messages
    try:
        part.clean_fields(exclude=[parts.model.parent_field])
    except ValidationError as error:
        for name, texts in readable(error).items():
            errors.setdefault(f"{where}.{name}", texts)
    return part


def _kept(parts: Parts, held: dict[int, Part], key: Any, where: str, errors: Errors) -> Part:
    """Return a new part with the values of the one that it takes the place of."""
    before = held.pop(key, None) if isinstance(key, int) else None
    if before is None:
        errors[f"{where}.id"] = [_("There is none of this id, or it comes twice.")]
        return parts.model()
    columns = [f for f in parts.model._meta.concrete_fields if not f.primary_key]
    return parts.model(**{f.attname: getattr(before, f.attname) for f in columns})


def _put(actor: Actor, part: Any, f: Field | None, value: Any) -> None:
    if f is None:
        raise ValidationError(_("There is no field of this name."))
    if not f.is_writable:
        raise ValidationError(_("You may not change “%(field)s”.") % {"field": f.label})
    parsed = f.kind.parse(taken(f.kind, value))
    may_link(actor, f, parsed, part)
    f.write(part, parsed)
