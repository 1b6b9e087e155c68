"""Segments made by pointing: the list of customers with its filter is the form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huike.customers.models import Party
from huike.kernel.access.scope import require, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Errors, Refused, new_row, readable, write
from huike.kernel.kinds.links import Link
from huike.kernel.lists.view import SIZES
from huike.marketing.conditions import written
from huike.marketing.freezing import begin_empty, freeze, put_in, take_out
from huike.marketing.models import Segment
from huike.web.lists.listing import listing
from huike.web.lists.state import read
from huike.web.marketing.telling import tell_segment
from huike.web.rendering import actor_of, go, render, tell

ADD = "/marketing/segment/add/"


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Show the customers that a new segment would hold, or save it."""
    actor = actor_of(request)
    require_any(actor, Segment, Op.ADD)
    if request.method != "POST":
        return _page(request, Segment(), ADD)
    entity = entity_of(Segment)
    row = new_row(actor, entity, entity.fields(actor))
    assert isinstance(row, Segment)
    try:
        with change(actor, "marketing.add_segment") as work:
            write(actor, entity, row, _given(request))
            _settle(actor, row, request.POST.get("kind", ""))
    except (Refused, ValidationError) as error:
        errors = error.errors if isinstance(error, Refused) else readable(error)
        return _page(request, Segment(name=request.POST.get("name", "")[:200]), ADD, errors)
    tell(request, _("The segment “%s” is saved.") % row.name, undo=work.group)
    return go(request, f"/marketing/segment/{row.pk}/")


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("name", "filter", "about")}


def _settle(actor: Actor, row: Segment, kind: str) -> None:
    """Freeze the new segment, or empty it, where that was asked for."""
    if kind == "static":
        freeze(actor, row)
    elif kind == "empty":
        begin_empty(actor, row)


@require_http_methods(["GET", "HEAD", "POST"])
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a segment's customers with the filter open to change, or save the changed filter."""
    actor = actor_of(request)
    row = get_object_or_404(visible(actor, Segment), pk=pk)
    require(actor, Op.EDIT, row)
    here = f"/marketing/segment/{pk}/point/"
    if request.method != "POST":
        return _page(request, row, here)
    entity = entity_of(Segment)
    try:
        with change(actor, "marketing.segment.edit") as work:
            write(actor, entity, row, _given(request))
    except Refused as refused:
        return _page(request, row, here, refused.errors)
    tell(request, _("The segment “%s” is saved.") % row.name, undo=work.group)
    return go(request, f"/marketing/segment/{pk}/")


def _page(
    request: HttpRequest, row: Segment, here: str, errors: Errors | None = None
) -> HttpResponse:
    """Show the form above the list of customers, which begins with the segment's own filter."""
    actor, entity = actor_of(request), entity_of(Party)
    params = request.GET.dict()
    if request.method == "POST":
        params = {"filter": request.POST.get("filter", "")}
    elif "filter" not in params and row.filter and not params:
        params = {"filter": row.filter}
    state = read(actor, entity, params)
    row.filter = written(state.view.filter)
    return render(
        request,
        "web/marketing/point.html",
        part="web/lists/list.html",
        status=422 if errors else 200,
        row=row,
        it=listing(actor, entity, state),
        entity=entity,
        beside=here,
        sizes=SIZES,
        density="dense" if request.COOKIES.get("density") == "dense" else "airy",
        about=request.POST.get("about", row.about),
        wrong=[text for texts in (errors or {}).values() for text in texts],
    )


@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """Tell a filter in words, how many customers it finds, and what it shares with segments."""
    actor = actor_of(request)
    require_any(actor, Segment, Op.VIEW)
    state = read(actor, entity_of(Party), request.GET.dict())
    return _told(request, Segment(filter=written(state.view.filter)))


@require_safe
def told_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a segment in words and numbers, with its overlaps."""
    return _told(request, get_object_or_404(visible(actor_of(request), Segment), pk=pk))


def _told(request: HttpRequest, segment: Segment) -> HttpResponse:
    return render(
        request,
        "web/marketing/told_page.html",
        part="web/marketing/told.html",
        told=tell_segment(actor_of(request), segment, compare=True),
    )


@require_POST
def by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one customer into a static segment, or take some out."""
    actor = actor_of(request)
    row = get_object_or_404(visible(actor, Segment), pk=pk)
    try:
        keys = _named(actor, request)
        with change(actor, "marketing.by_hand") as work:
            verb: Any = take_out if request.POST.get("do") == "out" else put_in
            number = verb(actor, row, keys)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        said = ngettext("%(n)s customer changed.", "%(n)s customers changed.", number)
        tell(request, said % {"n": number}, undo=work.group if number else None)
    return go(request, f"/marketing/segment/{pk}/")


def _named(actor: Actor, request: HttpRequest) -> list[int]:
    """Return the customers that the form names, by key or by name."""
    kind = Link(target="customers.Party").read_by(actor)
    keys = [kind.parse(text) for text in request.POST.getlist("party") if text.strip()]
    if not keys:
        raise ValidationError(_("Choose a customer."))
    return keys
