"""Where each field of interactions shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.channels import dossier
from huike.channels.models import Interaction
from huike.kernel.entity.entity import Computed, Entity, Section, register
from huike.kernel.kinds.words import Text
from huike.kernel.sealing.fields import labels

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
        computed={"sealed_fields": Computed(_("sealed fields"), Text(), labels)},
        search=("subject", "body"),
        ordering="-at",
        party="party",
        menu="customers",
    )
)

dossier.register()
