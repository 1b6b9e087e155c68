"""Saving views: a form beside the list, and a page to rename, share, pin, order and delete them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity
from huike.kernel.lists import saved as views
from huike.kernel.lists.models import SavedView
from huike.web.lists.state import view_from
from huike.web.rendering import actor_of, go, render, tell


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, entity: Entity) -> HttpResponse:
    """List the saved views; save the view that was sent."""
    actor = actor_of(request)
    require_any(actor, entity.model, Op.VIEW)
    if request.method == "POST":
        return _save(request, entity)
    found = [(v, views.may_change(actor, v)) for v in views.visible_views(actor, entity)]
    return render(
        request,
        "web/lists/views.html",
        part="web/lists/views_part.html",
        entity=entity,
        views=found,
        sharings=SavedView.Sharing.choices,
    )


def _save(request: HttpRequest, entity: Entity) -> HttpResponse:
    given = request.POST
    try:
        saved = views.save_view(
            actor_of(request),
            view_from(entity, given.get("query", "")),
            given.get("name", ""),
            given.get("sharing", "private"),
            pinned=bool(given.get("pinned")),
        )
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, f"/{entity.key}/?{given.get('query', '')}")
    tell(request, _("The view “%s” is saved.") % saved.name)
    return go(request, f"/{entity.key}/?{saved.query}")


@require_POST
def change(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Rename, share, pin, move or delete one saved view."""
    actor, given = actor_of(request), request.POST
    saved = get_object_or_404(views.visible_views(actor, entity), pk=pk)
    do = given.get("do", "alter")
    try:
        if do == "delete":
            views.delete_view(actor, saved)
        elif do in {"up", "down"}:
            views.shift_view(actor, saved, -1 if do == "up" else 1)
        elif do == "pin":
            views.alter_view(actor, saved, name=None, sharing=None, pinned=not saved.is_pinned)
        else:
            name, sharing = given.get("name"), given.get("sharing")
            views.alter_view(actor, saved, name=name, sharing=sharing, pinned=None)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    return go(request, f"/{entity.key}/views/")
