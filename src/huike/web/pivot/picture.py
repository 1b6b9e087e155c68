"""The picture of a pivot: its first level of rows, in series by the first level of columns."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.grid import Grid, Line
from huike.analytics.pivot.naming import level_title, measure_title
from huike.ui.charts import Chart, Row, Series, Table, bars, pie, trend
from huike.web.pivot.table import down, said

MOST_MARKS = 60
MOST_SERIES = 12
UNITS = {"money": "money", "share": "share", "count": "whole"}


def picture(asked: Asked, grid: Grid) -> Chart | None:
    """Return the chart that a definition asks for; None without one, or with nothing to draw."""
    kind, rows = asked.definition.chart, asked.definition.rows
    lines = [line for line in grid.lines if line.depth == 1][:MOST_MARKS]
    if not kind or not rows or not lines:
        return None
    columns = _columns(grid, only_one=kind == "pie")
    hrefs = [down(asked, line.members) for line in lines]
    labels = [line.members[0].label for line in lines]
    series = [_series(lines, hrefs, *one) for one in columns]
    unit = UNITS.get(grid.columns[columns[0][1]].measure.unit, "number")
    if kind == "pie":
        spec = pie(labels, series[0], unit)
    elif kind == "line":
        spec = trend(labels, series, unit)
    else:
        spec = bars(labels, series, unit, stacked=kind == "stacked", lying=len(labels) > 12)
    heads = [level_title(asked.star, asked.fact, rows[0]), *(name for name, _at in columns)]
    table = Table(heads, [
        Row([label, *(said(line.cells[at].value, line.cells[at].unit) for _n, at in columns)], href)
        for label, line, href in zip(labels, lines, hrefs, strict=True)
    ])  # fmt: skip
    return Chart(_title(asked, grid), spec, table, note=_note(grid, lines, columns))


def _columns(grid: Grid, *, only_one: bool) -> list[tuple[str, int]]:
    """Return the columns that are drawn: (name, place)."""
    first = grid.measures[0]
    if grid.column_depth and not only_one:
        found = [
            (c.members[0].label, n)
            for n, c in enumerate(grid.columns)
            if len(c.members) == 1 and c.measure is first
        ]
        return found[:MOST_SERIES]
    totals = [(c, n) for n, c in enumerate(grid.columns) if not c.members]
    alike = [(c, n) for c, n in totals if c.measure.unit == first.unit]
    return [(measure_title(c.measure), n) for c, n in alike][: 1 if only_one else MOST_SERIES]


def _series(lines: list[Line], hrefs: list[str], name: str, at: int) -> Series:
    return Series(name, [line.cells[at].value for line in lines], hrefs)


def _title(asked: Asked, grid: Grid) -> str:
    names = [level_title(asked.star, asked.fact, p[0]) for p in
             (asked.definition.rows, asked.definition.columns) if p]  # fmt: skip
    return _("%(numbers)s by %(levels)s") % {
        "numbers": measure_title(grid.measures[0]), "levels": " × ".join(names),
    }  # fmt: skip


def _note(grid: Grid, lines: list[Line], columns: list[tuple[str, int]]) -> str:
    all_lines = sum(line.depth == 1 for line in grid.lines)
    series = {c.members[0].key for c in grid.columns if len(c.members) == 1}
    if len(lines) < all_lines or (grid.column_depth and len(columns) < len(series) > 1):
        return _("The picture shows the first of them; the table holds them all.")
    return ""
