"""The index in SQLite: one FTS5 table whose row numbers tell kind and id of the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from huike.kernel.search.query import Option, Question
from huike.kernel.search.store import Terms

SHIFT = 43  # bits for the id, below the 20 of the kind

# Every character outside ASCII belongs to a term, so the quick "ascii" tokenizer is the right one.
CREATE = """CREATE VIRTUAL TABLE IF NOT EXISTS search_entry
    USING fts5(terms, tokenize = "ascii tokenchars '^<=#'", columnsize = 0)"""


class SqliteStore:
    """Implements `Store`."""

    def create(self) -> None:
        _run(CREATE)

    def write(self, kind: int, terms: Terms) -> None:
        self.remove(kind, terms)
        self._insert(kind, terms)

    def load(self, kind: int, terms: Terms, after: int, upto: int) -> None:
        first = kind << SHIFT
        _run(
            "DELETE FROM search_entry WHERE rowid > %s AND rowid <= %s",
            [first + after, first + upto],
        )
        self._insert(kind, terms)

    def _insert(self, kind: int, terms: Terms) -> None:
        first = kind << SHIFT
        rows = [(first + pk, " ".join(found)) for pk, found in terms.items() if found]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO search_entry (rowid, terms) VALUES (%s, %s)", rows)

    def remove(self, kind: int, ids: Iterable[int]) -> None:
        first = kind << SHIFT
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM search_entry WHERE rowid = %s", [(first + pk,) for pk in ids]
            )

    def matching(
        self, kind: int, question: Question, newest: int | None = None
    ) -> tuple[str, list[Any]]:
        first = kind << SHIFT
        sql = (
            "SELECT rowid - %s FROM search_entry"
            " WHERE search_entry MATCH %s AND rowid BETWEEN %s AND %s"
        )
        params = [first, _expression(question), first, first + (1 << SHIFT) - 1]
        if newest is None:
            return sql, params
        return f"{sql} ORDER BY rowid DESC LIMIT %s", [*params, newest]

    def row_by_row(self, kind: int, question: Question) -> Q | None:
        return None  # FTS5 would look a whole question up anew for each row

    def differing(self, kind: int, terms: Terms, after: int, upto: int) -> list[int]:
        first = kind << SHIFT
        sql = "SELECT rowid - %s, terms FROM search_entry WHERE rowid > %s AND rowid <= %s"
        stored = dict(_rows(sql, [first, first + after, first + upto]))
        wanted = {pk: " ".join(found) for pk, found in terms.items() if found}
        return sorted(pk for pk in stored.keys() | wanted if stored.get(pk) != wanted.get(pk))

    def settle(self) -> None:
        _run("INSERT INTO search_entry (search_entry) VALUES ('optimize')")


def _expression(question: Question) -> str:
    words = [
        " OR ".join(_phrase(mark, option) for mark, option in question.pairs(options))
        for options in question.words
    ]
    return " AND ".join(f"({word})" for word in words)


def _phrase(mark: str, option: Option) -> str:
    if option.is_loose:
        return "(" + " AND ".join(f'"{mark}{term}"' for term in option.terms) + ")"
    return f'"{" ".join(mark + term for term in option.terms)}"' + " *" * option.is_prefix


def _run(sql: str, params: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
