"""The index in PostgreSQL: one table of text-search vectors under a GIN index."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, DateTimeField, F, Func, Q

from huike.kernel.search.query import Option, Question
from huike.kernel.search.store import Terms
from huike.kernel.search.terms import EDGE

# The vectors hold our own terms with their places, so no dictionary, extension or collation is
# asked. The planner can't guess how many rows answer an OR of terms of several fields, and walked
# the whole table for rare ones (for a word with all its slips that took minutes): every question is
# fenced off and asked by way of a SELECT, into which the planner does not look; it then takes one
# row in a thousand to answer. Of a kind with many rows it shall not ask the index of kinds besides,
# which took 77 of 78 ms: "+ 0" hides that.
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
FENCED = """
SELECT record_id FROM (
    SELECT record_id FROM search_entry
    WHERE {kind} = %s AND terms @@ (SELECT %s::tsquery) OFFSET 0
) AS fenced
"""
LARGE = 50_000  # rows of one kind
# A beginning of more than four letters, of which the planner knows four at most: as common as these
# it may be, and a walk that was in vain costs little
BEGUN = re.compile(rf"('.{{4}}[\^<].{{{EDGE}}})[^']*':\*")
TERM = re.compile(r"'[^']*'")  # of a question as text
REMEMBERED = 600  # seconds for which a process keeps what changes slowly
PAGE = 100  # rows of a long page
PLACES = 16383  # the last place that a vector can tell


ROW_BY_ROW = """EXISTS (
    SELECT FROM search_entry
    WHERE kind = %s AND record_id = {key} AND terms @@ %s::tsquery OFFSET 0
)"""


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
        expression = _expression(question)
        sql, params = _fenced(kind), [kind, expression]
        if newest is None:
            return sql, params
        if question.may_be_common and (walk := _walk(kind, BEGUN.sub(r"\1'", expression), newest)):
            params = [kind, walk, expression, newest, *params, newest]
            sql = WALK.format(fenced=sql)
        return f"{sql} ORDER BY record_id DESC LIMIT %s", [*params, newest]

    def row_by_row(self, kind: int, question: Question) -> Q | None:
        expression = _expression(question)
        if question.may_be_common and _walk(kind, expression, PAGE):
            return Q(Common(F("pk"), kind, expression))
        return None

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
        _remembered.cache_clear()


class Common(Func):
    """Holds of a row that answers a question which a good part of all rows answers.

    Where only the first rows by time or key are asked for, each is looked up until there are
    enough: 51 of 14,415 rows took 10 ms, and 930 by way of all that answer.
    """

    output_field = BooleanField()

    def __init__(self, key: Any, kind: int, expression: str) -> None:
        super().__init__(key)
        self.kind, self.expression = kind, expression

    def as_sql(self, compiler: Any, connection: Any, *more: Any, **given: Any) -> tuple[str, Any]:
        key, params = compiler.compile(self.source_expressions[0])
        if _is_walked(compiler.query):
            asked = ROW_BY_ROW.format(key=key)
            return asked, [self.kind, *params, self.expression]
        return f"{key} IN ({_fenced(self.kind)})", [*params, self.kind, self.expression]


def _is_walked(query: Any) -> bool:
    """Tell whether a query asks for the first rows by time or key: orders that words don't share.

    By name all of 王 stand together near the end: to walk there took 3.6 s.
    """
    if not query.is_sliced or not query.order_by or not isinstance(query.order_by[0], str):
        return False
    name = query.order_by[0].lstrip("-")
    if name == "pk":
        return True
    column: Any = getattr(query.annotations.get(name), "target", None)
    if column is None:
        column = {f.name: f for f in query.model._meta.concrete_fields}.get(name)
    is_time = isinstance(column, DateTimeField)
    return is_time and column.db_index and column.model is query.model


def _walk(kind: int, expression: str, newest: int) -> int:
    """Return how many of the newest rows to walk for `newest` that answer; 0: ask the index.

    The planner knows the terms that are common, and takes the others to be rather common as well
    (66,722 of 9,000,000 rows for ten terms that nothing holds): what it would say of terms that
    don't exist is taken off. A row that is walked costs about what one costs that the index names;
    four times as many are walked as an even spread would need.
    """
    rows = _usually("kind = %s", kind)
    if rows < 10 * newest:
        return 0
    answering = _planned("terms @@ %s::tsquery", expression)
    answering -= _usually("terms @@ %s::tsquery", TERM.sub("'?'", expression))
    if answering < 10 * newest:
        return 0
    needed = newest * rows // answering
    return 4 * needed if 2 * needed < answering else 0


def _fenced(kind: int) -> str:
    is_large = _usually("kind = %s", kind) > LARGE
    return FENCED.format(kind="kind + 0" if is_large else "kind")


def _usually(condition: str, value: Any) -> int:
    """Return what the planner expects under a condition, or did some minutes ago."""
    period = int(time.monotonic() // REMEMBERED)
    return _remembered(str(connection.settings_dict["NAME"]), condition, value, period)


@lru_cache(maxsize=1_000)
def _remembered(database: str, condition: str, value: Any, period: int) -> int:
    return _planned(condition, value)


def _planned(condition: str, value: Any) -> int:
    """Return how many rows of the index the planner expects under a condition."""
    sql = f"EXPLAIN (FORMAT JSON) SELECT FROM search_entry WHERE {condition}"
    plan = _rows(sql, [value])[0][0]
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
