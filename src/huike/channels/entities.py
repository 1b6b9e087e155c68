"""Where each field of interactions shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.channels.models import Interaction
from huike.kernel.entity.entity import Entity, Section, register

register(
    Entity(
        model=Interaction,
        icon="messages",
        columns=("at", "party", "kind", "subject", "author", "follow_up_on"),
        facts=("kind", "at", "author"),
        form=(
            Section(
                _("Interaction"),
                (
                    "party",
                    "kind",
                    "direction",
                    "at",
                    "subject",
                    "body",
                    "minutes",
                    "place",
                    "file",
                    "author",
                    "mentions",
                    "follow_up_on",
                ),
            ),
        ),
        search=("subject", "body"),
        ordering="-at",
        party="party",
        menu="customers",
    )
)
