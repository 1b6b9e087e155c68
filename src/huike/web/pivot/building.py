"""What a pivot can be built from, and where each step leads: all of it is addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huike.analytics.pivot import rights
from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.definition import PLACES, Definition
from huike.analytics.pivot.naming import (
    fact_title,
    level_title,
    measure_title,
    namer,
    role_title,
    told,
)
from huike.analytics.pivot.writing import long_title
from huike.kernel.actor import Actor

if TYPE_CHECKING:
    from huike.warehouse.star.declaring import Fact, Star

HERE = "/pivot/"
NUMBERS = frozenset({"churn_risk", "p_alive", "clv"})  # of the scores: to filter by


@dataclass(frozen=True)
class Step:
    """One thing that can be done to a chip."""

    label: str
    icon: str
    href: str


@dataclass(frozen=True)
class Chip:
    """A level, measure or filter that stands in a place of the pivot."""

    path: str
    label: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class Choice:
    """A level or measure to choose, and what it means."""

    path: str
    label: str
    meaning: str = ""


@dataclass(frozen=True)
class Builder:
    """Everything around the table."""

    facts: Sequence[tuple[str, str, bool]]  # label, address, whether it is shown
    levels: Sequence[tuple[str, Sequence[Choice]]]  # by role
    filterable: Sequence[tuple[str, Sequence[Choice]]]
    measures: Sequence[Choice]
    chips: dict[str, list[Chip]] = field(default_factory=dict)


def usual(actor: Actor, star: Star, fact: str = "") -> Definition:
    """Return what is shown before anything was chosen: what the actor may see, by month."""
    open_facts = rights.facts(actor, star)
    chosen = [one for one in open_facts if one.name == fact] or open_facts
    if not chosen:
        return Definition()
    numbers = [one.name for one in rights.measures(actor, chosen[0])]
    levels = rights.levels(actor, star, chosen[0]).get("time", [])
    rows = tuple(p for p in ("time.year", "time.month") if p in levels)
    first = [n for n in ("revenue", "orders") if n in numbers] or numbers[:1]
    return Definition(chosen[0].name, rows, (), tuple(first))


def builder(asked: Asked) -> Builder:
    """Return everything around the table of a definition that can be asked."""
    actor, star, fact, now = asked.actor, asked.star, asked.fact, asked.definition
    by_role = rights.levels(actor, star, fact)
    return Builder(
        facts=[
            (fact_title(one), f"{HERE}?{usual(actor, star, one.name).query()}", one is fact)
            for one in rights.facts(actor, star)
        ],
        levels=[
            (role_title(star, fact, role), choices)
            for role, paths in by_role.items()
            if (choices := _choices(star, fact, [p for p in paths if not _is_number(p)]))
        ],
        filterable=[
            (role_title(star, fact, role), _choices(star, fact, paths))
            for role, paths in by_role.items()
        ],
        measures=[
            Choice(one.name, measure_title(one), told(one.meaning))
            for one in rights.measures(actor, fact)
        ],
        chips={
            "rows": [_level(asked, "rows", p) for p in now.rows],
            "columns": [_level(asked, "columns", p) for p in now.columns],
            "measures": [_measure(asked, name) for name in now.measures],
            "filters": [_filter(asked, n) for n in range(len(now.filters))],
        },
    )


def here(definition: Definition) -> str:
    """Return the address of a definition's table."""
    return f"{HERE}?{definition.query()}"


def _choices(star: Star, fact: Fact, paths: Sequence[str]) -> list[Choice]:
    return [Choice(path, level_title(star, fact, path)) for path in paths]


def _is_number(path: str) -> bool:
    return path.startswith("score") and path.partition(".")[2] in NUMBERS


def _level(asked: Asked, place: str, path: str) -> Chip:
    now, star, fact = asked.definition, asked.star, asked.fact
    other, words = (
        ("columns", _("To the columns")) if place == "rows" else ("rows", _("To the rows"))
    )
    moved = now.without(path).placed(other, (*getattr(now, other), path))
    steps = _shifts(now, place, path)
    steps.append(Step(words, "switch-horizontal", here(moved)))
    finer = [p for p in star.finer(fact.name, path) if p not in now.levels]
    for below in finer:
        if not rights.closed_level(asked.actor, star, fact, below):
            deeper = _after(now, place, path, below)
            label = _("With %s below") % level_title(star, fact, below)
            steps.append(Step(label, "zoom-in", here(deeper)))
    steps.append(Step(_("Filter by it"), "filter", f"/pivot/filter/?{now.query(level=path)}"))
    steps.append(Step(_("Take away"), "x", here(now.without(path))))
    return Chip(path, long_title(star, fact, path), steps)


