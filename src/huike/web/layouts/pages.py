"""The layouts of a kind of record: which there are, arranged by dragging or buttons, previewed."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huike.kernel.access.models import Role
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.entity.writing import Errors, new_row
from huike.kernel.layouts import editing
from huike.kernel.layouts.choosing import choose
from huike.kernel.layouts.holding import can_be_asked
from huike.kernel.layouts.models import FieldRule, Layout
from huike.kernel.layouts.shape import known
from huike.web.layouts import arranging, conditions
from huike.web.layouts.arranging import Arranged
from huike.web.records.forms.form import sections_of
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import errors_of, number

HERE = "/settings/layouts/"


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """List the kinds of records with their layouts."""
    actor = actor_of(request)
    by_record: dict[str, list[Layout]] = {}
    for layout in _mine(actor, Layout.objects.all()):
        by_record.setdefault(layout.record, []).append(layout)
    filled = [e for e in entities() if not e.model.read_only and may(actor, e.model, Op.VIEW)]
    found = [(e, by_record.get(e.model.label(), [])) for e in filled]
    return render(request, "web/layouts/index.html", found=found)


@require_http_methods(["GET", "POST"])
def of_record(request: HttpRequest, entity: Entity) -> HttpResponse:
    """List the layouts and rules of one kind of record, or make a layout."""
    actor = actor_of(request)
    _seen(actor, entity)
    errors: Errors = {}
    if request.method == "POST":
        group = uuid.uuid4()
        try:
            with change(actor, "layouts.add", group=group):
                made = editing.add_layout(actor, entity.model.label(), _named(actor, request))
        except ValidationError as error:
            errors = errors_of(error)
        else:
            if made.audience == Layout.Audience.PERSONAL:
                choose(actor, entity, made, forget=True)
            tell(request, _("“%s” is there. Arrange it now.") % made.name, undo=group)
            return go(request, f"{HERE}{entity.key}/{made.pk}/")
    label, fields = entity.model.label(), entity.fields(actor)
    return render(
        request,
        "web/layouts/of_record.html",
        status=422 if errors else 200,
        entity=entity,
        layouts=_mine(actor, Layout.objects.filter(record=label)),
        roles=Role.objects.all() if actor.is_unlimited else [],
        audiences=_audiences(actor),
        rules=FieldRule.objects.filter(record=label, removed_at=None),
        fields=fields,
        ruled=[fields[n] for n in known(entity, fields)],
        errors=errors,
        typed=request.POST,
    )


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show a layout to be arranged; move what a button says, or keep it."""
    layout, actor = _open(request, entity, pk), actor_of(request)
    if request.method == "GET":
        return _page(request, layout, Arranged.of(editing.shape_for_editing(actor, layout)))
    made = arranging.read(request.POST)
    if do := request.POST.get("do", ""):
        arranging.move(made, do)
        return _page(request, layout, made, moved=do)
    group = uuid.uuid4()
    try:
        given = _named(actor, request) | {"sections": made.parts, "hidden": made.hidden}
        given["when"] = conditions.read("when", entity.fields(actor), request.POST)
        with change(actor, "layouts.edit", group=group):
            editing.edit_layout(actor, layout, given)
    except ValidationError as error:
        return _page(request, layout, made, errors=errors_of(error))
    tell(request, _("Saved. Pages and forms look like this now."), undo=group)
    return go(request, f"{HERE}{entity.key}/")


@require_POST
def preview(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show the empty form as the arrangement has it, before it is kept."""
    _open(request, entity, pk)
    actor = actor_of(request)
    fields = entity.fields(actor)
    row, shape = new_row(actor, entity, fields), arranging.read(request.POST).shape
    form = sections_of(actor, shape, fields, row)
    return render(request, "web/layouts/preview.html", entity=entity, form=form)


@require_POST
def do(request: HttpRequest, entity: Entity, pk: int, name: str) -> HttpResponse:
    """Reset a layout to what the product has, or take it away."""
    layout, actor, group = _open(request, entity, pk), actor_of(request), uuid.uuid4()
    if name not in {"reset", "remove"}:
        raise Http404
    with change(actor, f"layouts.{name}", group=group):
        if name == "reset":
            editing.reset_layout(actor, layout)
        else:
            editing.remove_layout(actor, layout)
    said = _("“%s” is as the product has it.") if name == "reset" else _("“%s” is taken away.")
    tell(request, said % layout.name, undo=group)
    back = f"{HERE}{entity.key}/"
    return go(request, f"{back}{pk}/" if name == "reset" else back)


def _page(
    request: HttpRequest,
    layout: Layout,
    made: Arranged,
    *,
    errors: Errors | None = None,
    moved: str = "",
) -> HttpResponse:
    actor, entity = actor_of(request), entity_of(layout.record)
    fields = entity.fields(actor)
    left = [n for n in known(entity, fields) if n not in made.shape.placed | set(made.hidden)]
    made.hidden += left
    asked = [f for f in fields.values() if can_be_asked(f)]
    when = layout.when
    if request.method == "POST":
        try:
            when = conditions.read("when", fields, request.POST)
        except ValidationError:
            when = None
    wrong = errors or {}
    return render(
        request,
        "web/layouts/editor.html",
        part="web/layouts/arranged.html",
        status=422 if errors else 200,
        entity=entity,
        layout=layout,
        made=made,
        fields=fields,
        roles=Role.objects.all() if actor.is_unlimited else [],
        audiences=_audiences(actor),
        when=conditions.shown("when", asked, when, wrong.get("when", [])),
        errors=wrong,
        moved=moved,
        typed=request.POST,
    )


def _open(request: HttpRequest, entity: Entity, pk: int) -> Layout:
    actor = actor_of(request)
    layout = get_object_or_404(Layout.objects, pk=pk, record=entity.model.label())
    editing.require_own(actor, layout)
    return layout


def _seen(actor: Actor, entity: Entity) -> None:
    if not may(actor, entity.model, Op.VIEW):
        raise Http404


def _mine(actor: Actor, layouts: Any) -> list[Layout]:
    return [layout for layout in layouts if editing.may_edit(actor, layout)]


def _audiences(actor: Actor) -> list[tuple[str, str]]:
    every = [(value, str(label)) for value, label in Layout.Audience.choices]
    return every if actor.is_unlimited else every[2:]


def _named(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    audience = post.get("audience", "") if actor.is_unlimited else Layout.Audience.PERSONAL
    given: dict[str, Any] = {"name": post.get("name", "").strip(), "audience": audience}
    return given | {"role_id": number(post.get("role"))}
