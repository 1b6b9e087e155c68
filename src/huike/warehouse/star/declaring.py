"""The words in which a star is declared: tables, dimensions, hierarchies, facts, measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ibis.expr.types import Table

Type = Literal["text", "integer", "number", "flag", "date", "time"]
Unit = Literal["money", "count", "number", "minutes", "share"]
Words = Mapping[str, str]
"""What something is called: {"zh": ..., "en": ...}."""

DEPTH = 5
"""Levels of a tree that can be grouped by; what lies deeper counts for its ancestor there."""


def words(zh: str, en: str) -> Words:
    """A text in both languages."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True)
class Stored:
    """A table that a feed of the same name fills.

    Parameters:
        name: of the table and of its feed.
        key: the column of the record's id; rows with one id are replaced together.
        columns: type of each column; a feed that lacks one leaves it empty.
        history: the columns whose former values are kept, each row then being valid for a time
            (slowly changing, type 2); the others are overwritten (type 1). Empty: no history.
    """

    name: str
    key: str
    columns: Mapping[str, Type]
    history: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Level:
    """One thing to group or filter by.

    Parameters:
        column: of the dimension's view; "" for the very value that the fact refers by.
        key: the view's column that tells two of the same name apart; "" where the value does.
        made: makes what is shown from that value and the fact's day.
        record: the record that `key` identifies, for a link to its page.
        field: "record.field" whose choices say what a code means.
    """

    name: str
    title: Words
    column: str = ""
    key: str = ""
    made: Callable[[Any, Any], Any] | None = None
    record: str = ""
    field: str = ""


@dataclass(frozen=True)
class Hierarchy:
    """Levels from coarse to fine, for drilling down."""

    name: str
    title: Words
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """What facts are seen by; the same for all facts that have it.

    Parameters:
        view: makes the table that holds the levels' columns; None where the fact's own value is
            all there is.
        key: the view's column that facts refer to.
        dated: whether the view holds a row per time of validity (valid_from <= day < valid_to).
        tree: the prefix of the view's columns key_1, key_2 ... of a tree, for the operator "under".
    """

    name: str
    title: Words
    levels: tuple[Level, ...]
    view: Callable[[Any], Table] | None = None
    key: str = ""
    dated: bool = False
    tree: str | None = None
    hierarchies: tuple[Hierarchy, ...] = ()

    def level(self, name: str) -> Level:
        """The level of that name; raises KeyError."""
        return _named(self.levels, name)


@dataclass(frozen=True)
class Link:
    """How a fact refers to a dimension, in one role.

    Parameters:
        column: of the fact's view.
        now: of a dated dimension, take the present row, not that of the fact's day.
        title: what the role is called where that is not the dimension's own title.
    """

    dimension: str
    column: str
    now: bool = False
    title: Words | None = None


@dataclass(frozen=True)
class Measure:
    """A figure computed over rows of a fact.

    Parameters:
        of: makes the aggregate from the fact's rows; None for a share of another measure's total.
        part_of: that other measure.
        meaning: one sentence on how it is computed.
        additive: whether figures of parts add up to the figure of the whole.
    """

    name: str
    title: Words
    unit: Unit
    meaning: Words
    of: Callable[[Table], Any] | None = None
    part_of: str = ""
    additive: bool = True


@dataclass(frozen=True)
class Fact:
    """Rows that are counted and added up, at the finest grain there is.

    Parameters:
        view: makes the table of the rows.
        day: its column of the day.
        links: how it refers to dimensions, by role.
        document: the column of the source document's id; `record`: what kind of record that is.
    """

    name: str
    title: Words
    subjects: tuple[str, ...]
    grain: Words
    view: Callable[[Any], Table]
    day: str
    links: Mapping[str, Link]
    measures: tuple[Measure, ...]
    document: str
    record: str

    def measure(self, name: str) -> Measure:
        """The measure of that name; raises KeyError."""
        return _named(self.measures, name)


@dataclass(frozen=True)
class Subject:
    """A field of questions that facts answer."""

    name: str
    title: Words
    meaning: Words


@dataclass(frozen=True)
class Star:
    """Everything that is declared, by name."""

    subjects: Mapping[str, Subject]
    dimensions: Mapping[str, Dimension]
    facts: Mapping[str, Fact]

    def level(self, fact: str, path: str) -> Level:
        """The level that `path`, "role.level", names for a fact; raises KeyError."""
        role, _dot, name = path.partition(".")
        return self.dimensions[self.facts[fact].links[role].dimension].level(name)

    def levels(self, fact: str) -> dict[str, Level]:
        """Every level of a fact by its path "role.level"."""
        return {
            f"{role}.{level.name}": level
            for role, link in self.facts[fact].links.items()
            for level in self.dimensions[link.dimension].levels
        }

    def finer(self, fact: str, path: str) -> list[str]:
        """The levels that `path` can be drilled down to, one for each hierarchy it stands in."""
        role, _dot, name = path.partition(".")
        found = []
        for hierarchy in self.dimensions[self.facts[fact].links[role].dimension].hierarchies:
            if name in hierarchy.levels[:-1]:
                found.append(f"{role}.{hierarchy.levels[hierarchy.levels.index(name) + 1]}")
        return found


N = TypeVar("N", Level, Measure)


def _named(things: tuple[N, ...], name: str) -> N:
    for thing in things:
        if thing.name == name:
            return thing
    raise KeyError(name)
