"""What the channels room gives the warehouse: every contact with a customer, without its text."""

from __future__ import annotations

from huike.channels.models import Interaction
from huike.kernel.feeds import Feed, Given, register

register(
    Feed(
        "interaction",
        lambda: Interaction.everything.filter(party__isnull=False).exclude(
            kind__in=(Interaction.Kind.NOTE, Interaction.Kind.FILE)
        ),
        "interaction",
        {
            "interaction": Given("pk", "integer"),
            "customer": Given("party_id", "integer"),
            "channel": Given("kind"),
            "direction": Given("direction"),
            "at": Given("at", "time"),
            "minutes": Given("minutes", "number"),
            "place": Given("place"),
            "author": Given("author_id", "integer"),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("binned_at", "time"),
        },
        journal=Interaction.label(),
        sums=("minutes",),
    )
)
