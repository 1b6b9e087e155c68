"""A pivot written out: the heads and lines of its table, as files and mails hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.grid import Grid, Line
from huike.analytics.pivot.naming import level_title, measure_title, role_title

DIGITS = {"money": 2, "share": 4, "number": 4, "minutes": 2}


def heads(asked: Asked, found: Grid) -> list[str]:
    """Return the head of every column: the levels of the rows, then the figures."""
    levels = [long_title(asked.star, asked.fact, path) for path in asked.definition.rows]
    told = levels or [""]
    for column in found.columns:
        within = " / ".join(member.label for member in column.members)
        if not within and found.column_depth:
            within = _("Total")
        told.append(" · ".join(filter(None, (within, measure_title(column.measure)))))
    return told


def lines(found: Grid) -> Iterator[list[Any]]:
    """Yield the lines, each with its labels before its figures."""
    for line in found.lines:
        yield [*_labels(line, max(found.depth, 1)), *(_value(c.value, c.unit) for c in line.cells)]


def long_title(star: Any, fact: Any, path: str) -> str:
    """Return what a level is called, with its role where that says more."""
    role, level = role_title(star, fact, path.partition(".")[0]), level_title(star, fact, path)
    return level if level.lower() == role.lower() else f"{role} · {level}"


def _labels(line: Line, depth: int) -> list[str]:
    """Return the line's members, "Total" where its parts would stand."""
    labels = [member.label for member in line.members]
    rest = depth - len(labels)
    return [*labels, *([_("Total")] + [""] * (rest - 1) if rest else [])]


def _value(value: float | None, unit: str) -> float | int | None:
    if value is None:
        return None
    return round(value) if unit == "count" else round(value, DIGITS.get(unit, 4))
