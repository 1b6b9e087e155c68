"""A list as a board: one column for each choice, with its count, its sums, and its first cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.kinds.choices import Choice
from huike.kernel.lists.faces.groups import Group, grouped
from huike.kernel.lists.paging import page
from huike.kernel.lists.view import ListView
from huike.kernel.records.record import Record

CARDS = 20
MOST_COLUMNS = 30


@dataclass
class BoardColumn:
    """One column: the value that its cards have, and the first of them."""

    value: str
    label: str
    filter: list[Any]
    count: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True)
class Board:
    """A board by one field."""

    field: Field
    columns: Sequence[BoardColumn]
    shown: Sequence[Field]  # what a card tells besides its name
    can_move: bool


def can_be_board(f: Field) -> bool:
    return f.is_comparable and isinstance(f.kind, Choice) and f.kind.name == "choice"


def board(actor: Actor, view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]) -> Board:
    """Return the view's rows as a board by the field `view.by`; raise ValidationError."""
    by = board_field(view, fields)
    found = {g.value or "": g for g in grouped(actor, replace(view, group=by.name), rows, fields)}
    shown = [f for f in view.shown(fields) if f.name != by.name][:5]
    columns = [_column(by, value, label, found.get(value)) for value, label in _values(by, found)]
    for column in columns:
        if column.count:
            fill(actor, view, rows, fields, by, column)
    return Board(by, columns, shown, by.is_writable)


def board_field(view: ListView, fields: Mapping[str, Field]) -> Field:
    """Return the field that the board's columns stand for: the one asked for, else the first."""
    able = [f for f in fields.values() if can_be_board(f)]
    chosen = [f for f in able if f.name in view.entity.columns] or able
    by = fields.get(view.by) if view.by else next(iter(chosen), None)
    if by is None or not can_be_board(by):
        raise ValidationError(_("“%s” can't be made into board columns.") % view.by[:60])
    return by


def fill(
    actor: Actor,
    view: ListView,
    rows: QuerySet[Any],
    fields: Mapping[str, Field],
    by: Field,
    column: BoardColumn,
) -> None:
    """Put one page of cards into a column, that after the view's cursor."""
    shown = view.shown(fields)
    some = joined(view.entity, rows.filter(by.condition(*_asked(column))), shown)
    one = page(replace(view, size=CARDS), some, fields)
    cover(actor, shown, one.rows)
    column.rows, column.next = one.rows, one.next


def _asked(column: BoardColumn) -> tuple[str, Any]:
    return ("is", column.value) if column.value else ("empty", None)


def _values(by: Field, found: Mapping[Any, Group]) -> list[tuple[str, str]]:
    assert isinstance(by.kind, Choice)
    values = [(value, str(label)) for value, label in by.kind.options.items()]
    if "" in found:
        values.insert(0, ("", _("(empty)")))
    return values[:MOST_COLUMNS]


def _column(by: Field, value: str, label: str, group: Group | None) -> BoardColumn:
    leaf: list[Any] = [by.name, "in", [value]] if value else [by.name, "empty"]
    if group is None:
        return BoardColumn(value, label, leaf)
    return BoardColumn(value, label, leaf, group.count, group.totals)
