"""Which attached files tell of a customer, in every room: they are sealed with the customer."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huike.customers.dossier.models import Volume
from huike.customers.models import Party
from huike.customers.privacy.places import places
from huike.kernel.actor import Actor
from huike.kernel.entity.attachments import may_read
from huike.kernel.files import StoredFile
from huike.kernel.sealing.filing import belonging

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


def register() -> None:
    """Seal these files with a customer, beside those that hang on it."""
    belonging[Party.label()] = files_about
