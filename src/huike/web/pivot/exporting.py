"""A pivot as a file: lines, columns and figures as on the page, within the right to export."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics import loading
from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.definition import from_address
from huike.analytics.pivot.grid import Grid, Line, grid
from huike.analytics.pivot.models import Pivot
from huike.analytics.pivot.naming import fact_title, measure_title
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.kernel.change.journal import note_export
from huike.kernel.exchange.writing import write_csv, write_xlsx
from huike.kernel.lists.exporting import ENDINGS, KINDS
from huike.web.pivot.building import HERE, long_title
from huike.web.rendering import actor_of, go, tell

MOST_ROWS = 20_000
DIGITS = {"money": 2, "share": 4, "number": 4, "minutes": 2}


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Give the pivot as CSV or as a spreadsheet, and journal it."""
    actor, given = actor_of(request), request.GET.dict()
    require_any(actor, Pivot, Op.EXPORT)
    kind = given.get("kind", "csv")
    if kind not in {"csv", "xlsx"}:
        raise Http404(kind)
    with loading.opened() as backend:
        if backend is None:
            raise Http404
        asked = Asked(actor, backend, from_address(given), Op.EXPORT)
        try:
            found = grid(asked, MOST_ROWS)
        except ValidationError as error:
            tell(request, " ".join(error.messages), kind="wrong")
            return go(request, HERE)
        return _file(asked, found, kind)


def _file(asked: Asked, found: Grid, kind: str) -> FileResponse:
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    heads, lines = _heads(asked, found), _lines(found)
    if kind == "xlsx":
        number = write_xlsx(out, heads, lines, sheet=fact_title(asked.fact))
    else:
        number = write_csv(out, heads, lines)
    names = [*asked.definition.levels, *asked.definition.measures]
    note_export(asked.actor, asked.fact.record, rows=number, fields=names, kind=kind)
    out.seek(0)
    name = f"{fact_title(asked.fact)}-{timezone.localdate():%Y%m%d}.{ENDINGS[kind]}"
    return FileResponse(out, as_attachment=True, filename=name, content_type=KINDS[kind])


def _heads(asked: Asked, found: Grid) -> list[str]:
    levels = [long_title(asked.star, asked.fact, path) for path in asked.definition.rows]
    heads = levels or [""]
    for column in found.columns:
        within = " / ".join(member.label for member in column.members)
        if not within and found.column_depth:
            within = _("Total")
        heads.append(" · ".join(filter(None, (within, measure_title(column.measure)))))
    return heads


def _lines(found: Grid) -> Iterator[list[Any]]:
    for line in found.lines:
        yield [*_labels(line, max(found.depth, 1)), *(_value(c.value, c.unit) for c in line.cells)]


def _labels(line: Line, depth: int) -> list[str]:
    """Return the line's members, "Total" where its parts would stand."""
    labels = [member.label for member in line.members]
    rest = depth - len(labels)
    return [*labels, *([_("Total")] + [""] * (rest - 1) if rest else [])]


def _value(value: float | None, unit: str) -> float | int | None:
    if value is None:
        return None
    return round(value) if unit == "count" else round(value, DIGITS.get(unit, 4))
