"""Saving a pivot under a name, sharing it, and opening it again."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huike.analytics.pivot.definition import from_address, parse
from huike.analytics.pivot.models import Pivot
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Refused, new_row, write
from huike.web.pivot.building import HERE
from huike.web.rendering import actor_of, go, tell


@require_safe
def open_saved(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the address that a saved pivot stands for."""
    row = get_object_or_404(visible(actor_of(request), Pivot), pk=pk)
    return go(request, address_of(row))


def address_of(row: Pivot) -> str:
    """Return where a saved pivot is shown."""
    return f"{HERE}?{replace(parse(row.definition), saved=str(row.pk)).query()}"


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save what is shown: anew, or over the saved pivot that it came from."""
    actor, given = actor_of(request), request.POST.dict()
    try:
        definition = from_address(given)
        with change(actor, "analytics.pivot.save") as work:
            row = _saved(actor, given, definition.written())
    except (ValidationError, Refused) as error:
        tell(request, _told(error), kind="wrong")
        query = request.POST.get("query", "")
        return go(request, f"{HERE}?{query}")
    tell(request, _("The pivot “%s” is saved.") % row.name, undo=work.group)
    return go(request, address_of(row))


def _saved(actor: Actor, given: dict[str, str], definition: str) -> Pivot:
    entity = entity_of(Pivot)
    fields = entity.fields(actor)
    over = given.get("saved", "") if given.get("do") == "over" else ""
    row = (
        get_object_or_404(visible(actor, Pivot), pk=int(over))
        if over.isdigit()
        else new_row(actor, entity, fields)
    )
    told = {
        "name": given.get("name", "").strip(),
        "about": given.get("about", "").strip(),
        "is_shared": "true" if given.get("is_shared") else "false",
        "definition": definition,
    }
    write(actor, entity, row, {k: v for k, v in told.items() if k in fields}, fields)
    assert isinstance(row, Pivot)
    return row


def _told(error: ValidationError | Refused) -> str:
    if isinstance(error, Refused):
        return " ".join(str(text) for texts in error.errors.values() for text in texts)
    return " ".join(error.messages)