def _after(now: Definition, place: str, path: str, below: str) -> Definition:
    paths = list(getattr(now, place))
    paths.insert(paths.index(path) + 1, below)
    return now.placed(place, paths)


def _measure(asked: Asked, name: str) -> Chip:
    now = asked.definition
    rest = tuple(one for one in now.measures if one != name)
    steps = _shifts(now, "measures", name)
    for label, icon, sort in (
        (_("Largest first"), "sort-descending", f"-{name}"),
        (_("Smallest first"), "sort-ascending", name),
        (_("By name"), "sort-ascending-letters", ""),
    ):
        if now.sort != sort and (sort or now.sort.removeprefix("-") == name):
            steps.append(Step(label, icon, here(replace(now, sort=sort))))
    if rest:
        sort = now.sort if now.sort.removeprefix("-") in rest else ""
        steps.append(Step(_("Take away"), "x", here(replace(now, measures=rest, sort=sort))))
    return Chip(name, measure_title(asked.fact.measure(name)), steps)


def _filter(asked: Asked, at: int) -> Chip:
    now = asked.definition
    path = now.filters[at][0]
    rest = replace(now, filters=now.filters[:at] + now.filters[at + 1 :])
    steps = [
        Step(_("Change"), "pencil", f"/pivot/filter/?{now.query(level=path)}"),
        Step(_("Take away"), "x", here(rest)),
    ]
    return Chip(path, filter_in_words(asked, at), steps)


def filter_in_words(asked: Asked, at: int) -> str:
    """Say what a filter asks."""
    path, operator, value = asked.definition.filters[at]
    title = long_title(asked.star, asked.fact, path)
    say = _speaker(asked, path)
    values = [say(one) for one in (value if isinstance(value, list) else [value])]
    words = {
        "in": "%s", "is": "%s", "under": _("%s and below"),
        "not_in": _("not %s"), "is_not": _("not %s"), "contains": _("contains “%s”"),
        "at_least": _("at least %s"), "at_most": _("at most %s"),
        "above": _("above %s"), "below": _("below %s"),
    }  # fmt: skip
    if operator == "between" and len(values) == 2:
        return f"{title}: {values[0]} – {values[1]}"
    more = f" +{len(values) - 3}" if len(values) > 3 else ""
    return f"{title}: {words.get(operator, operator + ' %s') % ('、'.join(values[:3]) + more)}"


def _speaker(asked: Asked, path: str) -> Any:
    """Return what tells a filter's value: by the name that its key stands for."""
    say = namer(asked.star, asked.fact, path)
    if not asked.star.level(asked.fact.name, path).key:
        return lambda key: say(_typed(asked, path, key))
    names = {one.key: one.shown for one in asked.values(path, 1000)}
    return lambda key: say(names.get(_typed(asked, path, key), key))


def _typed(asked: Asked, path: str, key: Any) -> Any:
    return asked.typed(path, key)


def _shifts(now: Definition, place: str, name: str) -> list[Step]:
    """Return the ways to move a chip within its place."""
    names = list(getattr(now, place))
    at, found = names.index(name), []
    for to, label, icon in (
        (at - 1, _("Earlier"), "arrow-left"),
        (at + 1, _("Later"), "arrow-right"),
    ):
        if 0 <= to < len(names):
            moved = [one for one in names if one != name]
            moved.insert(to, name)
            found.append(Step(label, icon, here(now.placed(place, moved))))
    return found


def with_added(now: Definition, place: str, path: str) -> Definition:
    """Return a definition with a level or measure more; a level stands in one place only."""
    if place == "measures":
        kept = tuple(one for one in now.measures if one != path)
        return replace(now, measures=(*kept, path))
    assert place in PLACES
    without = now.without(path)
    return without.placed(place, (*getattr(without, place), path))
