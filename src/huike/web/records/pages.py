"""The page of one record, its header, and the quick view beside a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huike.channels.models import Interaction
from huike.channels.queries import filters_of, timeline
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.lists.models import Pin, Visit
from huike.kernel.outage import if_there_is_room
from huike.kernel.records.record import Record
from huike.kernel.records.seeing import seen
from huike.web.records.binning import binned_page
from huike.web.records.loading import InBin, Open, context_of, open_row
from huike.web.records.panels import has_late_side, panels_of, replaced_by_panels
from huike.web.records.timeline import composer_of
from huike.web.rendering import nothing, render

FEW = 6


@dataclass(frozen=True)
class RelatedList:
    """The newest rows of another record that point at this one."""

    related: Related
    entity: Entity
    columns: list[Field]
    rows: list[Record]
    more: bool
    may_add: bool

    @property
    def label(self) -> str:
        return str(self.related.label) or self.entity.label


@require_GET
def page(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show the record: facts, sections, timeline and what belongs to it."""
    try:
        opened = open_row(request, entity, pk)
    except InBin as found:
        return binned_page(request, entity, found.row)
    _visited(opened)
    seen(opened.actor, opened.row)
    late = has_late_side(opened)  # a page of many panels
    panels = panels_of(opened, "head", "main") if late else panels_of(opened)
    return render(
        request,
        "web/records/page.html",
        **context_of(opened),
        pinned=is_pinned(opened),
        related=[] if late else related_lists(opened),
        late=late,
        panels=panels,
        timeline=timeline(opened.actor, entity, opened.row, opened.fields),
        filters=filters_of(opened.actor, opened.row),
        kinds=dict(Interaction.Kind.choices),
        composer=composer_of(opened),
        tab="page",
    )


@require_GET
def head(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show only the header: after a change it asks for itself again."""
    opened = open_row(request, entity, pk)
    return render(
        request,
        "web/records/head.html",
        **context_of(opened),
        pinned=is_pinned(opened),
        panels=panels_of(opened, "head"),
        tab="page",
    )


@require_GET
def peek(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show the record beside the list: facts, sections and the newest of the timeline."""
    opened = open_row(request, entity, pk)
    seen(opened.actor, opened.row)
    lines = timeline(opened.actor, entity, opened.row, opened.fields)
    return render(
        request,
        "web/records/peek_page.html",
        part="web/records/peek.html",
        **context_of(opened),
        timeline=type(lines)(lines.lines[:5]),
    )


@require_POST
def pin(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Pin the record to the reader's own desk, or take it off again."""
    opened = open_row(request, entity, pk)
    mine = Pin.objects.filter(user=opened.actor.user_id, **_key(opened))
    if not mine.delete()[0] and opened.actor.user_id:
        Pin.objects.create(user_id=opened.actor.user_id, **_key(opened))
    if request.headers.get("HX-Request"):
        return nothing(request, **{"record-changed": True})
    return render(request, "web/records/pinned.html", **context_of(opened))


@require_GET
def side(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show what stands beside the timeline of a page of many panels: it asks for it all at once."""
    opened = open_row(request, entity, pk)
    return render(
        request,
        "web/records/side_page.html",
        part="web/records/side.html",
        **context_of(opened),
        panels=panels_of(opened, "side", with_late=True),
        related=related_lists(opened),
    )


def related_lists(opened: Open) -> list[RelatedList]:
    """Return the related lists that the reader may see and that no panel shows better."""
    replaced = replaced_by_panels(opened.row.label())
    return [
        _related(opened, related)
        for related in opened.entity.related
        if related.name not in replaced
        and related.name != "interactions"  # these are the timeline
        and may(opened.actor, entity_of(related.record).model, Op.VIEW)
    ]


def _related(opened: Open, related: Related) -> RelatedList:
    other = entity_of(related.record)
    fields = other.fields(opened.actor)
    columns = [fields[name] for name in related.columns or other.columns[:3] if name in fields]
    rows = visible(opened.actor, other.model).filter(**{related.link: opened.row})
    name, descending = other.ordering.lstrip("-"), other.ordering.startswith("-")
    order = F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
    found = list(joined(other, rows, columns).order_by(order, "-pk")[: FEW + 1])
    cover(opened.actor, columns, found)
    may_add = other.can_add and may(opened.actor, other.model, Op.ADD)
    return RelatedList(related, other, columns, found[:FEW], len(found) > FEW, may_add)


def _key(opened: Open) -> dict[str, Any]:
    return {"record": opened.row.label(), "record_id": opened.row.pk}


def is_pinned(opened: Open) -> bool:
    return Pin.objects.filter(user=opened.actor.user_id or 0, **_key(opened)).exists()


def _visited(opened: Open) -> None:
    """Remember that the reader opened this record."""
    if opened.actor.user_id is None:
        return
    mine = Visit.objects.filter(user_id=opened.actor.user_id, **_key(opened))
    with if_there_is_room():
        if not mine.update(last_at=timezone.now(), times=F("times") + 1):
            Visit.objects.get_or_create(user_id=opened.actor.user_id, **_key(opened))
