"""Somebody greeted a customer: ticked off here, and told to the timeline."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.days.models import Occasion
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import current_work
from huike.kernel.events import Event, announce
from huike.kernel.records.action import action


@dataclass(frozen=True)
class Greeted(Event):
    """A customer was greeted; what was said belongs on the timeline.

    `tells_birthday`: only who may read the birthday may see that note.
    """

    actor: Actor
    party: int
    occasion: int
    tells_birthday: bool
    subject: str
    note: str
    group: uuid.UUID


@action("customers.greet", needs=Op.EDIT)
def greet(actor: Actor, occasion: Occasion, note: str = "") -> Occasion:
    """Tick an occasion off as greeted today, with a note on the customer's timeline."""
    if occasion.greeted_on is not None:
        raise ValidationError(_("This customer was greeted already."))
    occasion.greeted_on = timezone.localdate()
    occasion.greeted_by_id = actor.user_id
    occasion.remark = note.strip() or occasion.remark
    occasion.save()
    subject = _("Greeted: %(occasion)s") % {"occasion": occasion.get_kind_display()}
    group = current_work().group
    birthday = occasion.kind in (Occasion.Kind.BIRTHDAY, Occasion.Kind.LUNAR)
    told = Greeted(actor, occasion.party_id, occasion.pk, birthday, subject, note.strip(), group)
    announce(told)
    return occasion
