"""Locks a customer against deleting, merging away and recycling, and unlocks it, with a reason."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.kernel.actor import Actor, Op
from huike.kernel.records.action import action
from huike.kernel.records.verbs import store


@action("customers.lock", needs=Op.DELETE)
def lock(actor: Actor, party: Party, reason: str = "") -> Party:
    """Lock a customer; who may delete it may lock it. Raises ValidationError without a reason."""
    return _set(actor, party, True, reason)


@action("customers.unlock", needs=Op.DELETE)
def unlock(actor: Actor, party: Party, reason: str = "") -> Party:
    """Unlock a customer; the journal keeps why."""
    return _set(actor, party, False, reason)


def _set(actor: Actor, party: Party, locked: bool, reason: str) -> Party:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the history will tell it.")})
    party.is_locked, party.lock_reason = locked, reason.strip()[:200]
    return store(actor, party)
