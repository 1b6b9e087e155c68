"""The words in which a star is declared: tables, dimensions, hierarchies, facts, measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ibis.expr.types import Table as Expression

Type = Literal["text", "integer", "number", "flag", "date", "time"]
Words = Mapping[str, str]
"""What something is called: {"zh": ..., "en": ...}."""


def words(zh: str, en: str) -> Words:
    """A title in both languages."""
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
        column: of the dimension's view, which holds what is shown.
        key: the column that tells two of the same name apart; without it the value itself does.
        record: the record that `key` identifies, for a link to its page.
    """

    name: str
    title: Words
    column: str
    key: str = ""
    record: str = ""


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
        view: the name of the view (see `views`) that holds the levels' columns; "" for a dimension
            that is a plain column of the fact.
        key: the view's column that facts refer to.
        dated: whether the view holds one row per time of validity (valid_from, valid_to).
    """

    name: str
    title: Words
    view: str
    key: str
    levels: tuple[Level, ...]
    hierarchies: tuple[Hierarchy, ...] = ()
    dated: bool = False

    def level(self, name: str) -> Level:
        """The level of that name; raises KeyError."""
        return next(level for level in self.levels if level.name == name)


@dataclass(frozen=True)
class Measure:
    """A figure computed over rows of a fact.

    Parameters:
        of: makes the aggregate from the fact's rows.
        unit: money, count, number, minutes or share.
        meaning: one sentence on how it is computed.
        additive: whether figures of parts add up to the figure of the whole.
    """

    name: str
    title: Words
    unit: Literal["money", "count", "number", "minutes", "share"]
    of: Callable[[Expression], Any]
    meaning: Words
    additive: bool = True


@dataclass(frozen=True)
class Fact:
    """Rows that are counted and added up, at the finest grain there is.

    Parameters:
        view: the name of the view that holds the rows.
        day: its column of the day.
        links: dimension by role, with the column that refers to it: {"customer": "customer"}.
        document: the column of the source document's id, and `record`, what kind that is.
    """

    name: str
    title: Words
    subject: str
    grain: Words
    view: str
    day: str
    links: Mapping[str, str]
    measures: tuple[Measure, ...]
    document: str
    record: str

    def measure(self, name: str) -> Measure:
        """The measure of that name; raises KeyError."""
        found = [m for m in self.measures if m.name == name]
        if not found:
            raise KeyError(name)
        return found[0]


@dataclass(frozen=True)
class Subject:
    """A field of questions, and the facts that answer them."""

    name: str
    title: Words
    meaning: Words


@dataclass(frozen=True)
class Star:
    """Everything that is declared, by name."""

    subjects: Mapping[str, Subject]
    stored: Mapping[str, Stored]
    dimensions: Mapping[str, Dimension]
    facts: Mapping[str, Fact] = field(default_factory=dict)
