"""Custom fields on screen: per record, in the order in which forms show them."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huike.kernel.change.work import change
from huike.kernel.entity import defining
from huike.kernel.entity.choices import rename_choice
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.entity.writing import Errors
from huike.web.rendering import actor_of, go, nothing, render, tell
from huike.web.settings import worked_out
from huike.web.settings.allowed import administrators, errors_of, numbers


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """List the kinds of records with their custom fields."""
    by_record: dict[str, list[CustomField]] = {}
    for field in CustomField.objects.all():
        by_record.setdefault(field.record, []).append(field)
    filled = [e for e in entities() if not e.model.read_only]
    found = [(e, by_record.get(e.model.label(), [])) for e in filled]
    return render(request, "web/settings/fields.html", found=found)


@require_GET
@administrators
def of_record(request: HttpRequest, entity: Entity) -> HttpResponse:
    """List the fields of one kind of record, those removed below."""
    every = CustomField.everything.filter(record=entity.model.label())
    return render(
        request,
        "web/settings/record_fields.html",
        entity=entity,
        fields=[f for f in every if f.removed_at is None],
        removed=[f for f in every if f.removed_at is not None],
    )


@require_http_methods(["GET", "POST"])
@administrators
def add(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Ask for a new field."""
    field, group = CustomField(record=entity.model.label()), uuid.uuid4()
    if request.method == "GET":
        return _page(request, entity, field, {})
    given = {"name": request.POST.get("name", "").strip()}
    try:
        given = _given(request, entity) | given
        with change(actor_of(request), "fields.add", group=group):
            made = defining.add_field(actor_of(request), entity.model.label(), given)
    except ValidationError as error:
        return _page(request, entity, _typed(field, given), errors_of(error))
    tell(request, _("“%s” is on every list, form and file now.") % made.label, undo=group)
    return go(request, f"/settings/fields/{entity.key}/")


@require_http_methods(["GET", "POST"])
@administrators
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change one field."""
    field, group = get_object_or_404(CustomField.objects, pk=pk), uuid.uuid4()
    entity = entity_of(field.record)
    if request.method == "GET":
        return _page(request, entity, field, {})
    given = {}
    try:
        given = _given(request, entity)
        with change(actor_of(request), "fields.edit", group=group):
            defining.edit_field(actor_of(request), field, given)
    except ValidationError as error:
        return _page(request, entity, _typed(field, given), errors_of(error))
    tell(request, _("Saved."), undo=group)
    return go(request, f"/settings/fields/{entity.key}/")


def _given(request: HttpRequest, entity: Entity) -> dict[str, Any]:
    post = request.POST
    names = ("label", "kind", "target", "default", "help", "formula", "result")
    texts = {n: post[n].strip() for n in names if n in post}
    flags = {n: n in post for n in ("required", "unique")}
    given = {**texts, **flags, "choices": defining.choices_of(post.get("choices", ""))}
    if "rollup.related" in post:
        given["rollup"] = worked_out.given(actor_of(request), entity, post)
    return given


def _typed(field: CustomField, given: dict[str, Any]) -> CustomField:
    for name, value in given.items():
        setattr(field, name, value)
    return field


def _page(request: HttpRequest, entity: Entity, field: CustomField, errors: Errors) -> HttpResponse:
    return render(
        request,
        "web/settings/field.html",
        status=422 if errors else 200,
        entity=entity,
        field=field,
        errors=errors,
        kinds=CustomField.Kind.choices,
        targets=defining.link_targets(),
        held=defining.holding(field),
        **worked_out.context(actor_of(request), entity, field),
    )


@require_GET
@administrators
def name(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Answer the name that a label would give, for the form."""
    label = request.GET.get("label", "").strip()[:100]
    return HttpResponse(escape(defining.free_name(entity.model.label(), label)) if label else "")


@require_POST
@administrators
def order(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Put the fields in the posted order; `up` moves one a place up, without any script."""
    label, group = entity.model.label(), uuid.uuid4()
    keys = numbers(request.POST.getlist("field"))
    if up := numbers(request.POST.getlist("up")):
        keys = list(CustomField.objects.filter(record=label).values_list("pk", flat=True))
        place = keys.index(up[0]) if up[0] in keys else 0
        if place:
            keys[place - 1], keys[place] = keys[place], keys[place - 1]
    with change(actor_of(request), "fields.order", group=group):
        defining.order_fields(actor_of(request), label, keys)
    if up:
        return go(request, f"/settings/fields/{entity.key}/")
    return nothing(request)


@require_POST
@administrators
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a choice, in the list and in all records."""
    field = get_object_or_404(CustomField.objects, pk=pk)
    before, after = request.POST.get("before", ""), request.POST.get("after", "")
    try:
        group = rename_choice(actor_of(request), field, before, after)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, _("“%s” is renamed in all records.") % before, undo=group)
    return go(request, f"/settings/fields/{pk}/")


@require_http_methods(["GET", "POST"])
@administrators
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, saying how many records hold a value; then take the field off every surface."""
    field, group = get_object_or_404(CustomField.objects, pk=pk), uuid.uuid4()
    entity = entity_of(field.record)
    if request.method == "GET":
        held = defining.holding(field)
        return render(
            request, "web/settings/remove_field.html", field=field, entity=entity, held=held
        )
    with change(actor_of(request), "fields.remove", group=group):
        defining.remove_field(actor_of(request), field)
    tell(request, _("“%s” is removed; its values are kept.") % field.label, undo=group)
    return go(request, f"/settings/fields/{entity.key}/")


@require_POST
@administrators
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a removed field back."""
    field = get_object_or_404(CustomField.everything, pk=pk)
    defining.restore_field(actor_of(request), field)
    held = defining.holding(field)
    text = ngettext("It is back, with %(n)s value.", "It is back, with %(n)s values.", held)
    tell(request, text % {"n": held})
    return go(request, f"/settings/fields/{entity_of(field.record).key}/")
