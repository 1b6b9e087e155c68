"""A pivot as a file: lines, columns and figures as on the page, within the right to export."""

from __future__ import annotations

import tempfile

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.definition import from_address
from huike.analytics.pivot.grid import Grid, grid
from huike.analytics.pivot.models import Pivot
from huike.analytics.pivot.naming import fact_title
from huike.analytics.pivot.writing import heads, lines
from huike.analytics.runs import loading
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.kernel.change.journal import note_export
from huike.kernel.exchange.writing import write_csv, write_xlsx
from huike.kernel.lists.exporting import ENDINGS, KINDS
from huike.web.pivot.building import HERE
from huike.web.rendering import actor_of, go, tell

MOST_ROWS = 20_000


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
    titles, rows = heads(asked, found), lines(found)
    if kind == "xlsx":
        number = write_xlsx(out, titles, rows, sheet=fact_title(asked.fact))
    else:
        number = write_csv(out, titles, rows)
    names = [*asked.definition.levels, *asked.definition.measures]
    note_export(asked.actor, asked.fact.record, rows=number, fields=names, kind=kind)
    out.seek(0)
    name = f"{fact_title(asked.fact)}-{timezone.localdate():%Y%m%d}.{ENDINGS[kind]}"
    return FileResponse(out, as_attachment=True, filename=name, content_type=KINDS[kind])
