"""Where data about a customer lie, in every room, and what becomes of them when they are erased.

A room adds a `Place` for each of its records that tells of a person. A record that points at a
customer and has no place of its own is treated with caution: all its free texts are emptied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.entity.entity import entities, entity_of, has_entity
from huike.kernel.records.record import Record


@dataclass(frozen=True)
class Place:
    """How one record tells of a customer."""

    record: str  # label
    links: Sequence[str]  # its paths to the customer
    clear: Sequence[str] = ()  # columns that are emptied; "extra" are the custom fields
    kept: str | Promise = ""  # why the rows themselves stay; empty: they are deleted for good
    in_export: bool = True

    @property
    def model(self) -> type[Record]:
        return entity_of(self.record).model

    @property
    def label(self) -> str:
        return entity_of(self.record).label

    def rows(self, keys: Sequence[int]) -> QuerySet[Record]:
        """Return the rows about these customers, those in the bin too."""
        wanted = models.Q(pk__in=[])
        for link in self.links:
            wanted |= models.Q(**{f"{link}__in": keys})
        return self.model.everything.filter(wanted).order_by("pk")


_places: dict[str, Place] = {}


def add_place(place: Place) -> None:
    """Tell where data about customers lie; call it from a room's privacy.py."""
    _places[place.record] = place


def places() -> list[Place]:
    """Return all places, those without a rule of their own last."""
    others = [_cautious(e.model) for e in entities() if e.model.label() not in _places]
    found = [place for place in _places.values() if has_entity(place.model)]
    return [*found, *(place for place in others if place is not None)]


def _cautious(model: type[Record]) -> Place | None:
    columns = model._meta.concrete_fields
    links = [f.name for f in columns if f.is_relation and f.related_model is Party]
    if not links or model is Party:
        return None
    texts = [f.name for f in columns if _is_free_text(f)]
    return Place(model.label(), links, (*texts, "extra"), _("its texts were emptied"))


def _is_free_text(column: models.Field[object, object]) -> bool:
    is_text = isinstance(column, models.CharField | models.TextField)
    return is_text and not column.choices and column.blank and column.name != "created_by"


PERSONAL = (
    "short_name", "code", "phone", "telephone", "email", "wechat", "district", "address",
    "postcode", "about", "sex", "birthday", "lunar_birthday", "nationality", "id_number", "job",
    "education", "marital_status", "family", "preferences", "website", "tax_number", "capacity",
    "yearly_needs", "buys_from", "contact_cycle", "next_contact_on", "lock_reason", "extra",
)  # fmt: skip

add_place(Place("customers.tie", ("party", "other")))
add_place(
    Place(
        "customers.consent",
        ("party",),
        ("remark", "wording", "proof", "extra"),
        _("that there was consent, and when it ended, is what we have to prove"),
    )
)
add_place(
    Place(
        "customers.privacyrequest",
        ("party",),
        ("text", "outcome", "package", "extra"),
        _("that the request was answered in time is what we have to prove"),
    )
)
