"""Everything that a list page shows, gathered before any template runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError

from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, Verb
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.kind import OPERATORS
from huike.kernel.lists import paging
from huike.kernel.lists.counting import count_of
from huike.kernel.lists.exporting import Output, kinds_for, outputs_for
from huike.kernel.lists.faces import groups
from huike.kernel.lists.faces.board import Board, board, can_be_board
from huike.kernel.lists.faces.month import Month, can_be_month, month
from huike.kernel.lists.saved import Tab, tabs
from huike.kernel.lists.view import LETTERS, ListView
from huike.kernel.lists.words import Chip, chips, joined_with
from huike.kernel.records.record import Record
from huike.ui.charts import Chart
from huike.web.lists.offers import offers_of
from huike.web.lists.pictures import pictures
from huike.web.lists.state import State

QUICK = 4  # quick filters beside the search box


@dataclass(frozen=True)
class Column:
    """One column of the table: its field, where its header leads, and how wide it is."""

    field: Field
    sorted: str  # ascending, descending or ""
    ascending: str  # addresses
    descending: str
    unsorted: str
    width: str

    @property
    def toggle(self) -> str:
        return self.descending if self.sorted == "ascending" else self.ascending


@dataclass(frozen=True)
class Quick:
    """A quick filter: a name, and the addresses of its options."""

    label: str
    options: Sequence[tuple[str, str]]  # (label, query)


@dataclass
class Listing:
    """One list as one actor sees it."""

    actor: Actor
    entity: Entity
    state: State
    columns: Sequence[Column]
    rows: Sequence[Record]
    next: str
    count: int
    is_exact: bool
    chips: Sequence[Chip]
    tabs: Sequence[Tab]
    groups: Sequence[groups.Group] = ()
    board: Board | None = None
    month: Month | None = None
    pictures: Sequence[Chart] = ()
    drawn_by: Field | None = None

    @property
    def view(self) -> ListView:
        return self.state.view

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.state.fields

    @property
    def has_totals(self) -> bool:
        return bool(groups.number_fields(self.view, self.fields))

    @property
    def may_add(self) -> bool:
        return self.entity.can_add and may(self.actor, self.entity.model, Op.ADD)

    def may(self, op: str) -> bool:
        return may(self.actor, self.entity.model, Op(op))

    def asked_for(self, **changes: Any) -> str:
        """Return the address of this list with some parts changed, on its first page."""
        return f"?{self.view.query(**({'after': ''} | changes))}"

    def opened(self, condition: Any) -> str:
        """Return the address of this list within one more condition, ungrouped."""
        held = joined_with(self.view.filter, condition)
        return self.asked_for(filter=held, group="", face="table", by="")

    @property
    def bulk_verbs(self) -> list[Verb]:
        able = [v for v in self.entity.verbs if v.in_bulk and v.for_whom(self.actor)]
        return [v for v in able if self.may(v.needs.value)]

    @property
    def groupable(self) -> list[Field]:
        return [f for f in self.fields.values() if f.is_comparable and groups.can_group(f)]

    @property
    def board_fields(self) -> list[Field]:
        return [f for f in self.fields.values() if can_be_board(f)]

    @property
    def month_fields(self) -> list[Field]:
        return [f for f in self.fields.values() if can_be_month(f)]

    @property
    def number_columns(self) -> list[Field]:
        return groups.number_fields(self.view, self.fields)

    def group_sum(self, name: str) -> Decimal:
        return sum((group.totals[name] for group in self.groups), Decimal(0))

    @property
    def shown_names(self) -> list[str]:
        return [column.field.name for column in self.columns]

    @property
    def column_choices(self) -> list[Field]:
        """Return all fields, those shown first and in their order."""
        shown = [column.field for column in self.columns]
        names = set(self.shown_names)
        return shown + [f for f in self.fields.values() if f.name not in names]

    @property
    def operators(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in OPERATORS.items()]

    @property
    def offers(self) -> list[tuple[str, str, str]]:
        """Return (label, icon, address) of what other rooms do with all that the list shows."""
        return offers_of(self.actor, self.entity, self.state.asked)

    @property
    def export_kinds(self) -> list[str]:
        return kinds_for(self.entity)

    @property
    def outputs(self) -> list[Output]:
        """Return the kinds of file that a room makes of these records."""
        return outputs_for(self.entity)

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the address as pairs for the hidden inputs of a form."""
        return parse_qsl(self.view.query(**({"after": ""} | changes)))

    @property
    def letters(self) -> list[tuple[str, str, bool]]:
        """Return (letter, address, whether it is open) of the A to Z strip, where there is one."""
        name = self.fields.get(self.entity.search[0]) if self.entity.lettered else None
        if name is None or not name.is_comparable:
            return []
        now = self.view.letter
        return [(each, self.asked_for(letter=each), each == now) for each in LETTERS]

    @property
    def quick(self) -> list[Quick]:
        """Return quick filters for choices that the table shows."""
        found = []
        for column in self.columns:
            f = column.field
            if not f.is_comparable or not isinstance(f.kind, Choice) or f.kind.name != "choice":
                continue
            options = [
                (str(label), self._narrowed([f.name, "in", [value]]))
                for value, label in f.kind.options.items()
            ]
            found.append(Quick(f.label, options))
        return found[:QUICK]

    @property
    def mine(self) -> str:
        """Return the address of this list's rows of one's own, where they have owners."""
        owner = self.fields.get("owner")
        if owner is None or not owner.is_comparable:
            return ""
        return self._narrowed(["owner", "me"])

    def _narrowed(self, leaf: Any) -> str:
        return self.asked_for(filter=joined_with(self.view.filter, leaf))


