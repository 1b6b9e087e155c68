"""Adding a record: the whole form on a page, or the few first fields in a box from anywhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.titles import title
from huike.kernel.entity.writing import Errors, Refused, new_row, place
from huike.kernel.layouts.choosing import chosen
from huike.kernel.records.record import Record
from huike.web.records.forms.form import form_of
from huike.web.records.forms.merging import save_new
from huike.web.records.posting import Posted, inputs, read_form
from huike.web.rendering import actor_of, go, render, tell


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Show the whole empty form, or save it."""
    return _add(request, entity, quick=False)


@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Show the few fields that matter in a box, or save them."""
    return _add(request, entity, quick=True)


def _add(request: HttpRequest, entity: Entity, *, quick: bool) -> HttpResponse:
    actor = actor_of(request)
    require_any(actor, entity.model, Op.ADD)
    fields = entity.fields(actor)
    row = new_row(actor, entity, fields)
    place(actor, row, _begun(entity, fields) | _suggested(request, fields), fields)
    if request.method != "POST":
        return _show(request, entity, fields, row, quick=quick)
    posted, errors = Posted(), {}
    try:
        posted = read_form(request, actor, fields)
        saved = save_new(actor, entity, row, posted, fields)
    except ValidationError as error:
        errors = {"": error.messages}
    except Refused as refused:
        errors = refused.errors
    else:
        tell(request, added(actor, entity, saved.row), undo=saved.group)
        return go(request, _next(request, entity, saved.row))
    return _show(request, entity, fields, row, posted, errors, quick=quick)


def added(actor: Actor, entity: Entity, row: Record) -> str:
    return _("%(what)s “%(name)s” was added.") % {"what": entity.one, "name": title(actor, row)}


def _next(request: HttpRequest, entity: Entity, row: Record) -> str:
    return request.POST.get("next") or f"/{entity.key}/{row.pk}/"


def _begun(entity: Entity, fields: dict[str, Field]) -> dict[str, str]:
    """Return what an empty form proposes; a file or a program must say it itself."""
    return {n: value() for n, value in entity.initial.items() if n in fields}


def _suggested(request: HttpRequest, fields: dict[str, Field]) -> dict[str, str]:
    """Return what the address suggests: /office/task/quick/?party=12."""
    return {n: str(v) for n, v in request.GET.items() if n in fields and fields[n].is_writable}


def _show(
    request: HttpRequest,
    entity: Entity,
    fields: dict[str, Field],
    row: Record,
    posted: Posted | None = None,
    errors: Errors | None = None,
    *,
    quick: bool,
) -> HttpResponse:
    actor = actor_of(request)
    names = list(entity.quick or entity.form[0].fields)
    names += [f.name for f in fields.values() if f.is_custom and f.required]
    names += [name for name in errors or {} if name in fields]
    layout = chosen(actor, entity, fields, row)
    few = [fields[name] for name in dict.fromkeys(names) if name in fields]
    return render(
        request,
        "web/records/add.html",
        part="web/records/quick.html",
        status=422 if errors else 200,
        entity=entity,
        row=row,
        quick=quick,
        errors=errors or {},
        few=inputs(actor, few, row, posted, errors, "q-") if quick else [],
        form=None if quick else form_of(actor, entity, fields, row, posted, errors, layout),
        ruled=layout.rules is not None,
        action=request.get_full_path(),
        next=request.POST.get("next") or request.GET.get("next", ""),
    )
