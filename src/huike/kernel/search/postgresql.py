"""The index in PostgreSQL: one table of text-search vectors under a GIN index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from huike.kernel.search.query import Option, Question
from huike.kernel.search.store import Terms

# The vectors hold our own terms with their places, so no dictionary, extension or collation is
# asked. The planner can't guess how many rows answer an OR of terms of several fields, and walked
# the whole table for rare ones: every question is fenced off, so that it takes the index.
# Without the pending list a search never has to look through what was written just now.
CREATE = """
CREATE TABLE search_entry (
    kind integer NOT NULL, record_id bigint NOT NULL, terms tsvector NOT NULL,
    PRIMARY KEY (kind, record_id)
);
ALTER TABLE search_entry ALTER COLUMN terms SET STATISTICS 500;
CREATE INDEX search_entry_terms ON search_entry USING gin (terms) WITH (fastupdate = off);
"""
# The newest rows that answer, of an answer so common that the index would name a good part of the
# table (one Chinese character in 28,000 of 110,000 rows took 590 ms, so it takes 5): the rows are
# walked from the newest on. Should that not bring enough, the index is asked after all.
WALK = """
WITH near AS MATERIALIZED (
    SELECT record_id FROM (
        SELECT record_id, terms FROM search_entry WHERE kind = %s
        ORDER BY record_id DESC LIMIT %s
    ) AS walked WHERE terms @@ %s::tsquery LIMIT %s
)
SELECT record_id FROM (
    SELECT record_id FROM near UNION
    SELECT record_id FROM ({fenced}) AS far WHERE (SELECT count(*) FROM near) < %s
) AS found
"""
PLACES = 16383  # the last place that a vector can tell


class PostgresqlStore:
    """Implements `Store`."""

    def create(self) -> None:
        _run(CREATE)

    def write(self, kind: int, terms: Terms) -> None:
        self.remove(kind, [pk for pk, found in terms.items() if not found])
        rows = [(kind, pk, _vector(found)) for pk, found in terms.items() if found]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_entry VALUES (%s, %s, %s::tsvector)"
                " ON CONFLICT (kind, record_id) DO UPDATE SET terms = excluded.terms"
                " WHERE search_entry.terms IS DISTINCT FROM excluded.terms",
                rows,
            )

    def load(self, kind: int, terms: Terms, after: int, upto: int) -> None:
        _run(
            "DELETE FROM search_entry WHERE kind = %s AND record_id > %s AND record_id <= %s",
            [kind, after, upto],
        )
        with connection.cursor() as cursor, cursor.copy("COPY search_entry FROM STDIN") as copy:
            for pk, found in terms.items():
                if found:
                    copy.write_row((kind, pk, _vector(found)))

    def remove(self, kind: int, ids: Iterable[int]) -> None:
        if ids := list(ids):
            _run("DELETE FROM search_entry WHERE kind = %s AND record_id = ANY(%s)", [kind, ids])

    def matching(
        self, kind: int, question: Question, newest: int | None = None
    ) -> tuple[str, list[Any]]:
        sql = "SELECT record_id FROM search_entry WHERE kind = %s AND terms @@ %s::tsquery"
        expression = _expression(question)
        params: list[Any] = [kind, expression]
        sql = f"SELECT record_id FROM ({sql} OFFSET 0) AS fenced"
        if newest is None:
            return sql, params
        if question.may_be_common and (walk := _walk(kind, expression, newest)):
            params = [kind, walk, expression, newest, *params, newest]
            sql = WALK.format(fenced=sql)
        return f"{sql} ORDER BY record_id DESC LIMIT %s", [*params, newest]

    def differing(self, kind: int, terms: Terms, after: int, upto: int) -> list[int]:
        wanted = {pk: _vector(found) for pk, found in terms.items() if found}
        sql = """
            SELECT coalesce(e.record_id, w.id) FROM
            (SELECT * FROM search_entry WHERE kind = %s AND record_id > %s AND record_id <= %s) e
            FULL JOIN unnest(%s::bigint[], %s::text[]) AS w(id, terms) ON e.record_id = w.id
            WHERE e.terms IS DISTINCT FROM w.terms::tsvector ORDER BY 1"""
        params = [kind, after, upto, list(wanted), list(wanted.values())]
        return [row[0] for row in _rows(sql, params)]

    def settle(self) -> None:
        _run("ANALYZE search_entry")


def _walk(kind: int, expression: str, newest: int) -> int:
    """Return how many of the newest rows to walk for `newest` that answer; 0: ask the index.

    The planner knows the terms that are common. A row that is walked costs about what one costs
    that the index names; four times as many are walked as an even spread would need.
    """
    answering = _planned("kind = %s AND terms @@ %s::tsquery", [kind, expression])
    if answering < 10 * newest:
        return 0
    rows = _planned("kind = %s", [kind])
    needed = newest * rows // answering
    return 4 * needed if 2 * needed < answering else 0


def _planned(condition: str, params: Sequence[Any]) -> int:
    """Return how many rows of the index the planner expects under a condition."""
    sql = f"EXPLAIN (FORMAT JSON) SELECT FROM search_entry WHERE {condition}"
    plan = _rows(sql, params)[0][0]
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def _vector(terms: Sequence[str]) -> str:
    return " ".join(f"'{term}':{place}" for place, term in enumerate(terms[:PLACES], 1))


def _expression(question: Question) -> str:
    words = [
        " | ".join(_phrase(mark, option) for mark, option in question.pairs(options))
        for options in question.words
    ]
    return " & ".join(f"({word})" for word in words)


def _phrase(mark: str, option: Option) -> str:
    phrase = (" & " if option.is_loose else " <-> ").join(
        f"'{mark}{term}'" for term in option.terms
    )
    return f"({phrase}{':*' if option.is_prefix else ''})"


def _run(sql: str, params: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
