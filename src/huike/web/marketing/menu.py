"""What marketing puts into the side menu and beside the list of customers."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.lists.view import ListView
from huike.marketing.models import Campaign, Segment
from huike.ui.menu import Page, add_page
from huike.web.lists.offers import Offer, add_offer


def may_win_back(actor: Actor) -> bool:
    """Tell whether the actor may make a segment and a campaign on it."""
    return may(actor, Segment, Op.ADD) and may(actor, Campaign, Op.ADD)


def may_see_results(actor: Actor) -> bool:
    """Tell whether the actor may see campaigns, and so what came of them."""
    return may(actor, Campaign, Op.VIEW)


def as_segment(view: ListView) -> str:
    """Return where a list's filter becomes a segment."""
    text = json.dumps(view.filter, ensure_ascii=False) if view.filter else ""
    return f"/marketing/segment/add/?{urlencode({'filter': text} if text else {})}"


def register() -> None:
    """Add the page of winning back, and the way from the list of customers to a segment."""
    add_page(Page("marketing", _("Win back"), "magnet", "win-back", for_whom=may_win_back))
    results = _("Win-back results")
    add_page(Page("analytics", results, "magnet", "win-back-results", for_whom=may_see_results))
    add_offer(
        Party.label(),
        Offer(
            _("Save as segment"),
            "users-group",
            as_segment,
            lambda actor: may(actor, Segment, Op.ADD),
        ),
    )
