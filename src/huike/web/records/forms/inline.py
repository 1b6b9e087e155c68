"""One field edited in place: its value, its control, and saving it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Errors, Refused
from huike.web.records.forms.editing import tell_saved
from huike.web.records.forms.merging import Overlapping, save_edit
from huike.web.records.loading import Open, context_of, open_row
from huike.web.records.posting import Posted, inputs, read_form
from huike.web.rendering import go, render


@require_http_methods(["GET", "POST"])
def cell(request: HttpRequest, entity: Entity, pk: int, name: str) -> HttpResponse:
    """Show a field's control (or with ?show its value), or save what was typed."""
    opened = open_row(request, entity, pk)
    f = opened.fields.get(name)
    if f is None:
        raise Http404(_("There is no field of this name."))
    if "show" in request.GET or not (f.is_writable and opened.may_edit):
        return _value(request, opened, f)
    if request.method == "POST":
        return _save(request, opened, f)
    return _control(request, opened, f)


def _save(request: HttpRequest, opened: Open, f: Field) -> HttpResponse:
    posted = Posted()
    one = {f.name: f}
    try:
        posted = read_form(request, opened.actor, one)
        saved = save_edit(opened.actor, opened.entity, opened.row.pk, posted, opened.fields)
    except ValidationError as error:
        return _control(request, opened, f, posted, {f.name: error.messages})
    except Refused as refused:
        return _control(request, opened, f, posted, _beside(refused.errors, f))
    except Overlapping as overlap:
        again = open_row(request, opened.entity, opened.row.pk)
        return _control(request, again, f, posted, overlap=overlap)
    tell_saved(request, saved)
    if not request.headers.get("HX-Request"):
        return go(request, opened.address)
    again = open_row(request, opened.entity, opened.row.pk)
    return _value(request, again, f, changed=saved.group is not None)


def _beside(errors: Errors, f: Field) -> Errors:
    """Put every mistake beside the one control there is."""
    return {f.name: [text for texts in errors.values() for text in texts]}


def _value(request: HttpRequest, opened: Open, f: Field, changed: bool = False) -> HttpResponse:
    answer = render(request, "web/records/value.html", **context_of(opened), f=f)
    if changed:
        answer.headers["HX-Trigger-After-Settle"] = "record-changed"
    return answer


def _control(
    request: HttpRequest,
    opened: Open,
    f: Field,
    posted: Posted | None = None,
    errors: Errors | None = None,
    overlap: Overlapping | None = None,
) -> HttpResponse:
    control = inputs(opened.actor, [f], opened.row, posted, errors, "i-")[0]
    return render(
        request,
        "web/records/cell_page.html",
        part="web/records/cell.html",
        status=409 if overlap else 422 if errors else 200,
        **context_of(opened),
        f=f,
        control=control,
        overlap=overlap,
    )
