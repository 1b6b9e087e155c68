"""The list page of every entity, its further rows, and its totals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity
from huike.kernel.lists.faces import groups
from huike.kernel.lists.faces.board import BoardColumn, board_field, fill
from huike.kernel.lists.view import SIZES
from huike.web.lists.listing import columns, listing, page_of
from huike.web.lists.state import read
from huike.web.rendering import actor_of, render


@require_safe
def show(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Show the list as its address says: table, groups, board or calendar."""
    actor = actor_of(request)
    require_any(actor, entity.model, Op.VIEW)
    shown = listing(actor, entity, read(actor, entity, request.GET.dict()))
    return render(
        request,
        "web/lists/page.html",
        it=shown,
        entity=entity,
        sizes=SIZES,
        density="dense" if request.COOKIES.get("density") == "dense" else "airy",
        faces={
            "table": _("Table"),
            "board": _("Board"),
            "calendar": _("Calendar"),
            "chart": _("Chart"),
        },
    )


@require_safe
def rows(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Give the next rows of a table, of an opened group, or of a column of the board."""
    actor = actor_of(request)
    require_any(actor, entity.model, Op.VIEW)
    state = read(actor, entity, request.GET.dict())
    if state.view.face == "board":
        by = board_field(state.view, state.fields)
        value = request.GET.get("column", "")
        column = BoardColumn(value, "", [])
        fill(actor, state.view, state.rows, state.fields, by, column)
        shown = [f for f in state.view.shown(state.fields) if f.name != by.name][:5]
        return render(
            request,
            "web/lists/cards.html",
            entity=entity,
            view=state.view,
            column=column,
            card_fields=shown,
        )
    page, following = page_of(actor, state)
    return render(
        request,
        "web/lists/rows.html",
        entity=entity,
        view=state.view,
        rows=page,
        next=following,
        columns=columns(state.view, state.fields),
    )


@require_safe
def totals_row(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Give the sums of the number columns; asked for after the page, so that it need not wait."""
    actor = actor_of(request)
    require_any(actor, entity.model, Op.VIEW)
    state = read(actor, entity, request.GET.dict())
    return render(
        request,
        "web/lists/totals.html",
        columns=columns(state.view, state.fields),
        totals=groups.totals(state.view, state.rows, state.fields),
    )
