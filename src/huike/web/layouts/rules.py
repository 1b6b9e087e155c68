"""The rules of fields on screen, and what they say of a form while somebody fills it in."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Errors, new_row
from huike.kernel.kinds.links import File
from huike.kernel.layouts.holding import Holding, can_be_asked
from huike.kernel.layouts.models import FieldRule
from huike.kernel.layouts.rules import rules_of, set_rule
from huike.web.layouts import conditions
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators, errors_of


@require_http_methods(["GET", "POST"])
@administrators
def rule(request: HttpRequest, entity: Entity, name: str) -> HttpResponse:
    """Show and change when a field shows and when it must be filled."""
    actor, label = actor_of(request), entity.model.label()
    fields = entity.fields(actor)
    if name not in fields:
        raise Http404(_("There is no field of this name."))
    found = FieldRule.objects.filter(record=label, field=name, removed_at=None).first()
    held = found or FieldRule(record=label, field=name)
    shown, required, errors = held.shown, held.required, Errors()
    if request.method == "POST":
        group = uuid.uuid4()
        try:
            shown = conditions.read("shown", fields, request.POST)
            required = _required(request, fields)
            with change(actor, "layouts.rule", group=group):
                set_rule(actor, label, name, shown, required)
        except ValidationError as error:
            errors = errors_of(error)
        else:
            tell(request, _("Saved."), undo=group)
            return go(request, f"/settings/layouts/{entity.key}/")
    asked = [f for f in fields.values() if can_be_asked(f) and f.name != name]
    return render(
        request,
        "web/layouts/rule.html",
        status=422 if errors else 200,
        entity=entity,
        f=fields[name],
        always=required is True,
        shown=conditions.shown("shown", asked, shown, errors.get("shown", [])),
        required=conditions.shown(
            "required", asked, None if required is True else required, errors.get("required", [])
        ),
        errors=errors,
    )


def _required(request: HttpRequest, fields: Any) -> Any:
    if "always" in request.POST:
        return True
    return conditions.read("required", fields, request.POST)


@require_POST
def told(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Answer which fields and sections show and which must be filled, as the form stands now."""
    actor = actor_of(request)
    if not may(actor, entity.model, Op.VIEW):
        raise Http404
    fields = entity.fields(actor)
    row = _row(request, actor, entity)
    for name, f in fields.items():
        if f"seen.{name}" not in request.POST or not f.is_writable or isinstance(f.kind, File):
            continue
        values: Any = request.POST.getlist(name)
        try:
            several = f.kind.name in {"links", "choices"}
            f.write(row, f.kind.parse(values if several else (values[-1] if values else "")))
        except ValidationError:
            continue
    rules = rules_of(actor, entity, fields)
    holding = rules.holding if rules else Holding(actor, fields)
    closed = [one for one in request.POST.getlist("when") if not holding.holds(_tree(one), row)]
    return JsonResponse(
        {
            "ruled": sorted({r.field for r in rules.rules}) if rules else [],
            "hidden": sorted(rules.hidden(row)) if rules else [],
            "required": sorted(rules.required(row)) if rules else [],
            "closed": closed,
        }
    )


def _row(request: HttpRequest, actor: Actor, entity: Entity) -> Any:
    """Return the row that the form is about, so that what it does not show counts too."""
    key = request.POST.get("row", "")
    found = visible(actor, entity.model).filter(pk=int(key)).first() if key.isdigit() else None
    return found or new_row(actor, entity, entity.fields(actor))


def _tree(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
