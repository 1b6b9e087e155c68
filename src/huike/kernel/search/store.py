"""The index as the rest of search sees it, whichever database it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q

from huike.kernel.search.query import Question

Terms = Mapping[int, Sequence[str]]  # of each record's id


class Store(Protocol):
    """Holds for each row of each kind of record the terms that it is found by."""

    def create(self) -> None:
        """Make the empty index (from the migration)."""

    def write(self, kind: int, terms: Terms) -> None:
        """Put the terms of some rows in place of those that are there."""

    def load(self, kind: int, terms: Terms, after: int, upto: int) -> None:
        """Put the terms of some rows in place of all with an id above `after`, up to `upto`."""

    def remove(self, kind: int, ids: Iterable[int]) -> None:
        """Take rows out."""

    def matching(
        self, kind: int, question: Question, newest: int | None = None
    ) -> tuple[str, list[Any]]:
        """Return SQL and its parameters for the ids of one kind's rows that answer `question`.

        `newest` limits it to so many, those with the highest ids.
        """

    def row_by_row(self, kind: int, question: Question) -> Q | None:
        """Return a condition that asks each row by itself, where so many answer that this pays."""

    def differing(self, kind: int, terms: Terms, after: int, upto: int) -> list[int]:
        """Return ids above `after`, up to `upto`, whose stored terms are not exactly `terms`."""

    def settle(self) -> None:
        """Tidy up after a great deal was written, so that searching is at its fastest."""


def newest(kind: int, question: Question, limit: int) -> list[int]:
    """Return the highest ids of one kind that answer `question`."""
    with connection.cursor() as cursor:
        cursor.execute(*store().matching(kind, question, limit))
        return [row[0] for row in cursor.fetchall()]


def store() -> Store:
    """Return the index of the database that this thread works with."""
    from huike.kernel.search.postgresql import PostgresqlStore
    from huike.kernel.search.sqlite import SqliteStore

    return PostgresqlStore() if connection.vendor == "postgresql" else SqliteStore()
