"""Where each field of anniversaries and occasions shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.days.greeting import greet
from huike.customers.days.models import Anniversary, Occasion
from huike.kernel.entity.entity import Entity, Section, Verb
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.words import Text


def register() -> None:
    """Register the days that matter."""
    for entity in (ANNIVERSARY, OCCASION):
        register_entity(entity)


ANNIVERSARY = Entity(
    model=Anniversary,
    icon="calendar-heart",
    columns=("party", "kind", "on", "is_lunar", "is_yearly", "remind_days", "remark"),
    facts=("kind", "on", "remind_days"),
    form=(
        Section(
            _("Anniversary"),
            ("party", "kind", "on", "is_lunar", "is_yearly", "remind_days", "remark"),
        ),
    ),
    ordering="-on",
    party="party",
    menu="customers",
    in_menu=False,
)

OCCASION = Entity(
    model=Occasion,
    icon="gift",
    columns=("party", "kind", "on", "years", "remind_on", "greeted_on", "greeted_by", "remark"),
    facts=("kind", "on", "greeted_on"),
    form=(
        Section(
            _("Occasion"),
            ("party", "kind", "on", "remind_on", "years", "greeted_on", "greeted_by", "remark"),
        ),
    ),
    ordering="on",
    verbs=(
        Verb(
            "greet",
            _("Greeted"),
            greet,
            icon="checks",
            asks={"note": Text(200)},
            labels={"note": _("How, with which words")},
            in_bulk=True,
            applies=lambda occasion: occasion.greeted_on is None,
        ),
    ),
    views=(
        (
            _("To greet within 7 days"),
            'filter={"all":[["on","next",7],["greeted_on","empty"]]}&sort=on',
        ),
        (
            _("To greet within 30 days"),
            'filter={"all":[["on","next",30],["greeted_on","empty"]]}&sort=on',
        ),
        (_("Calendar"), "face=calendar&by=on"),
        (_("Greeted lately"), 'filter=["greeted_on","last",30]&sort=-greeted_on'),
    ),
    party="party",
    menu="customers",
    can_add=False,
)
