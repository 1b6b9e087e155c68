"""What privacy puts on the pages of customers and of retention rules."""

from __future__ import annotations

from typing import Any, cast

from huike.customers.models import Party
from huike.customers.privacy.consents import standing
from huike.customers.privacy.models import Consent, PrivacyRequest, RetentionRule
from huike.customers.privacy.queries import requests_of
from huike.customers.privacy.retention import due, last_day
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 6


def privacy(opened: Open) -> dict[str, Any] | None:
    """Show how consent stands, what was asked, and the way to who saw the customer."""
    actor, party = opened.actor, cast(Party, opened.row)
    sees_consents, sees_requests = (may(actor, m, Op.VIEW) for m in (Consent, PrivacyRequest))
    if not (sees_consents or sees_requests or opened.may_bin):
        return None
    return {
        "consents": standing(actor, party)[:FEW] if sees_consents else [],
        "requests": list(requests_of(actor, party)[:FEW]) if sees_requests else [],
        "sees_consents": sees_consents,
        "may_consent": may(actor, Consent, Op.ADD),
        "may_request": may(actor, PrivacyRequest, Op.ADD),
        "sees_views": opened.may_bin,
    }


def preview(opened: Open) -> dict[str, Any] | None:
    """Show what a retention rule would act on now, as far as the reader may see it."""
    rule = cast(RetentionRule, opened.row)
    rows = due(rule)
    model = entity_of(rule.kind).model
    seen = visible(opened.actor, model).filter(pk__in=rows.values("pk")).order_by("pk")
    return {
        "count": rows.count(),
        "rows": list(seen[:FEW]),
        "before": last_day(rule),
        "address": f"/{entity_of(rule.kind).key}/",
    }


def register() -> None:
    """Put the panels on the pages."""
    late = Panel("web/privacy/privacy.html", privacy, late=True)
    replaced = Panel(
        late.template, late.facts, late=True, replaces=("consents", "privacy_requests")
    )
    add_panel(Party.label(), replaced)
    add_panel(RetentionRule.label(), Panel("web/privacy/preview.html", preview))
