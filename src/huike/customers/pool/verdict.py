"""What the rules say of one customer: plain reckoning with days, without database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Rule:
    """A pool rule in force; `categories` None means any."""

    name: str
    level: str
    categories: frozenset[int] | None
    is_exempt: bool
    days: int
    order_days: int | None
    spares_tasks: bool
    warn_days: int


@dataclass(frozen=True)
class Case:
    """One customer with an owner, as the rules look at it."""

    party: int
    owner: int
    level: str
    category: int | None
    clock: date  # the last contact, or since when the owner has it, whichever is later
    has_contact: bool = True  # else the clock began with the owner
    last_order: date | None = None
    has_task: bool = False


@dataclass(frozen=True)
class Verdict:
    """When a customer goes to the pool, and by which rule."""

    case: Case
    rule: Rule
    due_on: date

    def days_left(self, today: date) -> int:
        return max((self.due_on - today).days, 0)

    def warns(self, today: date) -> bool:
        return self.due_on - timedelta(days=self.rule.warn_days) <= today


def rule_for(rules: Sequence[Rule], level: str, category: int | None) -> Rule | None:
    """Return the first rule that fits a customer of this tier and category."""
    for rule in rules:
        if rule.level and rule.level != level:
            continue
        if rule.categories is not None and category not in rule.categories:
            continue
        return rule
    return None


def judge(rules: Sequence[Rule], case: Case) -> Verdict | None:
    """Return when a customer goes to the pool unless somebody acts; None: it stays.

    A rule of 30 days leaves a customer alone on the 30th day without contact and takes it in the
    night to the 31st: the day it falls due is the last contact's plus 31 days.
    """
    rule = rule_for(rules, case.level, case.category)
    if rule is None or rule.is_exempt or (rule.spares_tasks and case.has_task):
        return None
    due = case.clock + timedelta(days=rule.days + 1)
    if rule.order_days is not None and case.last_order is not None:
        due = max(due, case.last_order + timedelta(days=rule.order_days + 1))
    return Verdict(case, rule, due)
