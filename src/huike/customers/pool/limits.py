"""What keeps a person from claiming: too many today, too many held, or had it not long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.pool.models import ClaimLimit, OwnerChange
from huike.customers.pool.standing import midnight
from huike.customers.pool.trail import reasons_of
from huike.kernel.actor import Actor
from huike.kernel.change.work import current_work
from huike.staff.models import Department

Why = OwnerChange.Why


@dataclass(frozen=True)
class Allowance:
    """How far one person has used what the limits leave; None: no limit."""

    claimed: int
    per_day: int | None
    held: int
    most_held: int | None
    lock_days: int

    @property
    def left(self) -> int | None:
        """Return how many customers may still be claimed today."""
        rest = []
        if self.per_day is not None:
            rest.append(self.per_day - self.claimed)
        if self.most_held is not None:
            rest.append(self.most_held - self.held)
        return max(min(rest), 0) if rest else None


def limit_for(department: int | None) -> ClaimLimit | None:
    """Return the limit of the nearest department upwards, else that of the firm."""
    rows = ClaimLimit.objects.order_by("pk")
    limits: dict[int | None, ClaimLimit] = {row.department_id: row for row in rows}
    if not limits:
        return None
    parents = dict(Department.objects.values_list("pk", "parent_id")) if department else {}
    seen: set[int] = set()
    while department is not None and department not in seen:
        if department in limits:
            return limits[department]
        seen.add(department)
        department = parents.get(department)
    return limits.get(None)


def allowance(actor: Actor) -> Allowance:
    """Return how much an actor has claimed and holds, beside what is allowed."""
    limit = limit_for(actor.department_id) or ClaimLimit()
    return Allowance(
        claimed=_claimed_today(actor),
        per_day=limit.per_day,
        held=Party.objects.filter(owner=actor.user_id, is_customer=True).count(),
        most_held=limit.most_held,
        lock_days=limit.lock_days,
    )


def _claimed_today(actor: Actor) -> int:
    since = midnight(timezone.localdate())
    mine = OwnerChange.everything.filter(at__gte=since)
    claimed = mine.filter(after=actor.user_id, why=Why.CLAIMED).count()
    return claimed - mine.filter(before=actor.user_id, after=None, why=Why.UNDONE).count()


def check(actor: Actor, party: Party) -> None:
    """Raise ValidationError where `actor` may not claim a customer now."""
    used = allowance(actor)
    under_way = sum(1 for r in reasons_of(current_work()).values() if r.why == Why.CLAIMED)
    if used.per_day is not None and used.claimed + under_way >= used.per_day:
        raise ValidationError(
            _("You have claimed %(n)s customers today; more than that a day is not allowed.")
            % {"n": used.per_day}
        )
    if used.most_held is not None and used.held >= used.most_held:
        raise ValidationError(
            _("You have %(n)s customers; more can't be held. Give some back first.")
            % {"n": used.held}
        )
    if free_on := locked_until(actor, party, used.lock_days):
        raise ValidationError(
            _("You had this customer not long ago; you can claim it again from %(day)s.")
            % {"day": date_format(free_on, "Y-m-d")}
        )


def locked_until(actor: Actor, party: Party, days: int) -> date | None:
    """Return the first day on which a former owner may claim a customer back; None: at once."""
    if not days:
        return None
    had = OwnerChange.everything.filter(party=party.pk, before=actor.user_id)
    last = had.exclude(why=Why.UNDONE).order_by("-at").first()
    if last is None:
        return None
    free_on = timezone.localtime(last.at).date() + timedelta(days=days)
    return free_on if free_on > timezone.localdate() else None
