"""One maker for each record of marketing, and the demo firm's segments and campaigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huike.kernel.records.record import Record
from huike.marketing.models import Campaign, CampaignMember, Segment


def make_segment(**given: Any) -> Segment:
    """Return an unsaved segment, for tests and docs."""
    return Segment(**{"name": "老客户", "filter": '["is_customer","yes"]', **given})


def make_campaign(**given: Any) -> Campaign:
    """Return an unsaved campaign, for tests and docs."""
    return Campaign(**{"name": "召回", "task_title": "打电话回访", **given})


def make_member(**given: Any) -> CampaignMember:
    """Return an unsaved member of a campaign, for tests."""
    return CampaignMember(**{"is_treated": True, **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {
    Segment: make_segment,
    Campaign: make_campaign,
    CampaignMember: make_member,
}
