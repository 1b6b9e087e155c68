"""What a dossier is made of: chapters in four parts, given by the rooms, read as its maker may.

A room adds a source: `add(3, 10, orders)`. The source gets an `Ask` and returns chapters; it reads
records through `Ask.table` or `Ask.read`, so that rights hold and the ask knows what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.records.record import Record

Text = str | Promise
MOST = 500  # rows of one table; more is said and left out

PARTS: dict[int, Text] = {
    1: _("Background and visit reports"),
    2: _("Purchase, credit and payment record"),
    3: _("Transactions"),
    4: _("Returns, compensation and discounts"),
}


@dataclass(frozen=True)
class Table:
    """Heads and rows of texts; `numbers` are the columns that stand to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    left_out: int = 0

    @property
    def widths(self) -> list[int]:
        """Return the share of each column of the paper, in per cent, by what it holds.

        With them the layout does not measure every cell, which took half of the time.
        """
        columns = [[self.heads[n], *(row[n] for row in self.rows)] for n in range(len(self.heads))]
        needs = [min(max(sum(_wide(text) for text in texts) / len(texts), 5), 60) ** 0.8
                 + max(_wide(texts[0]), 6) * 0.4 for texts in columns]  # fmt: skip
        return [round(100 * need / sum(needs)) for need in needs]


def _wide(text: str) -> int:
    """Return how much room a text takes: a Chinese character as much as two Latin ones."""
    return sum(2 if char > "\u2e7f" else 1 for char in text[:80])


@dataclass(frozen=True)
class Report:
    """A text with its head, such as a visit report."""

    head: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """A numbered chapter: pairs of label and value, tables, texts, and what is not kept."""

    title: Text
    pairs: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    reports: Sequence[Report] = ()
    note: Text = ""

    @property
    def is_empty(self) -> bool:
        return not (self.pairs or self.reports or self.note or (self.table and self.table.rows))


@dataclass
class Read:
    """What went into a document: fields read in clear, and rows, by record."""

    fields: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, set[int]] = field(default_factory=dict)

    def note(self, label: str, names: Iterable[str], keys: Iterable[int]) -> None:
        self.fields.setdefault(label, set()).update(names)
        self.rows.setdefault(label, set()).update(keys)

    def as_json(self) -> dict[str, Any]:
        return {
            "fields": {label: sorted(names) for label, names in self.fields.items()},
            "rows": {label: sorted(keys) for label, keys in self.rows.items()},
        }


@dataclass
class Ask:
    """One customer's dossier as one actor may read it, of one year or of all time."""

    actor: Actor
    party: Party
    year: int | None = None
    read: Read = field(default_factory=Read)

    def may_view(self, model: type[Record]) -> bool:
        return may(self.actor, model, Op.VIEW)

    def within(self, name: str, *, moment: bool = False) -> Q:
        """Return the condition that a day or moment lies in the year asked for."""
        if self.year is None:
            return Q()
        first, after = date(self.year, 1, 1), date(self.year + 1, 1, 1)
        if moment:
            begin, end = (timezone.make_aware(datetime.combine(d, time())) for d in (first, after))
            return Q(**{f"{name}__gte": begin, f"{name}__lt": end})
        return Q(**{f"{name}__gte": first, f"{name}__lt": after})

    def fields(self, model: type[Record], names: Sequence[str]) -> list[Field]:
        known = entity_of(model).fields(self.actor)
        return [known[name] for name in names if name in known]

    def rows(self, rows: QuerySet[Any], fields: Sequence[Field], most: int = MOST) -> list[Any]:
        """Fetch rows ready for their fields' texts, and take down what is read."""
        model = rows.model
        found = list(joined(entity_of(model), rows, fields)[:most])
        cover(self.actor, fields, found)
        clear = [f.name for f in fields if f.right is not FieldRight.MASKED]
        self.read.note(model.label(), clear, [row.pk for row in found])
        return found

    def table(self, rows: QuerySet[Any], names: Sequence[str], most: int = MOST) -> Table:
        """Return rows as a table of those of the fields `names` that the actor may know of."""
        fields = self.fields(rows.model, names)
        count = rows.count()
        found = self.rows(rows, fields, most)
        texts = [[f.text(row) for f in fields] for row in found]
        used = [n for n in range(len(fields)) if any(line[n] for line in texts)]
        return Table(
            [fields[n].label for n in used],
            [[line[n] for n in used] for line in texts],
            frozenset(at for at, n in enumerate(used) if fields[n].kind.is_number),
            max(count - most, 0),
        )


Source = Callable[[Ask], Sequence[Chapter]]
_sources: list[tuple[int, int, Source]] = []


def add(part: int, place: int, source: Source) -> None:
    """Let a room give chapters to a part of every dossier, at `place` among the others."""
    if (part, place, source) not in _sources:
        _sources.append((part, place, source))


@dataclass(frozen=True)
class Part:
    """One of the four parts with its chapters."""

    number: int
    title: Text
    chapters: Sequence[Chapter]


def parts_of(ask: Ask) -> list[Part]:
    """Return the four parts with the chapters that have something to say."""
    found: dict[int, list[Chapter]] = {number: [] for number in PARTS}
    for part, _place, source in sorted(_sources, key=lambda one: one[:2]):
        found[part] += [chapter for chapter in source(ask) if not chapter.is_empty]
    return [Part(number, PARTS[number], chapters) for number, chapters in found.items()]
