"""The four-part dossier on the screen: its chapters, closed volumes, paper originals, and PDF."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from huike.customers.dossier.closing import Altered, read_volume
from huike.customers.dossier.contents import Ask, parts_of
from huike.customers.dossier.lending import overdue, with_loan
from huike.customers.dossier.models import DossierOriginal, Loan, Volume
from huike.customers.dossier.printing import printed
from huike.customers.models import Party
from huike.kernel.access.scope import allowed, may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.journal import note_export
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.files import FileIsSealed
from huike.web.customers.panels import party
from huike.web.records.loading import Open, context_of, open_row
from huike.web.records.pages import is_pinned
from huike.web.records.panels import Panel, add_panel, panels_of
from huike.web.rendering import actor_of, go, render, tell
from huike.web.sealing.cookie import opened_of

FEW = 6


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the dossier of a customer with its numbered contents, of one year or of all."""
    opened = open_row(request, entity_of(Party), pk)
    year = _year(request)
    ask = Ask(opened.actor, party(opened), year)
    return render(
        request,
        "web/customers/dossier_page.html",
        **context_of(opened),
        pinned=is_pinned(opened),
        panels=panels_of(opened, "head"),
        parts=parts_of(ask),
        year=year,
        years=range(timezone.localdate().year, timezone.localdate().year - 6, -1),
        may_print=allowed(opened.actor, Op.EXPORT, opened.row),
        tab="dossier",
        **_kept(opened, 50),
    )


@require_GET
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the dossier of a customer on A4, journaled as an export."""
    opened = open_row(request, entity_of(Party), pk)
    made = printed(opened.actor, party(opened), _year(request))
    fields = [f"{label}.{n}" for label, names in made.ask.read.fields.items() for n in names]
    note_export(opened.actor, Party.label(), rows=1, fields=sorted(fields), kind="dossier")
    return _document(made.content, opened.title)


@require_GET
def volume(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the document of a closed volume, unchanged since."""
    actor = actor_of(request)
    row = get_object_or_404(visible(actor, Volume).select_related("party", "file"), pk=pk)
    try:
        content = read_volume(actor, row, opened_of(request))
    except Altered as error:
        raise Http404(str(error)) from error
    except FileIsSealed as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, f"/customers/party/{row.party_id}/sealed/")
    return _document(content, f"{title(actor, row.party)}-{row.year}")


def _document(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    shown = content_disposition_header(False, f"{name}.pdf")
    answer.headers["Content-Disposition"] = shown or "inline"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _year(request: HttpRequest) -> int | None:
    given = request.GET.get("year", "")
    return int(given) if given.isdigit() and len(given) == 4 else None


def _kept(opened: Open, most: int) -> dict[str, Any]:
    """Return the volumes and originals of a customer that the reader may see."""
    actor, found = opened.actor, dict[str, Any]()
    if may(actor, Volume, Op.VIEW):
        found["volumes"] = list(
            visible(actor, Volume).filter(party=opened.row.pk).order_by("-year")[:most]
        )
    if may(actor, DossierOriginal, Op.VIEW):
        rows = with_loan(visible(actor, DossierOriginal).filter(party=opened.row.pk))
        found["originals"] = list(rows.order_by("part", "pk")[:most])
    return {"volumes": [], "originals": [], **found}


def dossier_facts(opened: Open) -> dict[str, Any]:
    """Show closed volumes and paper originals, with the ways to the dossier."""
    may_print = allowed(opened.actor, Op.EXPORT, opened.row)
    may_add = may(opened.actor, DossierOriginal, Op.ADD)
    return {**_kept(opened, FEW), "may_print": may_print, "may_add": may_add}


def volume_facts(opened: Open) -> dict[str, Any] | None:
    """Offer the document on the page of a volume."""
    row = cast(Volume, opened.row)
    return {"digest": row.digest} if allowed(opened.actor, Op.EXPORT, row.party) else None


def late_loans(actor: Actor) -> list[Loan]:
    """Return the originals that should be back, for “today”."""
    if not may(actor, Loan, Op.VIEW):
        return []
    return list(overdue(actor, timezone.localdate())[:FEW])


def register() -> None:
    """Put the dossier on the pages of customers and volumes."""
    replaces = ("volumes", "originals")
    side = Panel("web/customers/dossier.html", dossier_facts, replaces=replaces, late=True)
    add_panel(Party.label(), side)
    add_panel(Volume.label(), Panel("web/customers/volume.html", volume_facts, "main"))
