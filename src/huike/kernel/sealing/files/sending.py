"""Sends a sealed file, opened, to whoever asked with the second secret: on the page and by API."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from huike.kernel.actor import Actor
from huike.kernel.entity.attachments import holder
from huike.kernel.files import StoredFile
from huike.kernel.sealing.files.filing import read_file
from huike.kernel.sealing.opening import Opened


def decrypted(actor: Actor, opened: Opened, stored: StoredFile) -> HttpResponseBase:
    """Return a sealed file as it was, under its real name; the journal tells who opened it.

    The caller has checked that the actor may read the file.
    """
    name, pieces = read_file(actor, opened, stored, holder(stored))
    answer = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    answer.headers["Content-Length"] = str(stored.size)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
