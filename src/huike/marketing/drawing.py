"""Draws the groups of a campaign, and takes the drawing back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.privacy.consents import reachable
from huike.customers.privacy.models import Purpose
from huike.kernel.access.scope import allowed
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import current_work
from huike.kernel.records import raw
from huike.kernel.records.action import action
from huike.kernel.records.record import plain
from huike.kernel.records.undo import apart
from huike.marketing.models import Campaign, CampaignMember
from huike.marketing.segments import members
from huike.marketing.splitting import split

LEAST = 2  # in each group


@action("marketing.draw", needs=Op.EDIT)
def draw(actor: Actor, campaign: Campaign) -> Campaign:
    """Split the segment's customers, as far as `actor` sees them, into treated and hold-out.

    Whoever withdrew consent to marketing is in neither group; the campaign tells how many.
    The seed is made once and kept, so drawing again from the same customers changes nothing.
    """
    if campaign.state != Campaign.State.DRAFT:
        raise ValidationError(_("The groups are drawn before the campaign starts."))
    if not allowed(actor, Op.VIEW, campaign.segment):
        raise ValidationError(_("There is no such segment, or you may not see it."))
    found = members(actor, campaign.segment)
    keys = list(reachable(found, Purpose.MARKETING).values_list("pk", flat=True))
    campaign.seed = campaign.seed or secrets.randbelow(2**31 - 1) + 1
    share = float(campaign.held_out_share)
    treated, held_out = split(keys, seed=campaign.seed, held_out_share=share)
    if min(len(treated), len(held_out)) < LEAST:
        raise ValidationError(_("There are too few customers for two groups."))
    forget(campaign)
    campaign.drawn_at = timezone.now()
    campaign.treated, campaign.held_out = len(treated), len(held_out)
    campaign.left_out = found.count() - len(keys)
    campaign.save()
    _insert(campaign, treated, is_treated=True)
    _insert(campaign, held_out, is_treated=False)
    return campaign


def _insert(campaign: Campaign, keys: Iterable[int], *, is_treated: bool) -> None:
    """Write members as results are written: unjournaled, the campaign's own entry tells of them.

    All rows are one but for the customer, so the values are made ready for the database once.
    """
    now = campaign.drawn_at or timezone.now()
    row = CampaignMember(
        campaign=campaign,
        is_treated=is_treated,
        drawn_at=now,
        created_at=now,
        changed_at=now,
        created_by=current_work().actor.name,
    )
    columns = [f for f in CampaignMember._meta.concrete_fields if not f.primary_key]
    ready = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in columns]
    place = next(n for n, f in enumerate(columns) if f.name == "party")
    before, after = ready[:place], ready[place + 1 :]
    raw.insert_values(CampaignMember, columns, ([*before, key, *after] for key in keys))


def forget(campaign: Campaign) -> None:
    """Drop the members of a drawing that no longer counts."""
    rows = CampaignMember.everything.filter(campaign=campaign)
    QuerySet.delete(rows)  # a result is replaced by the next one, the bin is for what people wrote


def _take_back(campaign: Campaign, before: Any, after: Any) -> str:
    """Undo a drawing; one that was taken back, or that replaced another, is drawn again."""
    if campaign.state != Campaign.State.DRAFT:
        return str(_("The campaign has started."))
    if before is not None or plain(campaign.drawn_at) != after:
        return str(_("Draw the groups again instead."))
    forget(campaign)
    campaign.drawn_at = None
    return ""


apart[Campaign.label(), "drawn_at"] = _take_back
