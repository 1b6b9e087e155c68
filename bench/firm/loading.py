"""Puts seeded rows into the tables and the search index, fast: past the journal, not past SQL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any

from bench.firm import words
from bench.firm.beside import made_beside
from bench.firm.people import people
from bench.firm.rows import INTERACTION, LINE, ORDER, PARTY, Row, Rows, Size
from django.db import connection, models, transaction
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import EXTRA
from huike.kernel.numbering import Sequence
from huike.kernel.records.raw import insert_values
from huike.kernel.records.record import Record
from huike.kernel.search import documents
from huike.kernel.search.models import Rebuild
from huike.kernel.search.store import store
from huike.kernel.search.terms import kind, terms_of
from huike.trade.models import Order, OrderLine

CHUNK = 5_000
HASH = 1 << 20  # bytes that FTS5 gathers before it writes: its default
MERGED = 4  # FTS5's default: four pieces are joined to one, sixteen at once
QUICK = ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -1000000")
USUAL = ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -64000")
Say = Callable[[str], None]


def load(size: Size, say: Say = lambda text: None) -> None:
    """Fill an empty, migrated database with a firm of `size`; the journal holds none of its rows.

    The index is filled by the product's own terms and store. Rows and terms are made in a process
    beside this one, which writes them. Raises IntegrityError where there are customers already.
    """
    rows = Rows(size, people())
    steps = [
        Step(Interaction, INTERACTION, rows.interactions()),
        Step(Party, PARTY, rows.parties()),
        Step(Order, ORDER, rows.orders()),
        Step(OrderLine, LINE, rows.lines()),
        Step(Party.tags.through, ("party", "tag"), rows.marks()),
    ]
    with _bare([step.table for step in steps], say), made_beside(_making(steps, rows)) as given:
        for step in steps:
            begun, worked = time.perf_counter(), time.process_time()
            _fill(step, takewhile(lambda part: part is not None, given))
            clock, worked = time.perf_counter() - begun, time.process_time() - worked
            say(f"{step.table}: {clock:.0f} s, {worked:.0f} s of this process's processor")
        Sequence.objects.bulk_create(
            Sequence(series=series, last=last) for series, last in next(given).items()
        )
    store().settle()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@dataclass
class Step:
    """One table to fill: its columns, and the rows as values."""

    model: type[models.Model]
    names: tuple[str, ...]
    made: Iterator[Any]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    def terms(self, chunk: list[Row]) -> dict[int, list[str]]:
        """Return a chunk's search terms by key: what `search.documents` would read off each row."""
        if not issubclass(self.model, Record):
            return {}
        label = self.model.label()
        stored = [n for n in documents.names(entity_of(self.model), {}) if n in self.names]
        places = [(name, self.names.index(name)) for name in stored]
        customs = [n for n, (_, k, _) in words.FIELDS.items() if k == CustomField.Kind.TEXT]
        found: dict[int, list[str]] = {}
        # texts of the timeline come again and again; names and numbers do not
        terms_for = _known if self.model is Interaction else terms_of
        for row in chunk:
            terms = [t for name, place in places for t in terms_for(label, name, row[place])]
            if self.model is Party:
                held = json.loads(row[-1])
                for name in customs:
                    terms += terms_of(label, EXTRA + name, held.get(name, ""))
            found[row[0]] = terms
        return found


def _making(steps: list[Step], rows: Rows) -> Iterator[Any]:
    """Yield every step's chunks with their terms, None after each, and the numbers given last."""
    for step in steps:
        while chunk := list(islice(step.made, CHUNK)):
            yield chunk, step.terms(chunk)
        yield None
    yield rows.series


@contextmanager
def unjournalled() -> Iterator[None]:
    """Let SQLite write without a journal: a firm that is half loaded is loaded anew."""
    _pragmas(QUICK)
    yield
    _pragmas(USUAL)


def _pragmas(given: Iterable[str]) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for pragma in given:
                cursor.execute(f"PRAGMA {pragma}")


@transaction.atomic
def _fill(step: Step, parts: Iterable[tuple[list[Row], dict[int, list[str]]]]) -> None:
    """Insert rows by chunks and index them; empty what else a row must have."""
    model = step.model
    given = [model._meta.get_field(name) for name in step.names]
    others = [
        f
        for f in model._meta.concrete_fields
        if f not in given and not f.null and not f.primary_key
    ]
    columns: Any = [*given, *others]
    rest = [_empty(f) for f in others]
    is_record = issubclass(model, Record)
    for chunk, terms in parts:
        insert_values(model, columns, ([*row, *rest] for row in chunk))
        if is_record:
            store().load(kind(model.label()), terms, chunk[0][0] - 1, chunk[-1][0])
    if is_record:
        at = timezone.now()
        Rebuild.objects.create(record=model.label(), last_id=chunk_end(model), finished_at=at)
    if connection.vendor == "postgresql" and "id" in step.names:
        _renew_sequence(model)


def chunk_end(model: type[models.Model]) -> int:
    """Return the highest key of a table."""
    last: int | None = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return last or 0


def _empty(column: Any) -> Any:
    return column.get_db_prep_save(column.get_default(), connection)


@lru_cache(maxsize=5_000)
def _known(label: str, name: str, text: str) -> list[str]:
    return terms_of(label, name, text)


@contextmanager
def _bare(tables: Iterable[str], say: Say) -> Iterator[None]:
    """Take indexes and the watch over foreign keys away, and make them again at the end."""
    is_big = connection.vendor == "postgresql"
    named = [*tables, "search_entry"]
    with connection.cursor() as cursor:
        if is_big:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET maintenance_work_mem = '1GB'")
            question = (
                "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND"
                " NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
            )
            cursor.execute(question, [named])
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            _merging(cursor, HASH << 7, 0)
            marks = ", ".join(["%s"] * len(named))
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                f" AND tbl_name IN ({marks})",
                named,
            )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        for _, sql in indexes:
            cursor.execute(sql)
        say(f"{len(indexes)} indexes: {time.perf_counter() - begun:.0f} s")
        if is_big:
            cursor.execute("RESET session_replication_role")
            cursor.execute("RESET maintenance_work_mem")
        else:
            _merging(cursor, HASH, MERGED)
            cursor.execute("PRAGMA foreign_keys = ON")


def _merging(cursor: Any, size: int, merged: int) -> None:
    """Say how much FTS5 gathers before it writes, and from how many pieces on it joins them."""
    asked = "INSERT INTO search_entry (search_entry, rank) VALUES (%s, %s)"
    cursor.execute(asked, ["hashsize", size])
    cursor.execute(asked, ["automerge", merged])
    cursor.execute(asked, ["crisismerge", merged * 4 or 1_999])


def _renew_sequence(model: type[models.Model]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {table}))",
            [table],
        )
