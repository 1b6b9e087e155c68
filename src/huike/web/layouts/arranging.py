"""Reads the posted arrangement of a layout and moves what its buttons say, without any script.

The form holds one hidden `item` after another, in the order of the page: "s:0" begins a section
(with title.0, columns.0 and collapsed.0), "f:name" is a field in it, "s:hidden" begins what is left
out. A button `do` moves one item: "up:f:phone", "down:s:1", "hide:f:phone", "show:f:phone",
"add:" (a section), "drop:s:1".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huike.kernel.layouts.shape import COLUMNS, Part, Shape

HIDDEN = "hidden"


@dataclass
class Arranged:
    """A layout while it is being arranged: sections as they are written, and what is left out."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, shape: Shape) -> Arranged:
        return cls([part.as_json() for part in shape.parts], list(shape.hidden))

    @property
    def shape(self) -> Shape:
        return Shape([Part.read(part) for part in self.parts], tuple(self.hidden))


def read(post: QueryDict) -> Arranged:
    """Return what the form says."""
    made = Arranged()
    target: list[str] = made.hidden
    for item in post.getlist("item"):
        kind, _colon, name = item.partition(":")
        if kind == "s" and name == HIDDEN:
            target = made.hidden
        elif kind == "s":
            part = _part(post, name)
            made.parts.append(part)
            target = part["fields"]
        elif kind == "f" and name not in target:
            target.append(name)
    return made


def _part(post: QueryDict, key: str) -> dict[str, Any]:
    columns = post.get(f"columns.{key}", "2")
    part: dict[str, Any] = {"title": post.get(f"title.{key}", "").strip()[:100], "fields": []}
    part["columns"] = int(columns) if columns in {str(n) for n in COLUMNS} else 2
    part["collapsed"] = f"collapsed.{key}" in post
    try:
        part["when"] = json.loads(post.get(f"when.{key}", "") or "null")
    except ValueError:
        part["when"] = None
    return part


def move(made: Arranged, do: str) -> None:
    """Move what a button says."""
    way, _colon, item = do.partition(":")
    kind, _colon, name = item.partition(":")
    if way == "add":
        made.parts.append({"title": _("New section"), "fields": []})
    elif kind == "s" and name.isdigit() and int(name) < len(made.parts):
        _move_section(made, way, int(name))
    elif kind == "f":
        _move_field(made, way, name)


def _move_section(made: Arranged, way: str, at: int) -> None:
    if way == "drop":
        made.hidden += made.parts.pop(at)["fields"]
        return
    to = at + (1 if way == "down" else -1)
    if 0 <= to < len(made.parts):
        made.parts.insert(to, made.parts.pop(at))


def _move_field(made: Arranged, way: str, name: str) -> None:
    zones: Sequence[list[str]] = [part["fields"] for part in made.parts]
    if way == "show":
        if name in made.hidden and zones:
            made.hidden.remove(name)
            zones[-1].append(name)
        return
    for n, zone in enumerate(zones):
        if name not in zone:
            continue
        at = zone.index(name)
        zone.remove(name)
        if way == "hide":
            made.hidden.append(name)
        elif way == "up":
            _put(zones, n, at - 1, n - 1, name)
        else:
            _put(zones, n, at + 1, n + 1, name)
        return


def _put(zones: Sequence[list[str]], n: int, at: int, beyond: int, name: str) -> None:
    """Put a field at its new place, or into the section beyond where its own ends."""
    if 0 <= at <= len(zones[n]):
        zones[n].insert(at, name)
    elif 0 <= beyond < len(zones):
        zones[beyond].insert(len(zones[beyond]) if beyond < n else 0, name)
    else:
        zones[n].insert(0 if at < 0 else len(zones[n]), name)
