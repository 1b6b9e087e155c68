"""What people do with the pool: claim from it, assign from it, give back to it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.pool import limits
from huike.customers.pool.models import OwnerChange, PoolParty
from huike.customers.pool.trail import Reason, because
from huike.kernel.access.scope import require, require_any
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.change.work import change
from huike.kernel.records.action import action
from huike.kernel.records.bulk import edit_all
from huike.staff.models import User

Why = OwnerChange.Why


class Taken(ValidationError):
    """Somebody else has the customer already."""


def claim(actor: Actor, row: Party) -> Party:
    """Take a customer out of the pool for oneself.

    Whoever may see the pool and may add customers may claim. Raises Taken, with the name, where
    somebody else was faster, and ValidationError where a limit stands against it.
    """
    require_any(actor, PoolParty, Op.VIEW)
    require_any(actor, Party, Op.ADD)
    if actor.user_id is None:
        raise PermissionDenied(_("Only a person can claim customers."))
    with change(actor, "customers.claim"):
        party = _lying_there(row)
        limits.check(actor, party)
        because([party.pk], Reason(Why.CLAIMED))
        _give(party, actor.user_id, actor.department_id)
    return party


def assign(actor: Actor, row: Party, owner: int | None, note: str = "") -> Party:
    """Give a customer from the pool to somebody; for those whose reach goes beyond their own."""
    require_any(actor, PoolParty, Op.VIEW)
    if not may_assign(actor):
        raise PermissionDenied(_("Only who leads others may assign customers from the pool."))
    person = User.objects.filter(pk=owner or 0, is_active=True).first()
    if person is None:
        raise ValidationError({"owner": _("Choose who is to have them.")})
    with change(actor, "customers.assign"):
        party = _lying_there(row)
        because([party.pk], Reason(Why.ASSIGNED, note=note.strip()))
        _give(party, person.pk, person.department_id)
        require(actor, Op.EDIT, party)
    return party


def may_assign(actor: Actor) -> bool:
    """Tell whether an actor edits more than own customers."""
    return bool(actor.reaches(Party.label(), Op.EDIT) - {Reach.OWN.value})


def may_claim(actor: Actor) -> bool:
    """Tell whether an actor could have customers of the pool."""
    return actor.user_id is not None and bool(actor.reaches(Party.label(), Op.ADD))


@action("customers.release", needs=Op.EDIT)
def release(actor: Actor, party: Party, note: str = "") -> Party:
    """Give a customer back to the pool, with a word why; the department stays as it is."""
    stored = Party.everything.select_for_update().get(pk=party.pk)
    if stored.owner_id is None:
        raise ValidationError(_("It lies in the pool already."))
    if stored.is_locked:
        raise ValidationError(_("This customer is locked and stays with its owner."))
    because([stored.pk], Reason(Why.RELEASED, note=note.strip()))
    edit_all(Party.objects.filter(pk=stored.pk), {"owner": None})
    stored.refresh_from_db()
    return stored


def _lying_there(row: Party) -> Party:
    """Lock a customer and make sure that nobody has it."""
    # no join: PostgreSQL reads only the locked row anew after waiting for who was faster
    party = Party.everything.select_for_update().get(pk=row.pk)
    if party.binned_at is not None or not party.is_customer:
        raise ValidationError(_("This is no customer of the pool any more."))
    if party.owner_id is not None:
        raise Taken(_("%(who)s has this customer already.") % {"who": party.owner})
    return party


def _give(party: Party, owner: int, department: int | None) -> None:
    values = {"owner": owner, "department": department or party.department_id}
    edit_all(Party.objects.filter(pk=party.pk, owner=None), values)
    party.refresh_from_db()
