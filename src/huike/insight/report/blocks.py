"""What a report is made of, before it becomes a page, a Word file, a PDF or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Says:
    """A paragraph; strong ones are the finding, the others explain."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Picture:
    """An SVG picture with a caption."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Grid:
    """A table: head, rows, and what it shows. Cells are text, ready to read."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""


@dataclass(frozen=True)
class Tile:
    """A key figure with its name and a note."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Key figures side by side."""

    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Thing:
    """One thing to do: what, why, which customers (name and figure), and the money in play."""

    title: str
    why: str
    customers: Sequence[tuple[str, str]]
    money: float


@dataclass(frozen=True)
class Things:
    """The list of things to do."""

    things: Sequence[Thing]


Block = Says | Picture | Grid | Tiles | Things


@dataclass
class Section:
    """A chapter."""

    key: str
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Report:
    """The whole report."""

    title: str
    subtitle: str
    lang: str
    sections: list[Section]
