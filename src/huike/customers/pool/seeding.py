"""The usual rules to begin with: made when somebody asks, and not in force until somebody says."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.pool.models import MONTH, ClaimLimit, PoolRule
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change

PER_DAY = 20


def usual_rules(*, is_active: bool = False) -> list[PoolRule]:
    """Return unsaved: key customers stay, major ones have two months, all others one."""
    levels = Party.Level
    return [
        PoolRule(
            name=_("Key customers stay"),
            position=1,
            level=levels.VIP,
            is_exempt=True,
            is_active=is_active,
        ),
        PoolRule(
            name=_("Major customers: two months"),
            position=2,
            level=levels.MAJOR,
            days=2 * MONTH,
            warn_days=14,
            is_active=is_active,
        ),
        PoolRule(name=_("At most one month between contacts"), position=9, is_active=is_active),
    ]


def usual_limit() -> ClaimLimit:
    """Return an unsaved limit for the whole firm."""
    return ClaimLimit(per_day=PER_DAY, lock_days=MONTH, remark=_("The whole firm"))


def begin(actor: Actor) -> list[PoolRule]:
    """Save the usual rules, not in force yet, and the usual limit; only where there are none."""
    require_any(actor, PoolRule, Op.ADD)
    require_any(actor, ClaimLimit, Op.ADD)
    if PoolRule.objects.exists():
        raise ValidationError(_("There are rules already."))
    rules = usual_rules()
    with change(actor, "customers.pool_rules"):
        for rule in rules:
            rule.save()
        if not ClaimLimit.objects.exists():
            usual_limit().save()
    return rules
