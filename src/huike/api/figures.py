"""The pivot's figures as JSON: of a saved pivot, or of one that the address describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.analytics.pivot.asking import MOST_ROWS, Asked
from huike.analytics.pivot.definition import Definition, from_address, parse
from huike.analytics.pivot.grid import Grid, Line, Member, grid
from huike.analytics.pivot.models import Pivot
from huike.analytics.pivot.naming import measure_title
from huike.analytics.runs import loading
from huike.api.problems import Problem, not_found, wrong_parameter
from huike.api.records.view import ApiView
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Op

DESCRIBED = ("fact", "rows", "columns", "measures", "filters", "sort")


class FiguresView(ApiView):
    """Figures by levels, with their totals, within what the caller may see."""

    operation = "figures"
    parameters = frozenset({"pivot", "size", *DESCRIBED})

    def get(self, request: Request) -> Response:
        require_any(self.actor, Pivot, Op.VIEW)
        size = self.whole("size", MOST_ROWS, MOST_ROWS)
        with loading.opened() as backend:
            if backend is None:
                words = _("No figures have been loaded yet.")
                raise Problem(404, "not_found", words)
            try:
                asked = Asked(self.actor, backend, self._definition())
                found = grid(asked, size)
            except ValidationError as error:
                name = "pivot" if self.query("pivot") else "fact"
                raise wrong_parameter(name, " ".join(error.messages)) from error
        return Response(_told(asked, found))

    def _definition(self) -> Definition:
        if self.query("pivot"):
            key = self.whole("pivot", 10**9 - 1, 1)
            row = visible(self.actor, Pivot).filter(pk=key).first()
            if row is None:
                raise not_found()
            return parse(row.definition)
        given = {name: self.query(name) for name in DESCRIBED if self.query(name)}
        return from_address({"columns": "", **given} if given else {})


def _told(asked: Asked, found: Grid) -> dict[str, Any]:
    loaded = loading.published_at()
    measures = [
        {"name": one.name, "label": measure_title(one), "unit": one.unit} for one in found.measures
    ]
    return {
        "fact": asked.fact.name,
        "measures": measures,
        "rows": [told for line in found.lines for told in _line(found, line)],
        "left_off": found.left_off,
        "loaded_at": loaded.isoformat() if loaded else None,
    }


def _line(found: Grid, line: Line) -> list[dict[str, Any]]:
    """Return a line's figures, one object for each group of columns that holds any."""
    step = len(found.measures)
    told = []
    for at in range(0, len(found.columns), step):
        column, cells = found.columns[at], line.cells[at : at + step]
        if all(cell.value is None for cell in cells) and column.members:
            continue
        told.append(
            {
                "rows": _members(line.members),
                "columns": _members(column.members),
                "is_total": line.is_total or column.is_total,
                "values": {
                    one.name: cell.value for one, cell in zip(found.measures, cells, strict=True)
                },
            }
        )
    return told


def _members(members: Sequence[Member]) -> list[dict[str, Any]]:
    return [{"level": m.path, "key": m.key, "text": m.label} for m in members]
