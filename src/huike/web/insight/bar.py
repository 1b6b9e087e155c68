"""The filter bar of every insight page: department, owner, category, area, tier and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics.figures.asking import Leaf, Question, days
from huike.analytics.models import Score
from huike.customers.models import Category, Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.choices import Choice
from huike.kernel.records.record import Record
from huike.staff.models import Department, User
from huike.ui.words import day as day_in_words

# name in the address and of the customer's field: how it is compared
COMPARED = {
    "department": "below",
    "owner": "in",
    "category": "below",
    "province": "is",
    "city": "is",
    "level": "in",
}
BEYOND_OWN = frozenset({"department", "owner"})  # senseless to those who see only their own
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Control:
    """One control of the bar; without options it is a line of text."""

    name: str
    label: str
    value: str
    options: Options = field(default_factory=list)
    is_text: bool = False


@dataclass(frozen=True)
class Bar:
    """The filter bar as it stands: its controls, and the question that they ask."""

    question: Question
    controls: list[Control]
    days: list[date]
    since: date | None = None  # the earlier of two days, on pages that compare

    @property
    def is_narrowed(self) -> bool:
        return bool(self.question.about)


def read(actor: Actor, given: Mapping[str, str], *, two_days: bool = False) -> Bar:
    """Read the bar from an address; what can't be read, or may not be asked, is left out."""
    known = {n: f for n, f in entity_of(Party).fields(actor).items() if _usable(actor, n, f)}
    values = {name: _value(known[name], given.get(name, "").strip()) for name in known}
    about = tuple(_leaf(name, value) for name, value in values.items() if value)
    there = days()
    question = Question(actor, _day(given.get("on", ""), there), about)
    controls = [_control(actor, known[name], values[name]) for name in known]
    since = _since(_day(given.get("since", ""), there), question.on, there) if two_days else None
    return Bar(question, controls, there, since)


def day_options(bar: Bar, *, newest: bool) -> Options:
    """Return the days that can be chosen, as people read them."""
    found = [(str(day), day_in_words(day, weekday=False)) for day in bar.days]
    return [("", _("newest")), *found] if newest else found


def _usable(actor: Actor, name: str, known: Field) -> bool:
    if name not in COMPARED or not known.is_comparable:
        return False
    reaches = actor.reaches(Score.label(), Op.VIEW)
    return name not in BEYOND_OWN or bool(reaches - {Reach.OWN.value})


def _value(known: Field, text: str) -> str:
    """Return what was asked for, or nothing where it can't be."""
    if known.name in {"department", "owner", "category"}:
        return text if text.isdigit() and len(text) < 19 else ""
    if isinstance(known.kind, Choice):
        return text if text in known.kind.options else ""
    return text[:50]


def _leaf(name: str, value: str) -> Leaf:
    op = COMPARED[name]
    if op == "is":
        return (name, op, value)
    return (name, op, [int(value) if value.isdigit() else value])


def _day(text: str, there: list[date]) -> date | None:
    return next((day for day in there if str(day) == text), None)


def _since(asked: date | None, until: date | None, there: list[date]) -> date | None:
    """Return the day to compare with: the one asked for, else about a quarter of a year before."""
    last = until or (there[0] if there else None)
    before = [day for day in there if last is not None and day < last]
    if asked in before:
        return asked
    quarter = [day for day in before if last is not None and (last - day).days >= 80]
    return quarter[0] if quarter else (before[-1] if before else None)


def _control(actor: Actor, known: Field, value: str) -> Control:
    offer = OFFERS.get(known.name)
    options = offer(actor, known) if offer else []
    return Control(known.name, known.label, value, options, offer is None)


def _departments(actor: Actor, _known: Field) -> Options:
    return _branches(actor, Department)


def _categories(actor: Actor, _known: Field) -> Options:
    return _branches(actor, Category)


def _owners(_actor: Actor, _known: Field) -> Options:
    people = User.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in people]


def _levels(_actor: Actor, known: Field) -> Options:
    options = known.kind.options if isinstance(known.kind, Choice) else {}
    return [(value, str(label)) for value, label in options.items()]


def _branches(actor: Actor, model: type[Record]) -> Options:
    """Return the rows of a tree that the actor may see, each set in below its parent."""
    if not may(actor, model, Op.VIEW):
        return []
    rows: list[Any] = list(visible(actor, model).order_by("position", "pk"))
    known = {row.pk for row in rows}
    below: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)

    def told(parent: int | None, depth: int) -> Options:
        lines: Options = []
        for row in below[parent]:
            lines += [(str(row.pk), "\u3000" * depth + row.name), *told(row.pk, depth + 1)]
        return lines

    return told(None, 0)


OFFERS: dict[str, Callable[[Actor, Field], Options]] = {
    "department": _departments,
    "owner": _owners,
    "category": _categories,
    "level": _levels,
}
