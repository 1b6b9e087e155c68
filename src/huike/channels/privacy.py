"""What of a person lies on the timeline: texts of contacts go, that there was contact stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huike.channels.models import Interaction
from huike.customers.privacy import retention
from huike.customers.privacy.erasing import Erased, empty
from huike.customers.privacy.places import Place, add_place
from huike.kernel.actor import Actor
from huike.kernel.records.record import Record

PLACE = Place(
    Interaction.label(),
    ("party",),
    ("subject", "body", "place", "file", "extra"),
    _("figures count how many contacts there were"),
)
add_place(PLACE)


def _in_contact(since: date) -> QuerySet[Any]:
    rows = Interaction.objects.filter(at__date__gte=since).exclude(party=None)
    found: QuerySet[Any] = rows.values("party")
    return found


def _anonymise(actor: Actor, rows: list[Record]) -> None:
    empty(rows, PLACE.clear, Erased())


retention.signs.append(_in_contact)
retention.anonymisers[Interaction.label()] = _anonymise
