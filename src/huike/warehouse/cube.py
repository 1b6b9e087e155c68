"""The pivot's questions: group a fact by levels, measure it, with totals, and down to documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd
from ibis.expr.operations import Field
from ibis.expr.types import Table

from huike.warehouse.facts_seen import QueryError, Within, seen, shown
from huike.warehouse.star.declaring import Fact, Measure, Star
from huike.warehouse.star.firm import star as declared

ROWS, COLUMNS = "rows_shown", "columns_shown"
CELLS = 200_000
"""More cells than this are not given at once."""

MOST_LEVELS = 8
"""Each further level is one more subtotal; nobody reads a table of more."""


@dataclass(frozen=True)
class Query:
    """What is asked of a fact.

    Parameters:
        fact: its name in the star.
        rows, columns: levels as "role.level", coarse to fine.
        measures: names of the fact's measures.
        filters: (level, operator, value); operators see `facts_seen.OPERATORS`. Where a level has
            a key, the value is the key.
        limit: at most so many combinations of the row levels, those with the most of the first
            measure; totals count all.
    """

    fact: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, Any], ...] = ()
    limit: int = 1000

    @property
    def levels(self) -> tuple[str, ...]:
        """All levels that it groups by, each once."""
        return tuple(dict.fromkeys((*self.rows, *self.columns)))


@dataclass(frozen=True)
class Answer:
    """What came out.

    Attributes:
        frame: for every level its value, and with "#" after the name its key where it has one;
            every measure; and `rows_shown`, `columns_shown`: by how many of the row and column
            levels the line is grouped, so that fewer than all means a subtotal and none the total.
            A level that a line is not grouped by is empty there.
        left_off: how many combinations of the row levels the limit left off.
    """

    query: Query
    frame: pd.DataFrame
    left_off: int = 0

    def cells(self) -> pd.DataFrame:
        """The lines that are grouped by everything."""
        return self.part(len(self.query.rows), len(self.query.columns))

    def part(self, rows: int, columns: int) -> pd.DataFrame:
        """The lines grouped by the first `rows` row levels and `columns` column levels."""
        frame = self.frame
        return frame[(frame[ROWS] == rows) & (frame[COLUMNS] == columns)]

    def total(self) -> Mapping[str, Any]:
        """The measures over everything."""
        line = self.part(0, 0)
        return {name: line[name].iloc[0] for name in self.query.measures}


@dataclass(frozen=True)
class Documents:
    """The source documents behind a cell: `ids` of the kind `record`, and how many in all."""

    record: str
    ids: list[int]
    count: int


def answer(backend: Any, query: Query, within: Within | None = None) -> Answer:
    """Ask `query`, with every subtotal of its row and column levels.

    Parameters:
        backend: an Ibis backend that holds the warehouse's tables.
        within: what may be counted: ids by column of the fact ({"customer": ids}); a sequence, or
            a table with that column. None: everything.

    Raises:
        QueryError: it names a fact, level, measure or operator that is not there, or none.
    """
    shape = declared(backend)
    fact = _checked(shape, query)
    base = seen(backend, shape, fact, query.levels, query.filters, within)
    if len(query.levels) > MOST_LEVELS:
        raise QueryError(f"at most {MOST_LEVELS} levels can be asked for at once")
    asked = replace(query, measures=_with_wholes(fact, query.measures))
    base = _needed(base, shape, fact, asked).cache()  # joined once, then grouped several times
    best, left_off = _best(base, shape, fact, asked)
    parts = []
    for columns in range(len(query.columns), -1, -1):
        for rows in range(len(query.rows), -1, -1):
            parts.append(_grouped(base, shape, fact, asked, rows, columns, best))
    united = parts[0]
    for part in parts[1:]:
        united = united.union(part)
    frame = backend.to_pandas(united.limit(CELLS))
    return Answer(query, _finished(frame, fact, query), left_off)


def expression(backend: Any, query: Query, within: Within | None = None) -> Table:
    """The finest grouping of `query` as an Ibis expression, without totals or limit."""
    shape = declared(backend)
    fact = _checked(shape, query)
    base = seen(backend, shape, fact, query.levels, query.filters, within)
    whole = replace(query, measures=tuple(m for m in query.measures if fact.measure(m).of))
    return _grouped(base, shape, fact, whole, len(query.rows), len(query.columns), None)


def through(
    backend: Any,
    query: Query,
    cell: Mapping[str, Any],
    within: Within | None = None,
    limit: int = 1000,
) -> Documents:
    """The documents behind a cell.

    Parameters:
        cell: the value of each level that the cell is grouped by (the key where it has one).
        limit: at most so many ids, smallest first; the count tells them all.
    """
    shape = declared(backend)
    fact = _checked(shape, query)
    # pandas writes a missing value as NaN, which is not equal to itself
    exact = tuple((p, "is", None if v is pd.NA or v != v else v) for p, v in cell.items())
    base = seen(backend, shape, fact, (), query.filters + exact, within)
    ids = base.filter(base[fact.document].notnull()).select(id=base[fact.document]).distinct()
    count = int(backend.execute(ids.count()))
    first = backend.to_pandas(ids.order_by("id").limit(limit))
    return Documents(fact.record, [int(found) for found in first["id"]], count)


def _checked(shape: Star, query: Query) -> Fact:
    if query.fact not in shape.facts:
        raise QueryError(f"there is no fact {query.fact}")
    fact, levels = shape.facts[query.fact], shape.levels(query.fact)
    paths = (*query.rows, *query.columns, *(path for path, _operator, _value in query.filters))
    for path in paths:
        if path not in levels:
            raise QueryError(f"{query.fact} has no level {path}")
    known = {measure.name for measure in fact.measures}
    for name in query.measures:
        if name not in known:
            raise QueryError(f"{query.fact} has no measure {name}")
    if not query.measures:
        raise QueryError("no measure is asked for")
    return fact


def _with_wholes(fact: Fact, names: Sequence[str]) -> tuple[str, ...]:
    """The measures to compute: those asked for, and those that shares are taken of."""
    wanted = [fact.measure(name) for name in names]
    return tuple(dict.fromkeys(m.part_of or m.name for m in wanted))


def _needed(base: Table, shape: Star, fact: Fact, query: Query) -> Table:
    """The columns that the levels and measures of `query` read."""
    names = {name for path in query.levels for name in shown(shape, fact, path)}
    for measure in query.measures:
        names |= {f.name for f in _aggregate(fact.measure(measure), base).op().find(Field)}
    return base.select(*sorted(names & {*base.columns} or {fact.document}))


def _grouped(
    base: Table, shape: Star, fact: Fact, query: Query, rows: int, columns: int, best: Table | None
) -> Table:
    """One grouping: by the first `rows` row levels and the first `columns` column levels."""
    grouped = tuple(dict.fromkeys((*query.rows[:rows], *query.columns[:columns])))
    keys = [name for path in grouped for name in shown(shape, fact, path)]
    kept = base
    if best is not None and rows == len(query.rows):
        names = [name for path in query.rows for name in shown(shape, fact, path)]
        kept = kept.semi_join(best, [kept[n].identical_to(best[n]) for n in names])
    asked = {name: _aggregate(fact.measure(name), kept) for name in query.measures}
    found = kept.group_by(keys).agg(**asked) if keys else kept.agg(**asked)
    every = [name for path in query.levels for name in shown(shape, fact, path)]
    return found.select(
        **{n: found[n] if n in keys else ibis.null(base[n].type()) for n in every},
        **{n: found[n].cast("float64") for n in query.measures},
        **{ROWS: ibis.literal(rows, "int64"), COLUMNS: ibis.literal(columns, "int64")},
    )


def _best(base: Table, shape: Star, fact: Fact, query: Query) -> tuple[Table | None, int]:
    """The combinations of row levels that are kept, if not all, and how many are left off."""
    if not query.rows:
        return None, 0
    names = [name for path in query.rows for name in shown(shape, fact, path)]
    first = query.measures[0]
    ranked = base.group_by(names).agg(_rank=_aggregate(fact.measure(first), base))
    count = int(ranked.count().execute())
    if count <= query.limit:
        return None, 0
    order = [ibis.desc(ranked["_rank"].fill_null(0)), *names]
    return ranked.order_by(order).limit(query.limit), count - query.limit


def _aggregate(measure: Measure, rows: Table) -> Any:
    assert measure.of is not None
    return measure.of(rows)


def _finished(frame: pd.DataFrame, fact: Fact, query: Query) -> pd.DataFrame:
    """Shares added, columns named as in the query, and lines in order, totals after their parts."""
    total = frame[(frame[ROWS] == 0) & (frame[COLUMNS] == 0)]
    for name in query.measures:
        if part_of := fact.measure(name).part_of:
            whole = float(total[part_of].iloc[0] or 0.0) if len(total) else 0.0
            frame[name] = frame[part_of] / whole if whole else float("nan")
    levels = [n for n in frame.columns if "." in n]
    ordered = frame.sort_values(
        [n for n in levels if not n.endswith("#")] + [ROWS, COLUMNS],
        ignore_index=True,
        na_position="last",
        ascending=[True] * len([n for n in levels if not n.endswith("#")]) + [False, False],
    )
    return ordered[[*levels, *query.measures, ROWS, COLUMNS]]
