"""An answer of the warehouse as a table: lines below their subtotals, columns below their heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.analytics.pivot.asking import Asked, plain
from huike.analytics.pivot.naming import namer

if TYPE_CHECKING:
    from huike.warehouse.cube import Answer
    from huike.warehouse.star.declaring import Measure

MOST_COLUMNS = 120  # columns of figures that a table shows
Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Member:
    """One value of a level, as it is compared and as people read it."""

    path: str
    key: Any
    label: str


Members = tuple[Member, ...]


@dataclass(frozen=True)
class Cell:
    """One figure; `place` says which rows it counts: {level: key}; `heat` how large it is, 0-5."""

    value: float | None
    unit: str
    place: Mapping[str, Any]
    heat: int = 0


@dataclass(frozen=True)
class Line:
    """One line: grouped by `members`; fewer than all row levels are a subtotal, none the total."""

    members: Members
    cells: Sequence[Cell]
    is_total: bool  # a total or subtotal

    @property
    def depth(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class Column:
    """One column of figures: a measure within `members` of the column levels."""

    members: Members
    measure: Measure
    is_total: bool


@dataclass(frozen=True)
class Grid:
    """The whole table."""

    lines: Sequence[Line]
    columns: Sequence[Column]
    left_off: int
    depth: int  # row levels
    column_depth: int = 0
    measures: Sequence[Measure] = field(default_factory=tuple)

    @property
    def total(self) -> Line:
        """The line over everything."""
        return self.lines[-1]


def grid(asked: Asked, limit: int | None = None) -> Grid:
    """Ask, and lay the answer out.

    Raises ValidationError for what can't be asked, or has too many columns.
    """
    found = asked.answer() if limit is None else asked.answer(limit)
    return _Layout(asked, found).grid()


class _Layout:
    """The answer's lines by what they are grouped by."""

    def __init__(self, asked: Asked, answer: Answer) -> None:
        self.definition = asked.definition
        self.answer = answer
        self.measures = [asked.fact.measure(name) for name in asked.definition.measures]
        self.labels: dict[tuple[str, Any], Any] = {}
        self.values: dict[tuple[Keys, Keys], list[float | None]] = {}
        self.rows: dict[Keys, list[Keys]] = {}  # the lines below each
        self.heads: dict[Keys, list[Keys]] = {}
        self.says = {path: namer(asked.star, asked.fact, path) for path in self.definition.levels}
        self._read()

    def _read(self) -> None:
        rows, columns = self.definition.rows, self.definition.columns
        names = [m.name for m in self.measures]
        for line in self.answer.frame.to_dict("records"):
            row = self._keys(line, rows[: int(line["rows_shown"])])
            column = self._keys(line, columns[: int(line["columns_shown"])])
            self.values[row, column] = [_number(line[name]) for name in names]
            if not column:
                _below(self.rows, row)
            if not row:
                _below(self.heads, column)

    def _keys(self, line: Mapping[str, Any], paths: Sequence[str]) -> Keys:
        keys = []
        for path in paths:
            shown = plain(line[path])
            key = plain(line[f"{path}#"]) if f"{path}#" in line else shown
            self.labels[path, key] = shown
            keys.append(key)
        return tuple(keys)

    def grid(self) -> Grid:
        columns = self._columns()
        if len(columns) > MOST_COLUMNS:
            raise ValidationError(
                _("These are %(n)s columns; at most %(most)s can be read. Filter, or move a level"
                  " from the columns to the rows.")
                % {"n": len(columns), "most": MOST_COLUMNS}
            )  # fmt: skip
        lines = [self._line(keys, columns) for keys in [*self._order(()), ()]]
        return Grid(
            self._heated(lines), columns, self.answer.left_off, len(self.definition.rows),
            len(self.definition.columns), self.measures,
        )  # fmt: skip

    def _order(self, keys: Keys) -> list[Keys]:
        """Return what lies below a line, each before its own parts."""
        ordered: list[Keys] = []
        for below in self._sorted(self.rows.get(keys, [])):
            ordered += [below, *self._order(below)]
        return ordered

    def _sorted(self, below: list[Keys]) -> list[Keys]:
        sort = self.definition.sort
        if not sort:
            return below
        at = self.definition.measures.index(sort.removeprefix("-"))
        sign = -1 if sort.startswith("-") else 1

        def rank(keys: Keys) -> tuple[bool, float]:
            value = self.values[keys, ()][at]
            return (value is None, sign * (value or 0.0))

        return sorted(below, key=rank)

    def _columns(self) -> list[Column]:
        """Columns in the order of the names, each group's total after it."""
        found: list[Column] = []

        def add(keys: Keys) -> None:
            for below in self.heads.get(keys, []):
                add(below)
            members = self._members(self.definition.columns, keys)
            is_total = len(keys) < len(self.definition.columns)
            found.extend(Column(members, measure, is_total) for measure in self.measures)

        add(())
        return found

    def _members(self, paths: Sequence[str], keys: Keys) -> Members:
        return tuple(
            Member(path, key, self.says[path](self.labels[path, key]))
            for path, key in zip(paths, keys, strict=False)
        )

    def _line(self, keys: Keys, columns: Sequence[Column]) -> Line:
        members = self._members(self.definition.rows, keys)
        is_total = len(keys) < len(self.definition.rows) or not keys
        cells = []
        for n, column in enumerate(columns):
            within = tuple(m.key for m in column.members)
            values = self.values.get((keys, within))
            place = {m.path: m.key for m in (*members, *column.members)}
            value = values[n % len(self.measures)] if values else None
            cells.append(Cell(value, column.measure.unit, place))
        return Line(members, cells, is_total)

    def _heated(self, lines: list[Line]) -> list[Line]:
        """Colour the cells by their size among those of the same measure and kind."""
        if not self.definition.heat:
            return lines
        columns = self._columns()
        most = [0.0] * len(self.measures)
        for line in lines:
            for n, cell in enumerate(line.cells):
                if not line.is_total and not columns[n].is_total:
                    at = n % len(most)
                    most[at] = max(most[at], cell.value or 0.0)
        return [
            Line(line.members, [
                cell if line.is_total or columns[n].is_total else _heat(cell, most[n % len(most)])
                for n, cell in enumerate(line.cells)
            ], line.is_total)
            for line in lines
        ]  # fmt: skip


def _heat(cell: Cell, most: float) -> Cell:
    share = max(cell.value or 0.0, 0.0) / most if most else 0.0
    return Cell(cell.value, cell.unit, cell.place, min(5, -(-int(share * 500) // 100)))


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _below(tree: dict[Keys, list[Keys]], keys: Keys) -> None:
    if keys:
        tree.setdefault(keys[:-1], []).append(keys)
