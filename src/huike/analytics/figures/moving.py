"""Who moved from class to class between two days, and a filter condition that finds them again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import CharField, Count, F, Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.models import PastScore
from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.times import Day
from huike.kernel.lists.conditions import Condition, add_condition

CLASS_ON = "class_on"


@dataclass(frozen=True)
class Move:
    """The customers who were in one class on the earlier day and are in another on the later."""

    before: str
    after: str
    customers: int
    money: Decimal | None  # by the later day
    leaves: tuple[Leaf, ...]  # of the customers' list


def moves(
    question: Question, name: str, since: date, until: date, money: str = "clv"
) -> list[Move] | None:
    """Count customers by their class on both days, stayers too; None where it is hidden."""
    then = question.at(until)
    if not then.open(name):
        return None
    counted: dict[str, Any] = {"n": Count("pk")}
    if then.open(money):
        counted["money"] = Sum(money)
    rows = _both(then, name, since)
    return [
        Move(
            row["before"], row[name], row["n"], row.get("money"),
            class_leaves(name, (since, row["before"]), (until, row[name])),
        )
        for row in rows.values("before", name).annotate(**counted).order_by("before", name)
    ]  # fmt: skip


def movers(question: Question, name: str, since: date, until: date) -> QuerySet[Any]:
    """Return the later scores of those whose class changed, with the earlier as `before`."""
    rows: QuerySet[Any] = _both(question.at(until), name, since)
    return rows.exclude(**{name: F("before")})


def _both(then: Question, name: str, since: date) -> QuerySet[Any]:
    """Return the later scores with a class on both days, the earlier one as `before`."""
    rows: QuerySet[Any] = then.rows().filter(party__past_scores__on=since)
    # named first, so that the empty are left out of this very row and not of all past scores
    rows = rows.annotate(before=F(f"party__past_scores__{name}"))
    return rows.exclude(**{name: ""}).exclude(before="")


def class_leaves(name: str, *days: tuple[date, str]) -> tuple[Leaf, ...]:
    """Return the leaves of the customers' list: which class they were in on which day."""
    return tuple((CLASS_ON, "is", [str(day), name, key]) for day, key in days)


def counts(found: Sequence[Move], choices: type[TextChoices]) -> Any:
    """Return the moves as a matrix of counts, rows being the earlier class."""
    names = list(choices.values)
    table = np.zeros((len(names), len(names)))
    for move in found:
        table[names.index(move.before), names.index(move.after)] = move.customers
    return table


@dataclass(frozen=True)
class ClassOn(Kind):
    """A day, a method and a class, as in ["2026-05-31", "matrix", "gold"]."""

    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = ("is",)

    def parse(self, given: Any) -> Any:
        parts = given if isinstance(given, list) else re.split(r"[,，、;；\s]+", str(given).strip())
        if len(parts) != 3:
            raise ValidationError(_("Write day, method and class, like 2026-05-31, matrix, gold."))
        return Day().parse(parts[0]), str(parts[1]), str(parts[2])

    def text(self, value: Any) -> str:
        """Return it in words, as a filter's chip says it; as it stands where it can't be read."""
        try:
            day, name, key = self.parse(value)
            column = PastScore._meta.get_field(name)
        except (ValidationError, FieldDoesNotExist):
            return str(value)
        labels = dict(column.flatchoices) if isinstance(column, CharField) else {}
        return f"{Day().text(day)} {column.verbose_name}: {labels.get(key, key)}"  # type: ignore[union-attr]


def _compile(actor: Actor, op: str, value: Any) -> Q:
    kind = ClassOn()
    if op not in kind.operators:
        kind.compare(None, op, value)  # raises, in words
    day, name, key = kind.parse(value)
    known = entity_of(PastScore).fields(actor).get(name)
    if known is None or not known.is_comparable or not isinstance(known.kind, Choice):
        raise ValidationError(_("“%s” can't be filtered by you.") % name[:60])
    wanted = {"on": day, name: known.kind.parse(key)}
    return Q(pk__in=visible(actor, PastScore).filter(**wanted).values("party"))


def register() -> None:
    """Let customers be found by the class they were in on a day gone by."""
    label = gettext_lazy("class on a day")
    add_condition(Party.label(), Condition(CLASS_ON, label, ClassOn(), _compile))
