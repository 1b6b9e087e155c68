"""On a record's page: another layout chosen, and the fields that only this record has."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Errors, Refused, write
from huike.kernel.kinds.own import KINDS, LABELS, OWN, with_one
from huike.kernel.layouts.choosing import choose, open_to
from huike.web.records.loading import Open, OutOfReach, context_of, open_row
from huike.web.rendering import actor_of, go, render, tell


@require_POST
def switch(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Remember which layout the reader wants for this kind of record."""
    actor, wanted = actor_of(request), request.POST.get("layout", "")
    if wanted == "product":
        choose(actor, entity, None)
    else:
        found = next((one for one in open_to(actor, entity) if str(one.pk) == wanted), None)
        if found is None:
            raise Http404(_("There is no such layout."))
        choose(actor, entity, found)
    return go(request, f"/{entity.key}/{pk}/")


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Ask for a field that only this record shall have, or add it."""
    return _answer(request, entity, pk, None)


@require_http_methods(["GET", "POST"])
def own_one(request: HttpRequest, entity: Entity, pk: int, place: int) -> HttpResponse:
    """Show one of these fields, change it, or take it away."""
    return _answer(request, entity, pk, place)


def _answer(request: HttpRequest, entity: Entity, pk: int, place: int | None) -> HttpResponse:
    opened = open_row(request, entity, pk)
    if OWN not in opened.fields or not opened.fields[OWN].is_writable or not opened.may_edit:
        raise OutOfReach(entity.model, Op.EDIT, opened.row)
    held = opened.fields[OWN].raw(opened.row) or []
    if place is not None and place >= len(held):
        raise Http404(_("There is no such field any more."))
    if request.method == "GET":
        now = held[place] if place is not None else {"label": "", "kind": "text", "value": ""}
        return _page(request, opened, place, now)
    given = {n: request.POST.get(n, "") for n in ("label", "kind", "value")}
    try:
        if "remove" in request.POST:
            after = [one for n, one in enumerate(held) if n != place]
        else:
            after = with_one(held, given, place)
        with change(opened.actor, f"{opened.row.label()}.edit") as work:
            write(opened.actor, entity, opened.row, {OWN: after}, opened.fields)
    except ValidationError as error:
        return _page(request, opened, place, given, {"": error.messages})
    except Refused as refused:
        errors = {"": [text for texts in refused.errors.values() for text in texts]}
        return _page(request, opened, place, given, errors)
    tell(request, _("Saved."), undo=work.group)
    return go(request, opened.address)


def _page(
    request: HttpRequest,
    opened: Open,
    place: int | None,
    now: dict[str, str],
    errors: Errors | None = None,
) -> HttpResponse:
    kind = now.get("kind", "text")
    value = now.get("value")
    text = KINDS[kind].edit(value) if kind in KINDS and not errors else str(value or "")
    return render(
        request,
        "web/layouts/own_page.html",
        part="web/layouts/own_form.html",
        status=422 if errors else 200,
        **context_of(opened),
        place=place,
        now={**now, "text": text},
        kinds=LABELS,
        errors=errors or {},
    )
