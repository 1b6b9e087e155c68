"""Uploaded files: those of a record, adding one, and downloading one that the reader may see."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huike.channels.queries import contacts
from huike.kernel.access.scope import require
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang, holder, may_read
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.files import StoredFile
from huike.kernel.sealing.arriving import keep_for
from huike.kernel.sealing.fields import can_be_sealed
from huike.kernel.sealing.files.sending import decrypted
from huike.web.records.loading import Open, context_of, open_row
from huike.web.records.pages import is_pinned
from huike.web.records.panels import panels_of
from huike.web.rendering import actor_of, go, render, tell
from huike.web.sealing.cookie import opened_of

MOST = 200


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a file to somebody who may see what it hangs on; browsers save it, never run it."""
    stored = StoredFile.objects.filter(pk=pk).first()
    if stored is None or not may_read(actor_of(request), stored):
        raise Http404(_("There is no such file, or you may not see the record it belongs to."))
    answer = _opened(request, stored) if stored.is_sealed else _clear(stored)
    if answer is None:
        tell(request, _("This file is sealed: it opens with the second secret only."), kind="wrong")
        return go(request, _sealed_page(stored))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _clear(stored: StoredFile) -> HttpResponseBase:
    kind = "application/octet-stream"
    return FileResponse(stored.open(), as_attachment=True, filename=stored.name, content_type=kind)


def _opened(request: HttpRequest, stored: StoredFile) -> HttpResponseBase | None:
    """Return a sealed file opened, or None where the reader has nothing open."""
    key = opened_of(request)
    return None if key is None else decrypted(actor_of(request), key, stored)


def _sealed_page(stored: StoredFile) -> str:
    """Return where a sealed file is opened: beside what is sealed of the record it hangs on."""
    row = holder(stored)
    if row is None or not can_be_sealed(entity_of(type(row))):
        row = getattr(row, "party", None)
    return "/" if row is None else f"/{entity_of(type(row)).key}/{row.pk}/sealed/"


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show the files of a record and of its timeline, or add one."""
    opened = open_row(request, entity, pk)
    if request.method == "POST":
        return _upload(request, opened)
    return render(
        request,
        "web/records/files.html",
        **context_of(opened),
        pinned=is_pinned(opened),
        panels=panels_of(opened, "head"),
        files=files_of(opened),
        tab="files",
    )


def files_of(opened: Open, limit: int = MOST) -> list[StoredFile]:
    """Return the newest files of a record and of its timeline that the reader may see."""
    own = StoredFile.objects.filter(record=opened.row.label(), record_id=opened.row.pk)
    spoken = contacts(opened.actor, opened.row).exclude(file=None).values("file_id")
    told = StoredFile.objects.filter(pk__in=spoken)
    found = (own | told).order_by("-uploaded_at")[:limit]
    return [stored for stored in found if may_read(opened.actor, stored)]


def _upload(request: HttpRequest, opened: Open) -> HttpResponse:
    require(opened.actor, Op.EDIT, opened.row)
    upload = request.FILES.get("file")
    if upload is None:
        raise PermissionDenied(_("Choose a file first."))
    try:
        with change(opened.actor, "files.add"):
            stored = keep_for(opened.actor, opened.row, upload)
            hang(stored, opened.row)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        sealed = _("The file was added and sealed at once, as this record is sealed.")
        tell(request, sealed if stored.is_sealed else _("“%s” was added.") % stored.name)
    return go(request, f"{opened.address}files/")
