"""Which attached files tell of a customer, in every room: they are sealed with the customer."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huike.customers.dossier.models import Volume
from huike.customers.models import Party
from huike.customers.privacy.places import places
from huike.kernel.actor import Actor
from huike.kernel.entity.attachments import may_read
from huike.kernel.files import StoredFile
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import sealed_names
from huike.kernel.sealing import arriving
from huike.kernel.sealing.files.filing import belonging

MOST = 200  # files sealed in one go


def files_about(actor: Actor, party: Party) -> list[StoredFile]:
    """Return the files that hang on a customer or on what is kept of it, and its closed volumes.

    Only those that the actor may read; a volume belongs to whoever may read the customer, what is
    in it is asked again when it is opened. Newest first.
    """
    found = _of(party).exclude(size=0).order_by("is_sealed", "-uploaded_at", "-pk")[:MOST]
    volumes = set(_volumes(party).values_list("file_id", flat=True))
    return [f for f in found if f.pk in volumes or may_read(actor, f)]


def _volumes(party: Party) -> QuerySet[Volume]:
    return Volume.everything.filter(party=party).exclude(file=None)


def _of(party: Party) -> QuerySet[StoredFile]:
    wanted = Q(record=party.label(), record_id=party.pk)
    wanted |= Q(pk__in=_volumes(party).values("file_id"))
    for place in places():
        wanted |= Q(record=place.record, record_id__in=place.rows([party.pk]).values("pk"))
    return StoredFile.objects.filter(wanted)


def is_of_sealed(row: Record) -> bool:
    """Tell whether a record is a sealed customer or is kept of one.

    A customer is sealed by a sealed field, remark or file; one sealed note alone seals a note.
    """
    return any(_is_sealed(party) for party in _parties(row))


def _parties(row: Record) -> list[Party]:
    if isinstance(row, Party):
        return [row]
    place = next((p for p in places() if p.record == row.label()), None)
    found: list[Any] = []
    for link in place.links if place else ():
        one: Any = row
        for step in link.split("__"):
            one = getattr(one, step, None)
        found.append(one)
    return [party for party in found if isinstance(party, Party)]


def _is_sealed(party: Party) -> bool:
    return bool(sealed_names(party)) or _of(party).filter(is_sealed=True).exists()


def register() -> None:
    """Seal these files with a customer, beside those that hang on it, and those added later."""
    belonging[Party.label()] = files_about
    if is_of_sealed not in arriving.is_of_sealed:
        arriving.is_of_sealed.append(is_of_sealed)
