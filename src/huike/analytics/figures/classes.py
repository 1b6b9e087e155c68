"""Customers and money by the classes of a method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.analytics.figures.asking import Leaf, Question

NOT_CLASSED = _("not classed")


@dataclass(frozen=True)
class Group:
    """The customers of one class; `money` is None where the actor may not read it."""

    key: str
    label: str | Promise
    customers: int
    money: Decimal | None
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Classes:
    """All classes of one method, in its order, empty ones too; shares are of the classed."""

    groups: Sequence[Group]
    rest: Group | None = None  # those whom the method could not class

    @property
    def customers(self) -> int:
        return sum(group.customers for group in self.groups)

    @property
    def money(self) -> Decimal | None:
        known = [group.money for group in self.groups if group.money is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def all_groups(self) -> Sequence[Group]:
        """The classes and, where there are any, the unclassed: for tables, so that sums match."""
        return [*self.groups, self.rest] if self.rest is not None else self.groups

    def of(self, key: str) -> Group:
        """Return one class; raise KeyError for one that there is not."""
        for group in self.groups:
            if group.key == key:
                return group
        raise KeyError(key)

    def share(self, group: Group) -> float | None:
        """Return the share of a class in all classed customers; None for the unclassed."""
        if group is self.rest:
            return None
        return group.customers / self.customers if self.customers else 0.0

    def money_share(self, group: Group) -> float | None:
        """Return the share of a class in all money; None where there is none to share."""
        if group is self.rest or group.money is None or not self.money or self.money <= 0:
            return None
        return float(group.money / self.money)


def by_class(
    question: Question, name: str, choices: type[TextChoices], money: str = "amount"
) -> Classes | None:
    """Count customers and sum `money` by the classes of the field `name` (one query).

    None where the actor may not read the classes.
    """
    if not question.open(name):
        return None
    counted: dict[str, Any] = {"n": Count("pk")}
    if question.open(money):
        counted["money"] = Sum(money)
    found = {row[name]: row for row in question.rows().values(name).annotate(**counted)}
    groups = [
        _group(name, value, label, found.get(value, {}), counted)
        for value, label in choices.choices
    ]
    rest = _group(name, "", NOT_CLASSED, found[""], counted) if "" in found else None
    return Classes(groups, rest)


def _group(
    name: str, value: str, label: str | Promise, row: dict[str, Any], counted: dict[str, Any]
) -> Group:
    leaves: Leaf = (name, "in", [value]) if value else (name, "empty")
    money = (row.get("money") or Decimal(0)) if "money" in counted else None
    return Group(value, label, row.get("n", 0), money, (leaves,))
