"""The bin, restoring from it, and undo."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from huike.kernel.access.scope import may, within
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.entity.titles import title
from huike.kernel.records import undo as undoing
from huike.kernel.records.merging.footprint import successor
from huike.kernel.records.record import Record
from huike.kernel.records.undo_job import start_undo
from huike.kernel.records.verbs import bin_, restore
from huike.web.records.loading import open_row
from huike.web.rendering import actor_of, go, render, tell

MOST = 100


@dataclass(frozen=True)
class Binned:
    """The newest rows of one entity in the bin."""

    entity: Entity
    rows: list[Record]


@require_GET
def bin_page(request: HttpRequest) -> HttpResponse:
    """Show what lies in the bin and may be taken out by the reader."""
    actor = actor_of(request)
    wanted = request.GET.get("record", "")
    found = [_binned(actor, e) for e in entities() if may(actor, e.model, Op.DELETE)]
    chosen = [b for b in found if b.rows and wanted in {"", b.entity.key}]
    return render(request, "web/records/bin.html", found=chosen, wanted=wanted, most=MOST)


def _binned(actor: Actor, entity: Entity) -> Binned:
    rows = entity.model.everything.filter(within(actor, entity.model, Op.DELETE))
    rows = rows.exclude(binned_at=None).order_by("-binned_at")
    titles = entity.model.title_joins
    return Binned(entity, list(rows.select_related(*titles)[:MOST]))


@require_POST
def to_bin(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Move a record to the bin; the toast can undo it."""
    opened = open_row(request, entity, pk)
    try:
        with change(opened.actor, f"{opened.row.label()}.delete") as work:
            bin_(opened.actor, opened.row)
    except ValidationError as error:  # it is locked, or others lie in it
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, opened.address)
    tell(request, _("“%s” lies in the bin now, for 30 days.") % opened.title, undo=work.group)
    return go(request, request.POST.get("next") or f"/{entity.key}/")


@require_POST
def from_bin(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Take a record out of the bin."""
    actor = actor_of(request)
    row = _in_bin(actor, entity, pk)
    with change(actor, f"{row.label()}.restore") as work:
        restore(actor, row)
    tell(request, _("“%s” is back.") % title(actor, row), undo=work.group)
    return go(request, f"/{entity.key}/{pk}/")


def _in_bin(actor: Actor, entity: Entity, pk: int) -> Record:
    rows = entity.model.everything.filter(within(actor, entity.model, Op.DELETE), pk=pk)
    row: Record | None = rows.exclude(binned_at=None).first()
    if row is None:
        raise Http404(_("There is no such record in the bin."))
    return row


def binned_page(request: HttpRequest, entity: Entity, row: Record) -> HttpResponse:
    """Say that a record lies in the bin, with the way out; one that was merged leads on."""
    actor = actor_of(request)
    if (heir := successor(row)) is not None:
        tell(request, _("It was merged into this one."))
        return go(request, f"/{entity.key}/{heir}/")
    reach = within(actor, entity.model, Op.DELETE)
    may_restore = entity.model.everything.filter(reach, pk=row.pk).exists()
    return render(
        request,
        "web/records/binned.html",
        entity=entity,
        row=row,
        may_restore=may_restore,
        status=410,
    )


@require_POST
def undo_group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Take back one change, or a whole group of them; a long group in the background."""
    actor = actor_of(request)
    try:
        if undoing.is_long(group):
            start_undo(actor, group)
            tell(request, _("It is being undone in the background; here you see how far it is."))
            return go(request, "/settings/jobs/")
        undone = undoing.undo(actor, group)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, _said(undone), undo=undone.group if undone.count else None)
    return go(request, request.POST.get("next") or "/")


def _said(undone: undoing.Undone) -> str:
    text = ngettext("Undone: %(n)s record.", "Undone: %(n)s records.", undone.count)
    said = text % {"n": undone.count}
    if undone.left:
        left = ngettext("Left as it is: %(n)s.", "Left as they are: %(n)s.", len(undone.left))
        said += f" {left % {'n': len(undone.left)}} ({undone.left[0]})"
    return said
