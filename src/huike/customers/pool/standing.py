"""Where customers stand by the pool's rules: which go tonight, which soon, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from huike.customers.models import Category, Party
from huike.customers.pool import evidence
from huike.customers.pool.models import PoolRule
from huike.customers.pool.verdict import Case, Rule, Verdict, judge, rule_for
from huike.kernel.kinds.trees import with_below
from huike.kernel.records.bulk import chunks

CHUNK = 500
COLUMNS = ("pk", "owner_id", "level", "category_id", "last_contact_on", "owned_since", "created_at")


def rules_in_force() -> list[Rule]:
    """Return the rules in force, the first that counts first (one query; two with categories)."""
    rows = PoolRule.objects.filter(is_active=True).order_by("position", "pk")
    return [as_rule(row) for row in rows]


def as_rule(row: PoolRule) -> Rule:
    """Return a stored rule as the reckoning takes it."""
    below = None
    if row.category_id is not None:
        below = frozenset(with_below(Category, [row.category_id]))
    return Rule(
        row.name,
        row.level,
        below,
        row.is_exempt,
        row.days,
        row.order_days,
        row.spares_tasks,
        row.warn_days,
    )


def near(rules: Sequence[Rule], today: date, *, warned: bool) -> Q | None:
    """Return the condition that leaves only customers who may be due; None where no rule takes any.

    With `warned` those count too whom a rule would warn of by now.
    """
    waits = [r.days + 1 - (r.warn_days if warned else 0) for r in rules if not r.is_exempt]
    if not waits:
        return None
    edge = today - timedelta(days=max(min(waits), 0))
    late = Q(last_contact_on=None) | Q(last_contact_on__lte=edge)
    late &= Q(owned_since=None) | Q(owned_since__lte=edge)
    return late & Q(created_at__lt=midnight(edge + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """Return the moment when a day begins where the firm is."""
    return timezone.make_aware(datetime.combine(day, time()))


def held() -> QuerySet[Party]:
    """Return the customers that somebody owns and that nothing shields as such."""
    rows: QuerySet[Party] = Party.objects.filter(is_customer=True, is_locked=False)
    return rows.exclude(owner=None)


def verdicts(rules: Sequence[Rule], rows: QuerySet[Party]) -> Iterator[Verdict]:
    """Judge customers chunk by chunk; those that stay are left out."""
    for chunk in chunks(rows.order_by("pk").values_list(*COLUMNS).iterator(CHUNK), CHUNK):
        yield from judged(rules, [case_of(values) for values in chunk])


def judged(rules: Sequence[Rule], cases: Sequence[Case]) -> list[Verdict]:
    """Judge these cases, asking other rooms for orders and tasks where a rule needs them."""
    used = {c.party: rule_for(rules, c.level, c.category) for c in cases}
    by_order = [key for key, rule in used.items() if rule and rule.order_days is not None]
    by_task = [key for key, rule in used.items() if rule and rule.spares_tasks]
    orders = evidence.last_orders(by_order) if by_order else {}
    tasks = evidence.busy(by_task) if by_task else set()
    known = (replace(c, last_order=orders.get(c.party), has_task=c.party in tasks) for c in cases)
    return [verdict for case in known if (verdict := judge(rules, case)) is not None]


def case_of(values: Sequence[Any]) -> Case:
    """Return a customer, given as the values of COLUMNS, as the rules look at it."""
    key, owner, level, category, contact, owned, created = values
    begun = owned or timezone.localtime(created).date()
    last = max(filter(None, (contact, owned, timezone.localtime(created).date())))
    return Case(key, owner, level, category, last, contact is not None and contact >= begun)


def verdict_of(party: Party, today: date) -> Verdict | None:
    """Return when one customer goes to the pool, if a rule warns of it by now."""
    if party.owner_id is None or not party.is_customer or party.is_locked:
        return None
    rules = rules_in_force()
    case = case_of([getattr(party, name) for name in COLUMNS])
    rule = rule_for(rules, case.level, case.category)
    if rule is None or rule.is_exempt:
        return None
    if case.clock + timedelta(days=rule.days + 1 - rule.warn_days) > today:
        return None  # not near: nobody else need be asked
    found = judged(rules, [case])
    return found[0] if found and found[0].warns(today) else None


def soon(rows: QuerySet[Party], today: date) -> list[Verdict]:
    """Return which of these customers a rule warns of, the nearest first."""
    rules = rules_in_force()
    condition = near(rules, today, warned=True)
    if condition is None:
        return []
    found = [v for v in verdicts(rules, rows.filter(condition)) if v.warns(today)]
    return sorted(found, key=lambda v: (v.due_on, v.case.party))
