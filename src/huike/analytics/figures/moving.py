"""Who moved from class to class between two days, whose tier or terms changed in a period, and the
filter conditions that find them again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
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

CLASS_ON, CHANGED = "class_on", "changed_in"
CHANGES = {
    "upgraded": gettext_lazy("upgraded"),
    "downgraded": gettext_lazy("downgraded"),
    "discount": gettext_lazy("discounts rise"),
    "margin": gettext_lazy("margin falls"),
}


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


@dataclass(frozen=True)
class Change(Kind):
    """What changed, the first and last day, and leaves of the customers among whom it is counted.

    As in ["upgraded", "2026-10-01", "2026-10-31", [["owner", "in", [3]]]].
    """

    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = ("is",)

    def parse(self, given: Any) -> Any:
        parts = given if isinstance(given, list) else []
        leaves: Any = parts[3] if len(parts) == 4 else None
        fits = isinstance(leaves, list) and all(isinstance(leaf, list) and leaf for leaf in leaves)
        if not fits or parts[0] not in CHANGES or any(leaf[0] == CHANGED for leaf in leaves):
            raise ValidationError(_("This condition is made by the pages of the analysis."))
        about = tuple(tuple(leaf) for leaf in leaves)
        return parts[0], Day().parse(parts[1]), Day().parse(parts[2]), about

    def text(self, value: Any) -> str:
        """Return it in words, as a filter's chip says it; as it stands where it can't be read."""
        try:
            what, start, end, _about = self.parse(value)
        except ValidationError:
            return str(value)
        return f"{CHANGES[what]} {Day().text(start)} – {Day().text(end)}"


def change_leaf(question: Question, what: str, start: date, end: date) -> Leaf:
    """Return the leaf of the customers' list that finds those with a change of `CHANGES`."""
    return (CHANGED, "is", [what, str(start), str(end), [list(leaf) for leaf in question.about]])


def _compile_change(actor: Actor, op: str, value: Any) -> Q:
    kind = Change()
    if op not in kind.operators:
        kind.compare(None, op, value)  # raises, in words
    what, start, end, about = kind.parse(value)
    question = Question(actor, None, about)
    try:
        return Q(pk__in=_changed(question, what, start, end))
    except PermissionDenied as error:
        raise ValidationError(str(error)) from error


def _changed(question: Question, what: str, start: date, end: date) -> list[int]:
    """Return the customers by their keys; none where what it is counted from is closed."""
    from huike.analytics.figures import big, scorecard

    if what in ("discount", "margin"):
        found = big.bigs(question, end)
        return [one.row.party_id for one in found.found if what in one.signals] if found else []  # type: ignore[attr-defined]
    return scorecard.changed(question, what, start, end)


def register() -> None:
    """Let customers be found by the class they were in on a day gone by."""
    label = gettext_lazy("class on a day")
    add_condition(Party.label(), Condition(CLASS_ON, label, ClassOn(), _compile))
    changed = gettext_lazy("change in a period")
    add_condition(Party.label(), Condition(CHANGED, changed, Change(), _compile_change))
