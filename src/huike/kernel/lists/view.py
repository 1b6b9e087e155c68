"""The state of one list, as its address holds it: words, filter, sort, columns, face, group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.lists.filters import condition, parse_filter
from huike.kernel.lists.kept import DESK_KEY, DESKS, on_desk

FACES = ("table", "board", "calendar", "chart")
SIZES = (25, 50, 100, 200)
LETTERS = ("", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ#")


@dataclass(frozen=True)
class ListView:
    """What the reader of a list asked for. `filter` is JSON as in kernel/lists/filters.py."""

    entity: Entity
    words: str = ""
    filter: Any = None
    sort: str = ""
    columns: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()
    face: str = "table"
    by: str = ""  # the field of board columns, calendar days or bars
    group: str = ""
    after: str = ""
    size: int = 50
    month: str = ""
    letter: str = ""  # of the A to Z strip, "#" for what begins with none
    desk: str = ""  # recent, most or pinned: what the reader has at hand

    @classmethod
    def read(cls, entity: Entity, params: Mapping[str, str]) -> ListView:
        """Read the view from an address; raise ValidationError for what can't be read."""
        size = params.get("size", "")
        face = params.get("face", "table")
        letter, desk = params.get("letter", "").upper(), params.get("desk", "")
        return cls(
            entity=entity,
            words=params.get("q", "").strip()[:100],
            filter=parse_filter(params.get("filter", "")),
            sort=params.get("sort", ""),
            columns=tuple(c for c in params.get("columns", "").split(",") if c),
            widths=tuple(w for w in params.get("widths", "").split(",") if w),
            face=face if face in FACES else "table",
            by=params.get("by", ""),
            group=params.get("group", ""),
            after=params.get("after", ""),
            size=int(size) if size.isdigit() and int(size) in SIZES else 50,
            month=params.get("month", ""),
            letter=letter if letter in LETTERS and entity.lettered else "",
            desk=desk if desk in DESKS else "",
        )

    def query(self, **changes: Any) -> str:
        """Return the address's query string, with some parts changed; defaults are left out."""
        told = self._told | {name: _told(name, value) for name, value in changes.items()}
        return urlencode({"q" if k == "words" else k: text for k, text in told.items() if text})

    @cached_property
    def _told(self) -> dict[str, str]:
        """The parts as text: a page of a list asks for a hundred addresses that differ in one."""
        return {f.name: _told(f.name, getattr(self, f.name)) for f in _PARTS}

    def matching(self, actor: Actor, op: Op = Op.VIEW) -> QuerySet[Any]:
        """Return the rows that the view holds and on which `actor` may perform `op`."""
        rows = visible(actor, self.entity.model, op).filter(
            condition(actor, self.entity, self.filter)
        )
        if self.words:
            from huike.kernel.search.find import search_condition

            rows = rows.filter(search_condition(actor, self.entity, self.words))
        if self.letter:
            from huike.kernel.search.find import letter_condition

            rows = rows.filter(letter_condition(actor, self.entity, self.letter))
        return on_desk(actor, rows, self.desk) if self.desk else rows

    def shown(self, fields: Mapping[str, Field]) -> list[Field]:
        """Return the columns to show, in order: those chosen, else the entity's own."""
        names: Sequence[str] = self.columns or self.entity.columns
        return [fields[name] for name in names if name in fields]

    def order(self, fields: Mapping[str, Field]) -> tuple[str, bool]:
        """Return (field name or column, descending) of the sort; raise ValidationError."""
        sort = self.sort or (f"-{DESK_KEY}" if self.desk else self.entity.ordering)
        name, descending = sort.lstrip("-"), sort.startswith("-")
        if self.sort:
            field = fields.get(name)
            if field is None or not field.is_sortable:
                raise ValidationError(_("“%s” can't be sorted by.") % name[:60])
        return name, descending


_PARTS = fields(ListView)[1:]  # in the order in which addresses have them


def _told(name: str, value: Any) -> str:
    """Return one part of a view as its address tells it, "" for what needs no telling."""
    if name == "filter":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    if name in {"columns", "widths"}:
        return ",".join(value)
    return "" if not value or (name, value) in {("face", "table"), ("size", 50)} else str(value)
