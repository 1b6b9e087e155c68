"""What the insight pages put into the side menu, and onto a customer's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.analytics.models import Score
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.ui.menu import Page, add_page
from huike.web.insight import panel
from huike.web.insight.governing import runs, settings


def may_see(actor: Actor) -> bool:
    """Tell whether any insight page has something for the actor."""
    return may(actor, Score, Op.VIEW)


def register() -> None:
    """Add the panel of a customer's page, and the pages in the order in which they are read."""
    panel.register()
    for label, icon, address in (
        (_("Value"), "coins", "insight-value"),
        (_("CLV matrix"), "chart-scatter", "insight-matrix"),
        (_("Lifecycle"), "stairs", "insight-lifecycle"),
        (_("Churn warning"), "alert-triangle", "insight-churn"),
        (_("Scorecard"), "clipboard-list", "insight-scorecard"),
        (_("Baskets"), "basket", "insight-baskets"),
        (_("Big customers at risk"), "crown", "insight-big"),
        (_("Groups and equity"), "users-group", "insight-groups"),
        (_("Loyalty"), "heart", "insight-loyalty"),
        (_("Satisfaction"), "mood-smile", "insight-satisfaction"),
        (_("Forecast"), "trending-up", "insight-forecast"),
    ):
        add_page(Page("analytics", label, icon, address, for_whom=may_see))
    steering = (
        (_("Runs of the analysis"), "player-play", "insight-runs", runs.may_look),
        (_("Settings of the analysis"), "adjustments", "insight-settings", settings.may_look),
    )
    for label, icon, address, may_look in steering:
        add_page(Page("analytics", label, icon, address, for_whom=may_look))
