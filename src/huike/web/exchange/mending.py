"""Bad rows: as a file with the reason in a column, or corrected on screen and loaded again."""

from __future__ import annotations

import tempfile

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huike.kernel.exchange.importing import starting
from huike.kernel.exchange.importing.incoming import uploads
from huike.kernel.exchange.importing.models import BadRow
from huike.web.exchange.pages import label_of
from huike.web.rendering import actor_of, go, render, tell

MOST = 200


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Give the bad rows as CSV, to be mended in a spreadsheet and loaded again."""
    run = uploads.own_run(actor_of(request), pk)
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    starting.write_bad_rows(run, out)
    out.seek(0)
    stem = run.file_name.partition(".")[0]
    answer = FileResponse(
        out,
        as_attachment=True,
        filename=_("bad rows of %(file)s.csv") % {"file": stem},
        content_type="text/csv; charset=utf-8",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Show up to 200 bad rows to be corrected; or load those that were."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    bad = list(BadRow.objects.filter(run=run)[:MOST])
    columns = [column["name"] for column in run.plan.get("columns", ())]
    if request.method == "POST":
        width = range(len(columns))
        chosen = [row for row in bad if request.POST.get(f"take-{row.pk}")]
        mended = [[request.POST.get(f"cell-{row.pk}-{at}", "") for at in width] for row in chosen]
        try:
            new = starting.mend(actor, run, mended)
            starting.start(actor, new)
        except ValidationError as error:
            tell(request, " ".join(error.messages), kind="wrong")
            return go(request, f"/import/{pk}/bad/")
        BadRow.objects.filter(pk__in=[row.pk for row in chosen]).delete()
        return go(request, f"/import/{new.pk}/")
    rows = [(row, starting.fitted(row.cells, len(columns))) for row in bad]
    return render(
        request,
        "web/exchange/mend.html",
        run=run,
        label=label_of(run),
        columns=columns,
        rows=rows,
        total=BadRow.objects.filter(run=run).count(),
    )
