"""What the timeline makes of others' news: notes of hand-overs, and greetings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huike.channels import sealing
from huike.channels.models import Interaction
from huike.customers.days.greeting import Greeted
from huike.customers.days.models import Occasion
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.events import on
from huike.kernel.lists.acting.bulk import Transferred
from huike.kernel.records.bulk import create_all

sealing.register()


@on(Transferred)
def file_hand_over_note(event: Transferred) -> None:
    """Put the note of a hand-over on the timeline of each row, undone together with it."""
    if not event.note:
        return
    is_party = event.record == Party.label()
    notes = [
        Interaction(
            party_id=key if is_party else None,
            record="" if is_party else event.record,
            record_id=None if is_party else key,
            subject=_("Handed over"),
            body=event.note,
            author_id=event.actor.user_id,
        )
        for key in event.keys
    ]
    with change(event.actor, "channels.hand_over", group=event.group):
        create_all(notes)


@on(Greeted)
def file_greeting(event: Greeted) -> None:
    """Put a greeting on the customer's timeline, undone together with the tick."""
    row = Interaction(
        party_id=event.party,
        record=Occasion.label() if event.tells_birthday else "",
        record_id=event.occasion if event.tells_birthday else None,
        direction=Interaction.Direction.OUT,
        subject=event.subject,
        body=event.note,
        author_id=event.actor.user_id,
    )
    with change(event.actor, "channels.greeting", group=event.group):
        row.save()
