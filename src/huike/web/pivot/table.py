"""The table of a pivot as the page shows it: heads with their spans, lines, figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics.pivot import rights
from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.definition import Definition
from huike.analytics.pivot.grid import Column, Grid, Line, Member
from huike.analytics.pivot.naming import level_title, measure_title
from huike.ui.charts import UNITS
from huike.ui.charts import said as said_number
from huike.web.pivot.building import here

MOST_CELLS = 8_000  # more than this nobody reads, and a browser is slow with


@dataclass(frozen=True)
class Head:
    """One cell of the table's head."""

    label: str
    across: int
    down: int
    is_total: bool = False
    sorted: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure: its text, and which line and column it is of (JSON), to go to its documents."""

    text: str
    place: Sequence[Sequence[Any]]
    heat: int
    is_total: bool


@dataclass(frozen=True)
class Shown:
    """One line."""

    label: str
    depth: int
    is_total: bool
    href: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Table:
    """What the page shows."""

    corner: str
    heads: Sequence[Sequence[Head]]
    lines: Sequence[Shown]
    hidden: int  # lines that there was no room for


def said(value: Any, unit: str) -> str:
    """Return a figure in words; nothing for none."""
    if value is None:
        return ""
    if unit == "count":
        return said_number(round(value), "whole")
    return said_number(value, unit if unit in UNITS else "number")


def table(asked: Asked, grid: Grid) -> Table:
    """Lay a grid out."""
    most = max(50, MOST_CELLS // max(1, len(grid.columns)))
    lines = grid.lines if len(grid.lines) <= most else [*grid.lines[: most - 1], grid.total]
    names = [level_title(asked.star, asked.fact, p) for p in asked.definition.rows]
    return Table(
        _corner(grid, names), _heads(asked.definition, grid),
        [_line(asked, grid, line) for line in lines], len(grid.lines) - len(lines),
    )  # fmt: skip


def _heads(definition: Definition, grid: Grid) -> list[list[Head]]:
    depth = grid.column_depth
    rows: list[list[Head]] = [[] for _level in range(depth)]
    for level in range(depth):
        for keys, group in groupby(grid.columns, partial(_keys, level + 1)):
            columns = list(group)
            if len(keys) > level:
                label = columns[0].members[level].label
                rows[level].append(Head(label, len(columns), 1))
            elif len(keys) == level:
                rows[level].append(Head(_total_word(level), len(columns), depth - level, True))
    if not depth or len(grid.measures) > 1:
        rows.append([_measure_head(definition, column) for column in grid.columns])
    return rows


def _corner(grid: Grid, levels: Sequence[str]) -> str:
    """Say what the lines are; and the figures, where no head says it."""
    told = " / ".join(levels)
    if grid.column_depth and len(grid.measures) == 1:
        return ": ".join(filter(None, (measure_title(grid.measures[0]), told)))
    return told


def _keys(depth: int, column: Column) -> tuple[Any, ...]:
    return tuple(member.key for member in column.members[:depth])


def _measure_head(definition: Definition, column: Column) -> Head:
    is_sorted = not column.members and definition.sort.removeprefix("-") == column.measure.name
    way = "descending" if definition.sort.startswith("-") else "ascending"
    return Head(measure_title(column.measure), 1, 1, column.is_total, way if is_sorted else "")


def _total_word(level: int) -> str:
    return _("Subtotal") if level else _("Total")


def _line(asked: Asked, grid: Grid, line: Line) -> Shown:
    label = line.members[-1].label if line.members else _("Total")
    row = [m.key for m in line.members]
    figures = [
        Figure(said(cell.value, cell.unit), [row, [m.key for m in column.members]], cell.heat,
               column.is_total)
        for cell, column in zip(line.cells, grid.columns, strict=True)
    ]  # fmt: skip
    href = down(asked, line.members) if line.members else ""
    return Shown(label, line.depth, line.is_total, href, figures)


def down(asked: Asked, members: Sequence[Member]) -> str:
    """Return the address that drills down into a line: only it, by the next finer level."""
    now, last = asked.definition, members[-1]
    finer = finer_of(asked, last.path)
    if not finer:
        return ""
    rows = list(now.rows)
    if finer not in now.levels:
        rows.insert(rows.index(last.path) + 1, finer)
    filters = [(m.path, "is", m.key) for m in members]
    return here(replace(now, rows=tuple(rows)).filtered(*filters))


def finer_of(asked: Asked, path: str) -> str:
    """Return the level that `path` is drilled down to, or "" where there is none."""
    for below in asked.star.finer(asked.fact.name, path):
        if not rights.closed_level(asked.actor, asked.star, asked.fact, below):
            return below
    return ""