def listing(actor: Actor, entity: Entity, state: State) -> Listing:
    """Gather one list; what can't be grouped or shown on a board is told, and the table shown."""
    fields, view = state.fields, state.view
    made = Listing(
        actor=actor,
        entity=entity,
        state=state,
        columns=columns(view, fields),
        rows=(),
        next="",
        count=0,
        is_exact=True,
        chips=chips(actor, entity, state.asked.filter),
        tabs=tabs(actor, entity, view),
    )
    try:
        _fill(made)
    except ValidationError as error:
        state.wrong += error.messages
        made.rows, made.next = page_of(actor, state)
    made.count, made.is_exact = _counted(made)
    return made


def _counted(made: Listing) -> tuple[int, bool]:
    """Return how many rows there are; a page that shows all of them need not ask."""
    view = made.view
    if made.rows and not made.next and not view.after:
        return len(made.rows), True
    return count_of(view, made.state.rows)


def _fill(made: Listing) -> None:
    actor, state, view = made.actor, made.state, made.view
    if view.face == "board":
        made.board = board(actor, view, state.rows, state.fields)
    elif view.face == "calendar":
        made.month = month(actor, view, state.rows, state.fields)
    elif view.face == "chart":
        made.drawn_by, made.pictures = pictures(actor, view, state.rows, state.fields, made.opened)
    elif view.group:
        made.groups = groups.grouped(actor, view, state.rows, state.fields)
    else:
        made.rows, made.next = page_of(actor, state)


def page_of(actor: Actor, state: State) -> tuple[list[Record], str]:
    """Return one page of rows with what they show, and the cursor of the next."""
    shown = state.view.shown(state.fields)
    rows = joined(state.view.entity, state.rows, shown)
    try:
        found = paging.page(state.view, rows, state.fields)
    except ValidationError as error:
        state.wrong += error.messages
        return [], ""
    cover(actor, shown, found.rows)
    return found.rows, found.next


def columns(view: ListView, fields: Mapping[str, Field]) -> list[Column]:
    """Return the columns of the table with the addresses that their headers lead to."""
    widths = dict(w.partition(":")[::2] for w in view.widths)
    name, descending = view.order(fields)
    found = []
    for f in view.shown(fields):
        now = ("descending" if descending else "ascending") if f.name == name else ""
        width = widths.get(f.name, "")
        found.append(
            Column(
                field=f,
                sorted=now,
                ascending=f"?{view.query(sort=f.name, after='')}" if f.is_sortable else "",
                descending=f"?{view.query(sort=f'-{f.name}', after='')}" if f.is_sortable else "",
                unsorted=f"?{view.query(sort='', after='')}",
                width=width if width.isdigit() else "",
            )
        )
    return found
