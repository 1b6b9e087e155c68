"""Answers "why can't I see this?": which roles grant what, and why this row lies outside."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from huike.kernel.access.models import Grant
from huike.kernel.access.scope import allowed
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.records.record import Record
from huike.staff.models import User


@dataclass(frozen=True)
class Explanation:
    """Whether it is allowed, and the reasons in plain words, most important first."""

    allowed: bool
    reasons: list[str] = field(default_factory=list)
    who_helps: str = ""


def explain(
    actor: Actor, model: type[Record], op: Op = Op.VIEW, row: Record | None = None
) -> Explanation:
    """Say why `actor` may or may not perform `op` on records of `model`, or on one of them."""
    if actor.is_unlimited:
        return Explanation(True, [_("You are an administrator: you reach everything.")])
    granted = _granted(actor, model, op)
    what = {"op": op.label, "what": model._meta.verbose_name_plural}
    if not granted:
        reasons = [_("None of your roles grants “%(op)s” of %(what)s.") % what]
        return Explanation(False, reasons, _who_helps())
    ok = row is None or allowed(actor, op, row)
    if ok:
        return Explanation(True, granted)
    return Explanation(False, [_outside(actor, row), *granted], _who_helps())


def _granted(actor: Actor, model: type[Record], op: Op) -> list[str]:
    roles = User.roles.through.objects.filter(user_id=actor.user_id or 0).values("role_id")
    found = Grant.objects.filter(role__in=roles, record=model.label(), op=op).select_related("role")
    return [
        _("Your role “%(role)s” grants “%(op)s” of %(what)s for: %(reach)s.")
        % {
            "role": grant.role.name,
            "op": op.label,
            "what": model._meta.verbose_name_plural,
            "reach": Reach(grant.reach).label,
        }
        for grant in found
    ]


def _outside(actor: Actor, row: Record | None) -> str:
    """Say what keeps a row out of reach, without saying whose it is."""
    if row is None or (row.scope.owner is None and row.scope.department is None):
        return _("This record is not within what your roles reach.")
    if row.binned_at is not None:
        return _("This record lies in the bin.")
    if actor.department_id is None:
        return _("This record is not yours, and you belong to no department.")
    return _(
        "This record is not yours, and it belongs to a department that your roles don't reach."
    )


def _who_helps() -> str:
    names = User.objects.filter(is_active=True, roles__is_administrator=True)
    some = "、".join(names.values_list("name", flat=True).distinct()[:3])
    return _("Who can change this: %s.") % some if some else ""
