"""Whose a customer is and was: how long before the pool takes it, and the trail with dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.utils import timezone

from huike.customers.collaborators.actions import collaborators_of
from huike.customers.collaborators.models import Collaborator
from huike.customers.models import Party
from huike.customers.pool.claiming import may_claim
from huike.customers.pool.models import OwnerChange, PoolParty
from huike.customers.pool.standing import verdict_of
from huike.customers.pool.trail import trail_of
from huike.kernel.access.scope import allowed, may
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 6
REPLACES = ("owner_changes", "collaborators")


def warning_facts(opened: Open) -> dict[str, Any] | None:
    """Warn under the name that the pool takes the customer soon (one query, near the day three)."""
    row, today = cast(Party, opened.row), timezone.localdate()
    if not is_open(opened.actor, row, "last_contact_on"):
        return None
    verdict = verdict_of(row, today)
    if verdict is None:
        return None
    return {
        "rule": verdict.rule,
        "days_left": verdict.days_left(today),
        "silent": (today - verdict.case.clock).days,
    }


def owner_facts(opened: Open) -> dict[str, Any] | None:
    """Show who had the customer, and what may be done where nobody has it (one query)."""
    actor, row = opened.actor, cast(Party, opened.row)
    if not row.is_customer or not may(actor, OwnerChange, Op.VIEW):
        return None
    changes = list(trail_of(actor, row)[: FEW + 1])
    in_pool = row.owner_id is None and may(actor, PoolParty, Op.VIEW)
    return {
        "changes": changes[:FEW],
        "more": len(changes) > FEW,
        "in_pool": in_pool,
        "may_claim": in_pool and may_claim(actor),
        "helping": _helping(opened, row),
        "may_share": row.owner_id is not None and _may_share(opened, row),
    }


def _may_share(opened: Open, row: Party) -> bool:
    """Tell whether the reader may ask others to help; who only helps himself may not."""
    actor = opened.actor
    if not (opened.may_edit and may(actor, Collaborator, Op.ADD)):
        return False
    return not actor.helps or allowed(replace(actor, helps=False), Op.EDIT, row)


def _helping(opened: Open, row: Party) -> list[Collaborator]:
    """Return who helps the owner; on the pool's own page nobody does."""
    if isinstance(row, PoolParty) or not may(opened.actor, Collaborator, Op.VIEW):
        return []
    return collaborators_of(opened.actor, row)


def register() -> None:
    """Put the panels on the page of a customer and on that of one in the pool."""
    panel = Panel("web/pool/owners.html", owner_facts, replaces=REPLACES, late=True)
    add_panel(Party.label(), Panel("web/pool/warning.html", warning_facts, "head"))
    for record in (Party.label(), PoolParty.label()):
        add_panel(record, panel)
