"""Puts seeded rows into the tables and the search index, fast: past the journal, not past SQL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

from bench.firm import words
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
Say = Callable[[str], None]


def load(size: Size, say: Say = lambda text: None) -> None:
    """Fill an empty, migrated database with a firm of `size`; the journal holds none of its rows.

    The index is filled by the product's own terms and store. Raises IntegrityError where there are
    customers already.
    """
    rows = Rows(size, people())
    steps: list[tuple[type[models.Model], tuple[str, ...], Iterator[Any]]] = [
        (Interaction, INTERACTION, rows.interactions()),
        (Party, PARTY, rows.parties()),
        (Order, ORDER, rows.orders()),
        (OrderLine, LINE, rows.lines()),
        (Party.tags.through, ("party", "tag"), rows.marks()),
    ]
    with _bare([model._meta.db_table for model, _, _ in steps], say):
        for model, names, made in steps:
            begun, worked = time.perf_counter(), time.process_time()
            _fill(model, names, made)
            clock, worked = time.perf_counter() - begun, time.process_time() - worked
            say(f"{model._meta.db_table}: {clock:.0f} s, {worked:.0f} s of processor")
        Sequence.objects.bulk_create(
            Sequence(series=series, last=last) for series, last in rows.series.items()
        )
    store().settle()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _fill(model: type[models.Model], names: tuple[str, ...], made: Iterator[Row]) -> None:
    """Insert rows by chunks and index them; empty what else a row must have."""
    given = [model._meta.get_field(name) for name in names]
    others = [
        f
        for f in model._meta.concrete_fields
        if f not in given and not f.null and not f.primary_key
    ]
    columns: Any = [*given, *others]
    rest = [_empty(f) for f in others]
    is_record = issubclass(model, Record)
    while chunk := list(islice(made, CHUNK)):
        insert_values(model, columns, ([*row, *rest] for row in chunk))
        if is_record:
            _index(model, names, chunk)
    if is_record:
        at = timezone.now()
        Rebuild.objects.create(record=model.label(), last_id=chunk_end(model), finished_at=at)
    if connection.vendor == "postgresql" and "id" in names:
        _renew_sequence(model)


def chunk_end(model: type[models.Model]) -> int:
    """Return the highest key of a table."""
    last: int | None = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return last or 0


def _empty(column: Any) -> Any:
    return column.get_db_prep_save(column.get_default(), connection)


def _index(model: type[Record], names: tuple[str, ...], chunk: list[Row]) -> None:
    """Write a chunk's terms: what `search.documents` would read off each row."""
    label = model.label()
    stored = [n for n in documents.names(entity_of(model), {}) if n in names]
    places = [(name, names.index(name)) for name in stored]
    customs = [n for n, (_, k, _) in words.FIELDS.items() if k == CustomField.Kind.TEXT]
    found: dict[int, list[str]] = {}
    # texts of the timeline come again and again; names and numbers do not
    terms_for = _known if model is Interaction else terms_of
    for row in chunk:
        terms = [t for name, place in places for t in terms_for(label, name, row[place])]
        if model is Party:
            held = json.loads(row[-1])
            for name in customs:
                terms += terms_of(label, EXTRA + name, held.get(name, ""))
        found[row[0]] = terms
    store().load(kind(label), found, chunk[0][0] - 1, chunk[-1][0])


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
            _gather(cursor, HASH << 7)
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
            cursor.execute("PRAGMA foreign_keys = ON")
            _gather(cursor, HASH)


def _gather(cursor: Any, size: int) -> None:
    cursor.execute("INSERT INTO search_entry (search_entry, rank) VALUES ('hashsize', %s)", [size])


def _renew_sequence(model: type[models.Model]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {table}))",
            [table],
        )
