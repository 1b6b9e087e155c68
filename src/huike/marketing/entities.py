"""Where each field of segments, campaigns and their members shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, Section, Verb, register
from huike.kernel.kinds.links import Link
from huike.kernel.lists.conditions import Condition, add_condition
from huike.marketing.actions import end, start
from huike.marketing.drawing import draw
from huike.marketing.freezing import freeze, refresh, thaw
from huike.marketing.models import Campaign, CampaignMember, Segment
from huike.marketing.segments import in_segments


@dataclass(frozen=True)
class SegmentLink(Link):
    """A segment that a customer is in or not."""

    operators: ClassVar[tuple[str, ...]] = ("in", "out")


add_condition(
    Party.label(),
    Condition(
        "segment",
        _("Segment"),
        SegmentLink("marketing.Segment"),
        in_segments,
        offered=lambda actor: may(actor, Segment, Op.VIEW),
    ),
)


def _is_live(segment: Segment) -> bool:
    return segment.kind == Segment.Kind.LIVE


def _can_be_refilled(segment: Segment) -> bool:
    return segment.kind == Segment.Kind.STATIC and bool(segment.filter)


register(
    Entity(
        model=Segment,
        icon="users-group",
        columns=("name", "kind", "filter", "size", "sized_at", "owner"),
        facts=("kind", "size", "sized_at", "owner"),
        form=(
            Section(_("Segment"), ("name", "filter", "about", "owner", "department")),
            Section(_("Members"), ("kind", "size", "sized_at")),
        ),
        quick=("name", "filter"),
        search=("name",),
        related=(
            Related(
                "campaigns",
                "marketing.campaign",
                "segment",
                _("Campaigns"),
                ("name", "state", "starts_on"),
            ),
        ),
        verbs=(
            Verb("freeze", _("Freeze"), freeze, icon="lock", applies=_is_live),
            Verb("refresh", _("Refresh"), refresh, icon="refresh", applies=_can_be_refilled),
            Verb("thaw", _("Make live again"), thaw, icon="lock-open", applies=_can_be_refilled),
        ),
        match=("name",),
        menu="marketing",
    )
)

register(
    Entity(
        model=Campaign,
        icon="speakerphone",
        columns=(
            "name",
            "kind",
            "segment",
            "state",
            "starts_on",
            "ends_on",
            "treated",
            "held_out",
            "owner",
        ),
        facts=("state", "segment", "starts_on", "ends_on", "owner"),
        form=(
            Section(
                _("Campaign"),
                ("name", "kind", "segment", "starts_on", "ends_on", "owner", "department"),
            ),
            Section(_("What is done"), ("task_title", "task_text", "task_days")),
            Section(
                _("What it costs and should bring"),
                ("contact_cost", "budget", "expected", "usual_rate", "held_out_share", "remark"),
            ),
            Section(_("Groups"), ("state", "drawn_at", "treated", "held_out", "left_out", "seed")),
        ),
        quick=("name", "kind", "segment", "task_title"),
        search=("name",),
        verbs=(
            Verb(
                "draw",
                _("Draw the groups"),
                draw,
                icon="arrows-split",
                applies=lambda campaign: campaign.state == Campaign.State.DRAFT,
            ),
            Verb(
                "start",
                _("Start"),
                start,
                icon="player-play",
                applies=lambda campaign: (
                    campaign.state == Campaign.State.DRAFT and campaign.drawn_at is not None
                ),
            ),
            Verb(
                "end",
                _("End"),
                end,
                icon="player-stop",
                applies=lambda campaign: campaign.state == Campaign.State.RUNNING,
            ),
        ),
        views=(
            (_("Running"), 'filter=["state","in",["running"]]'),
            (_("Campaign board"), "face=board&by=state"),
        ),
        match=("name",),
        menu="marketing",
    )
)

register(
    Entity(
        model=CampaignMember,
        icon="user-check",
        columns=("campaign", "party", "is_treated", "task", "drawn_at"),
        form=(Section(_("Member"), ("campaign", "party", "is_treated", "task", "drawn_at")),),
        ordering="-drawn_at",
        party="party",
        menu="marketing",
        in_menu=False,
        can_add=False,
    )
)
