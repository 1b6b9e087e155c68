"""The certificate of an erasure: what was erased, what was kept and why, with a digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.privacy.erasing import CERTIFICATE, Erased
from huike.customers.privacy.models import PrivacyRequest
from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.entity.attachments import hang
from huike.kernel.files import StoredFile, keep


def statement(actor: Actor, request: PrivacyRequest, done: Erased) -> dict[str, Any]:
    """Return what the certificate says, as JSON can hold it; it names no person."""
    return {
        "request": request.number,
        "customer": request.party_id,
        "received_on": request.received_on.isoformat(),
        "erased_at": timezone.localtime().isoformat(timespec="seconds"),
        "by": actor.name,
        "organisation": organisations.current(),
        "places": [line.as_json() for line in done.lines if line.emptied or line.deleted],
        "journal_entries": done.journal_entries,
        "files": done.files,
    }


def digest_of(said: dict[str, Any]) -> str:
    """Return the SHA-256 of a statement, 64 hexadecimal digits, however its keys are ordered."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def issue(actor: Actor, request: PrivacyRequest, done: Erased) -> tuple[StoredFile, str]:
    """Write the certificate as PDF, hang it on the request, and return it with its digest."""
    from weasyprint import HTML

    said = statement(actor, request, done)
    digest = digest_of(said)
    page = render_to_string("customers/certificate.html", {"said": said, "digest": digest})
    pdf = HTML(string=page).write_pdf()
    stored = keep(actor, SimpleUploadedFile(f"{CERTIFICATE}{request.number}.pdf", pdf))
    hang(stored, request)
    return stored, digest


def in_words(done: Erased, digest: str) -> str:
    """Return the answer that is kept with the request."""
    emptied = sum(line.emptied for line in done.lines)
    deleted = sum(line.deleted for line in done.lines)
    counts = {"emptied": emptied, "deleted": deleted, "files": done.files}
    words = _("%(deleted)s records deleted, %(emptied)s emptied, %(files)s files removed.") % counts
    return f"{words} SHA-256 {digest}"
