"""What a room gives the warehouse: rows of plain values, and which of them changed since when.

A room's `feeds.py` registers its feeds; nobody here knows who reads them. Changes are found in the
journal: it is written in the order of the commits (its head is locked until then), so nothing that
commits late is missed, and it knows what was deleted for good, which no `changed_at` can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Count, FloatField, Sum
from django.db.models.functions import Cast, Coalesce

from huike.kernel.change.models import Entry
from huike.kernel.records.bulk import chunks

BATCH = 20_000
KEYS = 900  # SQLite takes a thousand values in one question
MANY = 50_000  # more changed records than this are read faster with all the others

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Given:
    """One column of a feed: where its value stands (a path or an expression) and its type.

    Types: text, integer, number, flag, date, time (a moment; naive ones are UTC).
    """

    source: Any
    type: str = "text"


@dataclass(frozen=True)
class Feed:
    """The rows that a room gives away under a name, replaced record by record.

    Parameters:
        name: the table that these rows fill.
        query: gives the queryset; rows in the bin belong to it (a column tells them).
        key: the column that holds the record's id; rows with one id are replaced together.
        columns: every column by name.
        journal: the label of the record whose journal tells of changes; without it all rows are
            read every time, which is meant for small tables.
        sums: number columns that are added up at both ends and compared.
    """

    name: str
    query: Callable[[], models.QuerySet[Any]]
    key: str
    columns: Mapping[str, Given]
    journal: str = ""
    sums: tuple[str, ...] = field(default=())

    @property
    def types(self) -> dict[str, str]:
        """The type of each column."""
        return {name: given.type for name, given in self.columns.items()}

    @property
    def zone(self) -> str:
        """The time zone in which a moment has its day."""
        return settings.TIME_ZONE

    def mark(self) -> str:
        """Where the journal ends now; "" for a feed without one."""
        if not self.journal:
            return ""
        newest = Entry.objects.order_by("-pk").values_list("pk", "digest").first()
        return f"{newest[0]}:{newest[1]}" if newest else ""

    def changed(self, since: str) -> list[int] | None:
        """The records that changed after `since` (a former mark); None for all of them.

        All also when the journal no longer holds that mark: the database was put back from a
        backup.
        """
        if not (self.journal and since):
            return None
        pk, _colon, digest = since.partition(":")
        if not Entry.objects.filter(pk=int(pk), digest=digest).exists():
            return None
        noted = Entry.objects.filter(pk__gt=int(pk), record=self.journal, record_id__isnull=False)
        read_only = (Entry.Kind.VIEW, Entry.Kind.EXPORT)
        found = noted.exclude(kind__in=read_only).order_by().values_list("record_id", flat=True)
        keys = sorted({key for key in found.iterator(BATCH) if key is not None})
        return None if len(keys) > MANY else keys

    def rows(self, keys: Sequence[int] | None = None) -> Iterator[list[Row]]:
        """Batches of plain rows, values in the order of `columns`; of all records, or of `keys`."""
        if keys is None:
            yield from self._read(self.query())
            return
        path = self.columns[self.key].source
        for some in chunks(keys, KEYS):
            yield from self._read(self.query().filter(**{f"{path}__in": some}))

    def totals(self) -> dict[str, float]:
        """The number of rows, and the sums of `sums`, as the database itself counts them."""
        asked: dict[str, Any] = {"rows": Count("pk")}
        for name in self.sums:
            asked[name] = Coalesce(Sum(_plain(self.columns[name])), 0.0)
        return {name: float(value) for name, value in self.query().aggregate(**asked).items()}

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read at one moment what is read inside, without holding up those who write."""
        if connection.in_atomic_block:
            yield
            return
        postgresql = connection.vendor == "postgresql"
        with connection.cursor() as cursor:
            begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgresql else "BEGIN"
            cursor.execute(begin)
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")

    def _read(self, rows: models.QuerySet[Any]) -> Iterator[list[Row]]:
        """Ask below the ORM, which would make an object of every value."""
        values = [_plain(given) for given in self.columns.values()]
        sql, given = rows.order_by().values_list(*values).query.sql_with_params()
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, given)
            while batch := cursor.fetchmany(BATCH):
                yield batch


def _plain(given: Given) -> Any:
    """The column's value as every database gives it in the same way."""
    return Cast(given.source, FloatField()) if given.type == "number" else given.source


_feeds: dict[str, Feed] = {}


def register(feed: Feed) -> Feed:
    """Offer a feed; a name is taken once."""
    if feed.name in _feeds:
        raise ValueError(f"there is a feed called {feed.name} already")
    if feed.key not in feed.columns:
        raise ValueError(f"feed {feed.name} has no column {feed.key}")
    _feeds[feed.name] = feed
    return feed


def feeds() -> list[Feed]:
    """Every registered feed, in the order of their names."""
    return [_feeds[name] for name in sorted(_feeds)]
