"""Plain adding, editing, binning and restoring: the same for a page, an API call and an import."""

from __future__ import annotations

from typing import TypeVar

from django.utils import timezone

from huike.kernel.access.scope import require, require_any, within
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.records.record import Record

R = TypeVar("R", bound=Record)


def store(actor: Actor, row: R, action: str = "") -> R:
    """Save a row that the actor may save and that stays within the actor's reach.

    Permission is asked before on the stored row, and again after saving, so nobody can write a row
    away from themselves (for example to an owner outside their department).
    """
    op = Op.ADD if row._state.adding else Op.EDIT
    if op is Op.EDIT:
        require(actor, op, row)
    else:
        require_any(actor, type(row), op)
    with change(actor, action or f"{row.label()}.{op.value}"):
        row.save()
        require(actor, op, row)
    return row


def bin_(actor: Actor, row: R) -> R:
    """Move a row to the bin, where it stays for 30 days."""
    require(actor, Op.DELETE, row)
    with change(actor, f"{row.label()}.delete"):
        row.binned_at = timezone.now()
        row.save()
    return row


def restore(actor: Actor, row: R) -> R:
    """Take a row out of the bin."""
    model = type(row)
    reachable = model.everything.filter(within(actor, model, Op.DELETE), pk=row.pk)
    if not reachable.exists():
        require(actor, Op.DELETE, row)
    with change(actor, f"{row.label()}.restore"):
        row.binned_at = None
        row.save()
    return row
