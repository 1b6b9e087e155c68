"""Versions of a record as ETags: nobody overwrites what they have not seen."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from huike.api.problems import Problem, not_found
from huike.api.records.reading import Reader
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.records.record import Record

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,10})"\s*')


def etag(version: int) -> str:
    return f'"{version}"'


def locked(actor: Actor, entity: Entity, pk: int) -> Record:
    """Return a row for writing, held until the change ends; raise Problem for one out of sight."""
    rows = visible(actor, entity.model).select_for_update(of=("self",))
    row: Record | None = rows.filter(pk=pk).first()
    if row is None:
        raise not_found()
    return row


def check(request: Request, reader: Reader, row: Record, given: int | None = None) -> None:
    """Refuse a write that was made from another version: 412 for If-Match, 409 for `version`."""
    wanted = _wanted(request)
    if wanted is not None and row.version not in wanted:
        words = _("The record is now at version %(now)s. Read it again and repeat your change.")
        more = _both(reader, row, sorted(wanted)[-1] if wanted else None)
        raise Problem(412, "precondition_failed", words % {"now": row.version}, **more)
    if given is not None and given != row.version:
        raise conflict(reader, row, given)


def conflict(reader: Reader, row: Record, given: int | None) -> Problem:
    """Return the problem of two people changing one record, with what it is now."""
    words = _("Somebody else has changed this record in the meantime.")
    return Problem(409, "conflict", words, **_both(reader, row, given))


def _both(reader: Reader, row: Record, given: int | None) -> dict[str, Any]:
    current = reader.one(row.pk)
    return {"given_version": given, "current_version": row.version, "current": current}


def _wanted(request: Request) -> set[int] | None:
    """Return the versions that If-Match names; None where any will do."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    found = [_TAG.fullmatch(tag) for tag in header.split(",")]
    return {int(tag[1]) for tag in found if tag is not None}
