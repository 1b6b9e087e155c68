"""One cell of a list: shown, edited in place, or moved to another column or day by dragging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.access.scope import allowed, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover
from huike.kernel.entity.titles import title
from huike.kernel.entity.writing import Refused, write
from huike.kernel.kinds.choices import Choices
from huike.kernel.kinds.links import Links
from huike.kernel.lists.faces.month import can_be_month, moved
from huike.kernel.records.record import Conflict, Record
from huike.ui.inputs import input_of, seen_text
from huike.web.rendering import actor_of, nothing, render, tell


class ChangedMeanwhile(Exception):
    """The value is no longer the one that the person saw."""


@dataclass(frozen=True)
class Cell:
    """One field of one row, for one actor."""

    actor: Actor
    entity: Entity
    row: Record
    field: Field

    @property
    def can_edit(self) -> bool:
        return self.field.is_writable and allowed(self.actor, Op.EDIT, self.row)


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, entity: Entity, pk: int, name: str) -> HttpResponse:
    """Show a cell's value (?show), give its editor, or take what was typed."""
    one = _cell(actor_of(request), entity, pk, name)
    if request.method == "POST":
        return _take(request, one)
    if "show" in request.GET or not one.can_edit:
        return _shown(request, one)
    return _editor(request, one)


def _cell(actor: Actor, entity: Entity, pk: int, name: str) -> Cell:
    row = get_object_or_404(visible(actor, entity.model), pk=pk)
    field = entity.fields(actor).get(name)
    if field is None:
        raise Http404(name)
    cover(actor, [field], [row])
    return Cell(actor, entity, row, field)


def _shown(request: HttpRequest, one: Cell) -> HttpResponse:
    return render(request, "web/lists/cell.html", cell=one)


def _editor(
    request: HttpRequest, one: Cell, errors: Any = (), typed: Any = None, status: int = 200
) -> HttpResponse:
    made = input_of(one.actor, one.field, one.row, errors, typed, prefix=f"c{one.row.pk}-")
    return render(request, "web/lists/cell_editor.html", cell=one, input=made, status=status)


def _take(request: HttpRequest, one: Cell) -> HttpResponse:
    given = _given(request, one.field)
    typed = request.POST.getlist(one.field.name)
    try:
        group = _write(one, given, request.POST.get(f"seen.{one.field.name}"))
    except Refused as refused:
        wrong = [text for texts in refused.errors.values() for text in texts]
        return _editor(request, one, wrong, typed, status=422)
    except (ChangedMeanwhile, Conflict):
        return _conflict(request, one, given)
    if group is not None:
        tell(request, _("Saved."), undo=group)
    return _shown(request, _cell(one.actor, one.entity, one.row.pk, one.field.name))


def _conflict(request: HttpRequest, one: Cell, given: Any) -> HttpResponse:
    """Show both values and ask which is to stand."""
    now = _cell(one.actor, one.entity, one.row.pk, one.field.name)
    try:
        mine = now.field.kind.text(now.field.kind.parse(given))
    except ValidationError:
        mine = str(given)
    values = given if isinstance(given, list) else [given]
    seen = _seen(now)
    return render(
        request,
        "web/lists/cell_conflict.html",
        status=409,
        cell=now,
        mine=mine,
        values=values,
        seen=seen,
    )


def _seen(one: Cell) -> str:
    made = input_of(one.actor, one.field, one.row)
    return made.seen


def _given(request: HttpRequest, field: Field) -> Any:
    if isinstance(field.kind, Links | Choices):
        return request.POST.getlist(field.name)
    if field.kind.name == "yes_no":
        return bool(request.POST.get(field.name))
    return request.POST.get(field.name, "")


def _write(one: Cell, given: Any, seen: str | None) -> Any:
    """Write a value if the row still holds what was seen; return the change's group, or None."""
    actor, entity, name = one.actor, one.entity, one.field.name
    with change(actor, f"{entity.model.label()}.edit") as work:
        rows = visible(actor, entity.model).select_for_update(of=("self",))
        row = get_object_or_404(rows, pk=one.row.pk)
        now = Cell(actor, entity, row, one.field)
        if seen is not None and seen not in {_seen(now), seen_text(one.field, row)}:
            raise ChangedMeanwhile
        write(actor, entity, row, {name: given})
        return work.group if work.notes else None


@require_POST
def move(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Take a card dropped into another column, or a row dropped on another day."""
    one = _cell(actor_of(request), entity, pk, request.POST.get("field", ""))
    given = request.POST.get("value", "")
    seen = request.POST.get("seen")
    if can_be_month(one.field) and given:
        if seen and not str(one.field.edit(one.row)).startswith(seen):
            return _refused(request, _("Somebody else has moved this in the meantime."), 409)
        given, seen = moved(one.field, one.field.raw(one.row), date.fromisoformat(given)), None
    try:
        group = _write(one, given, seen)
    except Refused as refused:
        wrong = " ".join(text for texts in refused.errors.values() for text in texts)
        return _refused(request, wrong, 422)
    except (ChangedMeanwhile, Conflict):
        return _refused(request, _("Somebody else has moved this in the meantime."), 409)
    if group is not None:
        tell(request, _("“%s” was moved.") % title(one.actor, one.row), undo=group)
    return nothing(request, moved=True)


def _refused(request: HttpRequest, text: str, status: int) -> HttpResponse:
    tell(request, text, kind="wrong")
    answer = nothing(request, refused=True)
    answer.status_code = status
    return answer
