"""Closes a year: its volume is kept as the document it was, and opened later unchanged."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.dossier.models import Volume
from huike.customers.dossier.printing import printed
from huike.customers.models import Party
from huike.kernel.access.scope import require, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.journal import note_export
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import CLOSED
from huike.kernel.files import StoredFile, keep
from huike.kernel.sealing.files.filing import read_file
from huike.kernel.sealing.opening import Opened

FIRST = 1990


class Altered(Exception):
    """The file of a volume is not what was closed: the digest differs."""


def close_volume(actor: Actor, party: Party, year: int | None = None) -> Volume:
    """Print a year of a customer's dossier and keep it; raises ValidationError for a wrong year.

    A year can be closed once it is over; without a year it is the last one. What the maker may not
    read is not in it.
    """
    wanted = check_year(actor, party, year)
    with change(actor, "customers.close_volume"):
        stored = Party.everything.select_for_update().get(pk=party.pk)
        check_year(actor, stored, wanted)
        return _closed(actor, stored, wanted)


def check_year(actor: Actor, party: Party, year: int | None = None) -> int:
    """Return the year that is to be closed, the last one by default; raise where that can't be."""
    now = timezone.localdate().year
    wanted = year or now - 1
    if not FIRST <= wanted < now:
        words = _("A year can be closed when it is over: from %(first)s to %(last)s.")
        raise ValidationError({"year": words % {"first": FIRST, "last": now - 1}})
    if Volume.objects.filter(party=party, year=wanted).exists():
        raise ValidationError({"year": _("The volume of %s is closed already.") % wanted})
    return wanted


def _closed(actor: Actor, party: Party, year: int) -> Volume:
    made = printed(actor, party, year)
    upload = SimpleUploadedFile(f"{party.pk}-{year}.pdf", made.content, "application/pdf")
    kept = keep(actor, upload)
    StoredFile.objects.filter(pk=kept.pk).update(user_id=None)  # opened only by `read_volume`
    row = Volume(
        party=party,
        year=year,
        closed_by_id=actor.user_id,
        pages=made.pages,
        digest=kept.digest,
        file=kept,
        holds=made.ask.read.as_json(),
    )
    row.save()
    return row


def read_volume(actor: Actor, volume: Volume, key: Opened | None = None) -> bytes:
    """Return the document of a closed volume, journaled as an export.

    Raises PermissionDenied where the actor may not read all that stands in it, Altered where the
    file is not what was closed, FileIsSealed where it is sealed and no `key` was opened.
    """
    require(actor, Op.EXPORT, volume.party)
    if (lacking := _lacking(actor, volume.holds)) is not None:
        words = _("This volume holds what your roles cover: %s. Print the year anew instead.")
        raise PermissionDenied(words % lacking)
    if volume.file is None:
        raise Altered(_("The file is missing."))
    content = _content(actor, volume.file, key)
    if hashlib.sha256(content).hexdigest() != volume.digest:
        raise Altered(_("The file is not the one that was closed: its digest differs."))
    fields = [f"{label}.{n}" for label, names in volume.holds["fields"].items() for n in names]
    note_export(actor, Party.label(), rows=1, fields=fields, kind="volume")
    return content


def _content(actor: Actor, stored: StoredFile, key: Opened | None) -> bytes:
    if stored.is_sealed and key is not None:
        return b"".join(read_file(actor, key, stored)[1])
    with stored.open() as file:
        return file.read()


def _lacking(actor: Actor, holds: dict[str, Any]) -> str | None:
    """Return the label of what a document holds and the actor may not read, or None."""
    for label, names in holds["fields"].items():
        entity = entity_of(label)
        closed = [n for n in names if actor.field_right(label, n) in CLOSED]
        if closed:
            known = entity_of(label).fields(Actor.system("dossier"))
            return known[closed[0]].label if closed[0] in known else entity.label
    for label, keys in holds["rows"].items():
        model = entity_of(label).model
        there = set(
            model.everything.filter(pk__in=keys, binned_at=None).values_list("pk", flat=True)
        )
        seen = visible(actor, model).filter(pk__in=there).count()
        if seen < len(there):
            return entity_of(label).label
    return None
