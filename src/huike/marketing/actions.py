"""What people do with campaigns: start them, end them, and begin one to win customers back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change, current_work
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records.action import action
from huike.kernel.records.verbs import store
from huike.marketing.conditions import written
from huike.marketing.handing import CHUNK, hand_out, waiting
from huike.marketing.models import OBSERVED, Campaign, Segment
from huike.office.models import Task


@action("marketing.start", needs=Op.EDIT)
def start(actor: Actor, campaign: Campaign) -> Campaign:
    """Start a drawn campaign: each treated customer's owner gets the task.

    Whoever may start it need not reach the owners' other tasks: handing work out is what it is for.
    Many tasks are made in the background, under the same group, so that one undo takes all back.
    """
    require_any(actor, Task, Op.ADD)
    if campaign.state != Campaign.State.DRAFT or campaign.drawn_at is None:
        raise ValidationError(_("Draw the groups first."))
    if not campaign.task_title:
        raise ValidationError(_("Say in the campaign what the task is."))
    campaign.state = Campaign.State.RUNNING
    campaign.starts_on = campaign.starts_on or timezone.localdate()
    campaign.ends_on = campaign.ends_on or campaign.starts_on + OBSERVED
    campaign.save()
    if waiting(campaign).count() > CHUNK:
        group = str(current_work().group)
        enqueue(actor, "marketing.hand_out", str(campaign.pk), campaign=campaign.pk, group=group)
    else:
        hand_out(campaign)
    return campaign


@action("marketing.end", needs=Op.EDIT)
def end(actor: Actor, campaign: Campaign) -> Campaign:
    """End a running campaign; what was bought up to today counts, later purchases don't."""
    if campaign.state != Campaign.State.RUNNING:
        raise ValidationError(_("Only a running campaign can be ended."))
    today = timezone.localdate()
    campaign.state = Campaign.State.ENDED
    if campaign.ends_on is None or campaign.ends_on > today:
        first = campaign.starts_on or today
        campaign.ends_on = max(today, first + timedelta(days=1))
    campaign.save()
    return campaign


def win_back_filter(levels: list[str], worth: Decimal | None) -> object:
    """Return the filter of customers at these levels of risk whose CLV is at least `worth`."""
    leaves: list[object] = [["score__churn_level", "in", levels]]
    if worth:
        leaves.append(["score__clv", "gte", str(worth)])
    return {"all": leaves} if len(leaves) > 1 else leaves[0]


def win_back(
    actor: Actor, levels: list[str], worth: Decimal | None, group: uuid.UUID | None = None
) -> Campaign:
    """Make the segment of customers who may leave and are worth keeping, and a draft campaign."""
    today = timezone.localdate()
    with change(actor, "marketing.win_back", group=group):
        names = {"date": today.isoformat(), "worth": f"{worth or 0:.0f}"}
        segment = Segment(
            name=_("About to leave, worth %(worth)s and more (%(date)s)") % names,
            filter=written(win_back_filter(levels, worth)),
            owner_id=actor.user_id,
            department_id=actor.department_id,
        )
        store(actor, segment)
        campaign = Campaign(
            name=_("Win back (%(date)s)") % names,
            segment=segment,
            task_title=_("Call and ask what is missing"),
            task_text=_("This customer may leave. Ask what we could do better, offer a visit."),
            owner_id=actor.user_id,
            department_id=actor.department_id,
        )
        return store(actor, campaign)
