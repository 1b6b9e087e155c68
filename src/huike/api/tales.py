"""What was done to a record, and the files that hang on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.access.scopes import is_wide
from huike.api.models import Token
from huike.api.problems import Problem, not_found
from huike.api.records.once import once
from huike.api.records.resources import MOST, SIZE, EntityView
from huike.api.records.view import ApiView
from huike.api.second_secret import HEADER, opened_with
from huike.kernel.access.scope import require, visible
from huike.kernel.actor import Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang, may_read
from huike.kernel.entity.telling import Told, tell
from huike.kernel.files import StoredFile, keep
from huike.kernel.records.record import Record
from huike.kernel.sealing.arriving import keep_for
from huike.kernel.sealing.files.sending import decrypted

MOST_FILES = 100


class HistoryView(EntityView):
    """The journal of one row, newest first."""

    operation = "history"
    parameters = frozenset({"size", "after"})

    def get(self, request: Request, id: int) -> Response:
        row = visible(self.actor, self.entity.model).filter(pk=id).first()
        if row is None:
            raise not_found()
        size = self.whole("size", MOST, SIZE)
        entries = Entry.objects.filter(record=row.label(), record_id=id)
        if after := self.whole("after", 10**9 - 1, 0):
            entries = entries.filter(pk__lt=after)
        found = list(entries.select_related("change").order_by("-pk")[: size + 1])
        told = tell(self.actor, self.entity, found[:size], self.entity.fields(self.actor))
        next_ = str(found[size - 1].pk) if len(found) > size else None
        return Response({"rows": [_entry(one) for one in told], "next": next_})


def _entry(one: Told) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "at": one.at.isoformat(),
        "who": one.who,
        "user": one.user_id,
        "action": one.action,
        "change": str(one.group),
        "version": one.version,
        "is_undo": one.is_undo,
        "differences": [
            {"field": d.name, "label": d.label, "before": d.before, "after": d.after}
            for d in one.differences
        ],
    }


class RowFilesView(EntityView):
    """The files of one row, and hanging one more on it."""

    operation = "files"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.parser_classes = [MultiPartParser]
            request.parsers = self.get_parsers()
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, id: int) -> Response:
        row = self._row(id)
        found = StoredFile.objects.filter(record=row.label(), record_id=id).order_by("-pk")
        mine = [f for f in found[:MOST_FILES] if may_read(self.actor, f)]
        return Response({"rows": [file_as_json(f) for f in mine], "next": None})

    def post(self, request: Request, id: int) -> Response:
        return once(request, lambda: self._hang(request, id))

    def _hang(self, request: Request, pk: int) -> Response:
        row = self._row(pk)
        require(self.actor, Op.EDIT, row)
        with change(self.actor, "files.add"):
            stored = kept(self, request, row)
            hang(stored, row)
        stored.refresh_from_db()
        return Response(file_as_json(stored), status=201)

    def _row(self, pk: int) -> Record:
        row: Record | None = visible(self.actor, self.entity.model).filter(pk=pk).first()
        if row is None:
            raise not_found()
        return row


class FilesView(ApiView):
    """Uploading a file for a field: it is the caller's own until a record names it."""

    operation = "upload"
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        token = request.auth
        if isinstance(token, Token) and not any(s.endswith(":write") for s in token.scopes):
            raise Problem(403, "not_allowed", _("This token may only read."))
        return once(request, lambda: Response(file_as_json(kept(self, request)), status=201))


class FileView(ApiView):
    """Downloading a file, for whoever may see the record that it hangs on."""

    operation = "download"

    def get(self, request: Request, id: int) -> HttpResponseBase:
        stored = StoredFile.objects.filter(pk=id).first()
        if stored is None or not self._may(request, stored):
            raise Http404
        answer = self._unlocked(request, stored) if stored.is_sealed else _clear(stored)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def _unlocked(self, request: Request, stored: StoredFile) -> HttpResponseBase:
        if HEADER not in request.headers:
            words = _("This file is sealed: it opens with the second secret only.")
            raise Problem(403, "not_allowed", words)
        return decrypted(self.actor, opened_with(self.actor, request), stored)

    def _may(self, request: Request, stored: StoredFile) -> bool:
        if not stored.record and isinstance(request.auth, Token):
            return is_wide(request.auth.scopes) and may_read(self.actor, stored)
        return may_read(self.actor, stored)


def _clear(stored: StoredFile) -> HttpResponseBase:
    kind = "application/octet-stream"
    return FileResponse(stored.open(), as_attachment=True, filename=stored.name, content_type=kind)


def kept(view: ApiView, request: Request, row: Record | None = None) -> StoredFile:
    """Keep the uploaded part `file`, that of a sealed `row` sealed; raise Problem if not taken."""
    upload = request.FILES.get("file")
    if upload is None or len(request.data) != 1:
        words = _("Send one file as the part “file” of multipart/form-data.")
        raise Problem(422, "invalid", words, errors={"file": [words]})
    try:
        return keep(view.actor, upload) if row is None else keep_for(view.actor, row, upload)
    except ValidationError as error:
        told = {"file": error.messages}
        raise Problem(422, "invalid", error.messages[0], errors=told) from error


def file_as_json(stored: StoredFile) -> dict[str, Any]:
    """Return what is known of a file."""
    return {
        "id": stored.pk,
        "name": stored.name,
        "size": stored.size,
        "is_sealed": stored.is_sealed,
        "sha256": stored.digest,
        "uploaded_at": stored.uploaded_at.isoformat(),
        "uploaded_by": stored.uploaded_by,
        "url": f"/api/v1/files/{stored.pk}/",
    }
