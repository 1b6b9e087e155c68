"""What is done about a request: begin, answer, refuse, hand over the package, carry out erasure."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.privacy import certificate, packaging
from huike.customers.privacy.erasing import check_may_erase, erase
from huike.customers.privacy.models import PrivacyRequest
from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.journal import note_export
from huike.kernel.entity.attachments import hang
from huike.kernel.files import keep
from huike.kernel.records.action import action
from huike.kernel.records.undo import apart

State, Kind = PrivacyRequest.State, PrivacyRequest.Kind
LIVE = (State.OPEN, State.WORK)


def is_live(request: PrivacyRequest) -> bool:
    """Tell whether a request still waits for its answer."""
    return request.state in LIVE


def wants_package(request: PrivacyRequest) -> bool:
    """Tell whether a request is answered by a package of all that is kept."""
    return is_live(request) and request.kind in {Kind.ACCESS, Kind.EXPORT}


def wants_erasure(request: PrivacyRequest) -> bool:
    """Tell whether an erasure is still to be carried out."""
    return is_live(request) and request.kind == Kind.ERASE


@action("customers.begin_privacy_request", needs=Op.EDIT)
def begin(actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Take a request into work: from now on it is known who sees to it."""
    request.state = State.WORK
    if request.owner_id is None:
        request.owner_id = actor.user_id
    request.save()
    return request


@action("customers.answer_privacy_request", needs=Op.EDIT)
def answer(actor: Actor, request: PrivacyRequest, outcome: str = "") -> PrivacyRequest:
    """Close a request with what was answered."""
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say what was answered.")})
    return _close(request, State.DONE, outcome)


@action("customers.refuse_privacy_request", needs=Op.EDIT)
def refuse(actor: Actor, request: PrivacyRequest, reason: str = "") -> PrivacyRequest:
    """Refuse a request; the law asks for the reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the person must be told.")})
    return _close(request, State.REFUSED, reason)


@action("customers.make_package", needs=Op.EDIT)
def make_package(actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Make the package of everything about the person, hang it on the request and close it.

    It holds what the maker's roles may read in full, and names what they leave out.
    """
    _check_identity(request)
    require(actor, Op.EXPORT, request.party)
    package = packaging.build(actor, request.party)
    name = f"{request.number or 'package'}.zip"
    stored = keep(actor, SimpleUploadedFile(name, package.content))
    hang(stored, request)
    note_export(
        actor,
        request.party.label(),
        rows=package.rows,
        fields=["privacy package", request.number],
        kind="zip",
    )
    request.package = stored
    words = _("Package of %(rows)s records, SHA-256 %(digest)s")
    return _close(request, State.DONE, words % {"rows": package.rows, "digest": stored.digest})


@action("customers.carry_out_erasure", needs=Op.EDIT)
def carry_out(actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Erase the person and issue the certificate, in one change that can't be undone."""
    _check_identity(request)
    check_may_erase(actor, request.party)
    done = erase(actor, request.party)
    request.refresh_from_db()
    request._loaded = request.snapshot()
    stored, digest = certificate.issue(actor, request, done)
    request.certificate = stored
    return _close(request, State.DONE, certificate.in_words(done, digest))


def _check_identity(request: PrivacyRequest) -> None:
    if not request.identity_checked:
        raise ValidationError(_("Make sure first that it is this person who asks, and tick it."))


def _close(request: PrivacyRequest, state: str, outcome: str) -> PrivacyRequest:
    request.state, request.outcome = state, outcome.strip()
    request.done_on = timezone.localdate()
    request.save()
    return request


def _stays(request: Any, before: Any, after: Any) -> str:
    """Undo leaves a certified erasure alone: the person's data are gone."""
    return str(_("An erasure can't be taken back."))


apart[PrivacyRequest.label(), "certificate_id"] = _stays
