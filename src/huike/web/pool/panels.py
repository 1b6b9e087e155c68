"""Whose a customer is and was: how long before the pool takes it, and the trail with dates."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone

from huike.customers.models import Party
from huike.customers.pool.claiming import may_assign, may_claim
from huike.customers.pool.models import OwnerChange, PoolParty
from huike.customers.pool.standing import verdict_of
from huike.customers.pool.trail import trail_of
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 6


def owner_facts(opened: Open) -> dict[str, Any] | None:
    """Show who had the customer, and when it goes back (one query for the trail, one for rules)."""
    actor, row, today = opened.actor, cast(Party, opened.row), timezone.localdate()
    if not row.is_customer or not may(actor, OwnerChange, Op.VIEW):
        return None
    changes = list(trail_of(actor, row)[: FEW + 1])
    verdict = verdict_of(row, today) if is_open(actor, row, "last_contact_on") else None
    in_pool = row.owner_id is None and may(actor, PoolParty, Op.VIEW)
    return {
        "changes": changes[:FEW],
        "more": len(changes) > FEW,
        "verdict": verdict,
        "days_left": verdict.days_left(today) if verdict else 0,
        "silent": (today - verdict.case.clock).days if verdict else 0,
        "in_pool": in_pool,
        "may_claim": in_pool and may_claim(actor),
        "may_assign": in_pool and may_assign(actor),
    }


def register() -> None:
    """Put the panel on the page of a customer and on that of one in the pool."""
    panel = Panel("web/pool/panel.html", owner_facts, replaces=("owner_changes",))
    for record in (Party.label(), PoolParty.label()):
        add_panel(record, panel)
