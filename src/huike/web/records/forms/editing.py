"""Editing a record on a page of its own; what others changed meanwhile is shown and merged."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Errors, Refused
from huike.web.records.forms.form import form_of
from huike.web.records.forms.merging import Overlapping, Saved, save_edit
from huike.web.records.loading import Open, OutOfReach, context_of, open_row
from huike.web.records.posting import Posted, read_form
from huike.web.rendering import go, render, tell


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show the record's whole form, or save it."""
    opened = open_row(request, entity, pk)
    if not opened.may_edit:
        raise OutOfReach(entity.model, Op.EDIT, opened.row)
    if request.method != "POST":
        return _show(request, opened)
    posted = Posted()
    try:
        posted = read_form(request, opened.actor, opened.fields)
        saved = save_edit(opened.actor, entity, pk, posted, opened.fields)
    except ValidationError as error:
        return _show(request, opened, posted, {"": error.messages})
    except Refused as refused:
        return _show(request, opened, posted, refused.errors)
    except Overlapping as overlap:
        return _show(request, open_row(request, entity, pk), posted, overlap=overlap)
    tell_saved(request, saved)
    return go(request, opened.address)


def tell_saved(request: HttpRequest, saved: Saved) -> None:
    """Say that it was saved, with undo, and what others changed meanwhile."""
    if saved.group is None:
        tell(request, _("Nothing was changed."), kind="note")
    elif saved.meanwhile:
        who = "、".join(dict.fromkeys(told.who for told in saved.meanwhile))
        text = _("Saved. %(who)s had changed other fields meanwhile; both are kept.")
        tell(request, text % {"who": who}, undo=saved.group)
    else:
        tell(request, _("Saved."), undo=saved.group)


def _show(
    request: HttpRequest,
    opened: Open,
    posted: Posted | None = None,
    errors: Errors | None = None,
    overlap: Overlapping | None = None,
) -> HttpResponse:
    status = 409 if overlap else 422 if errors else 200
    return render(
        request,
        "web/records/edit.html",
        status=status,
        **context_of(opened),
        form=form_of(
            opened.actor, opened.entity, opened.fields, opened.row, posted, errors, opened.layout
        ),
        ruled=opened.layout.rules is not None,
        errors=errors or {},
        overlap=overlap,
    )
