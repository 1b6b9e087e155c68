"""What people do on the timeline: write down a contact, and tell those who were mentioned."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.channels.models import Interaction, Notice
from huike.customers.models import Party
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang
from huike.kernel.entity.entity import entity_of
from huike.kernel.files import StoredFile
from huike.kernel.records.action import action
from huike.kernel.records.record import Record
from huike.staff.models import User

# A note or a file is no contact: only these move the date of the last contact.
CONTACTS = frozenset({"call", "visit", "mail", "sms", "chat", "letter", "meeting"})
_AT = re.compile(r"@([\w·.-]{1,50})")


@action("channels.log_interaction", needs=Op.VIEW)
def log_interaction(
    actor: Actor,
    about: Record,
    *,
    kind: str = Interaction.Kind.NOTE,
    body: str = "",
    subject: str = "",
    at: datetime | None = None,
    follow_up_on: date | None = None,
    minutes: int | None = None,
    place: str = "",
    direction: str = "",
    file: StoredFile | None = None,
) -> Interaction:
    """Write down a contact with (or a note about) a record, on the timeline of its customer.

    A contact moves the customer's last contact; a follow-up date, or the contact cycle, sets the
    next. People named as @name in the text are mentioned and get a notice.
    """
    require_any(actor, Interaction, Op.ADD)
    if not (body.strip() or subject.strip() or file):
        raise ValidationError({"body": _("Write what happened, or attach a file.")})
    party = party_of(about)
    row = Interaction(
        party=party,
        kind=kind,
        body=body.strip(),
        subject=subject.strip(),
        at=at or timezone.now(),
        follow_up_on=follow_up_on,
        minutes=minutes,
        place=place,
        direction=direction,
        file=file,
        author_id=actor.user_id,
    )
    if about != party:
        row.record, row.record_id = about.label(), about.pk
    row.set_links("mentions", [user.pk for user in mentioned(body)])
    row.save()
    require_visible(actor, row)
    if file is not None:
        hang(file, row)
    if party is not None:
        _move_dates(party, row)
    _notify(actor, row)
    return row


def require_visible(actor: Actor, row: Interaction) -> None:
    """Nobody writes what they could not read afterwards."""
    from huike.kernel.access.scope import require

    require(actor, Op.VIEW, row)


def party_of(about: Record) -> Party | None:
    """Return the customer that a record's interactions are filed to."""
    if isinstance(about, Party):
        return about
    path = entity_of(type(about)).party
    found: Any = about
    for step in path.split("__") if path else []:
        found = getattr(found, step, None)
    return found if isinstance(found, Party) else None


def mentioned(body: str) -> list[User]:
    """Return the people who are named as @name in a text."""
    names = set(_AT.findall(body))
    if not names:
        return []
    people = User.objects.filter(is_active=True)
    return list(people.filter(name__in=names) | people.filter(username__in=names))


def _move_dates(party: Party, row: Interaction) -> None:
    stored = Party.everything.select_for_update().get(pk=party.pk)
    on = timezone.localtime(row.at).date()
    if row.kind in CONTACTS:
        stored.last_contact_on = max(filter(None, (stored.last_contact_on, on)))
        if stored.contact_cycle:
            stored.next_contact_on = stored.last_contact_on + timedelta(days=stored.contact_cycle)
        elif stored.next_contact_on and stored.next_contact_on <= on:
            stored.next_contact_on = None  # it was this contact that was due
    if row.follow_up_on:
        stored.next_contact_on = row.follow_up_on
    stored.save()


def _notify(actor: Actor, row: Interaction) -> None:
    Notice.objects.bulk_create(
        Notice(user_id=key, interaction=row, who=actor.name)
        for key in row.links("mentions")
        if key != actor.user_id
    )


def read_notices(actor: Actor) -> None:
    """Mark all of the actor's notices as read."""
    Notice.objects.filter(user_id=actor.user_id or 0, read_at=None).update(read_at=timezone.now())


def follow_up_done(actor: Actor, row: Interaction) -> Interaction:
    """Take a follow-up off the list of what is due."""
    from huike.kernel.records.verbs import store

    with change(actor, "channels.follow_up_done"):
        row.follow_up_on = None
        return store(actor, row)
