"""Everything that was ever done to a record: who, when, from what to what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huike.kernel.change.models import Entry
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.telling import tell
from huike.kernel.records.undo import can_undo
from huike.web.records.loading import context_of, open_row
from huike.web.records.pages import is_pinned
from huike.web.records.panels import panels_of
from huike.web.rendering import render

PAGE = 50


@require_GET
def history(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show a page of the record's journal, newest first."""
    opened = open_row(request, entity, pk)
    entries = Entry.objects.filter(record=opened.row.label(), record_id=pk)
    before = request.GET.get("before", "")
    if before.isdigit():
        entries = entries.filter(pk__lt=int(before))
    found = list(entries.select_related("change").order_by("-pk")[: PAGE + 1])
    told = tell(opened.actor, entity, found[:PAGE], opened.fields)
    undoable = None
    if not before and told and opened.may_edit and can_undo(opened.actor, told[0].group):
        undoable = told[0].group
    return render(
        request,
        "web/records/history.html",
        part="web/records/history_rows.html" if before else "",
        **context_of(opened),
        pinned=is_pinned(opened),
        panels=panels_of(opened, "head"),
        told=told,
        next=found[PAGE - 1].pk if len(found) > PAGE else "",
        undoable=undoable,
        tab="history",
    )
