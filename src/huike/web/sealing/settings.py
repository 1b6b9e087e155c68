"""Set-up of sealing: who can open, recovery by two administrators, re-keying, who opened what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huike.channels.actions import party_of
from huike.kernel.access.administrator import require_administrator
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.titles import title
from huike.kernel.records.record import Record
from huike.kernel.sealing import readers, recovery, rekeying, scrubbing
from huike.kernel.sealing.models import Reader, Scrub, Sealed
from huike.kernel.sealing.opening import is_admitted, reader_of
from huike.staff.door import signing
from huike.staff.models import User
from huike.staff.rights.acting import actor_of as actor_for
from huike.web.rendering import actor_of, go, render, tell
from huike.web.sealing.cookie import keep, opened_of, require_opened

HERE = "/settings/sealing/"
NEWEST = 50
ACTIONS = ("sealing.view", "sealing.refused")


@dataclass(frozen=True)
class View:
    """Somebody opened something, or tried to with a wrong secret."""

    at: datetime
    who: str
    refused: bool
    what: str
    address: str


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show how sealing stands."""
    actor = actor_of(request)
    require_administrator(actor)
    reader = reader_of(actor)
    return render(
        request,
        "web/sealing/settings.html",
        reader=reader,
        admitted_self=is_admitted(reader),
        key=opened_of(request),
        waiting=readers.waiting(),
        admitted=readers.admitted(),
        holders=recovery.holders(),
        may_hold=_administrators(),
        left=rekeying.left(),
        count=Sealed.objects.count(),
        scrub=Scrub.objects.filter(pk=1).first(),
        scrub_due=scrubbing.is_due(),
        views=_views(actor),
        here=HERE,
    )


def _administrators() -> list[Reader]:
    """Return who may hold a recovery code: administrators who can open."""
    users = User.objects.filter(roles__is_administrator=True, is_active=True)
    keys = set(users.values_list("pk", flat=True))
    return [reader for reader in readers.admitted() if reader.user_id in keys]


def _views(actor: Actor) -> list[View]:
    entries = Entry.objects.filter(
        kind__in=[Entry.Kind.VIEW, Entry.Kind.REFUSED], change__action__in=ACTIONS
    )
    newest = list(entries.select_related("change").order_by("-pk")[:NEWEST])
    return [_view(actor, entry) for entry in newest]


def _view(actor: Actor, entry: Entry) -> View:
    what = address = ""
    if entry.kind == Entry.Kind.VIEW:
        entity = entity_of(entry.record)
        row = visible(actor, entity.model).filter(pk=entry.record_id).first()
        address = f"/{entity.key}/{entry.record_id}/"
        what = _called(actor, entity, row) if row is not None else f"{entity.one} {entry.record_id}"
    refused = entry.kind == Entry.Kind.REFUSED
    return View(entry.change.at, entry.change.actor, refused, what, address)


def _called(actor: Actor, entity: Entity, row: Record) -> str:
    """Call a record by its title, a sealed note by its customer: its own title is sealed."""
    party = party_of(row)
    if party is None or party == row:
        return title(actor, row)
    return f"{title(actor, party)} · {entity.one}"


def _do(request: HttpRequest, act: Callable[[Actor], str]) -> HttpResponse:
    actor = actor_of(request)
    require_administrator(actor)
    try:
        tell(request, act(actor))
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    return go(request, HERE)


@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody open from now on."""
    reader = get_object_or_404(Reader, pk=pk)

    def act(actor: Actor) -> str:
        readers.admit(actor, require_opened(request), reader)
        return _("%s can open sealed files now.") % reader.name

    return _do(request, act)


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody open no more."""
    reader = get_object_or_404(Reader, pk=pk)

    def act(actor: Actor) -> str:
        readers.dismiss(actor, reader)
        return _("%s opens nothing any more. Renew the key as well.") % reader.name

    return _do(request, act)


@require_POST
def set_up_recovery(request: HttpRequest) -> HttpResponse:
    """Make recovery codes for the chosen administrators."""
    keys = [int(key) for key in request.POST.getlist("holder") if key.isdigit()]

    def act(actor: Actor) -> str:
        holders = [reader for reader in _administrators() if reader.pk in keys]
        recovery.set_up(actor, require_opened(request), holders)
        return _("The codes are ready: each collects the own one on “My second secret”.")

    return _do(request, act)


@require_POST
def recover(request: HttpRequest) -> HttpResponse:
    """Admit somebody by the codes of two administrators, the second of whom signs in here."""
    post = request.POST
    reader = get_object_or_404(Reader, pk=post.get("reader", "0") or "0")

    def act(actor: Actor) -> str:
        other = _second_administrator(post)
        recovery.recover(actor, other, (post.get("code", ""), post.get("other_code", "")), reader)
        return _("%s can open sealed files now.") % reader.name

    return _do(request, act)


def _second_administrator(post: Any) -> Actor:
    """Check name, password and (where it is on) the second factor of the second administrator."""
    answer = signing.check(post.get("username", ""), post.get("password", ""))
    if answer.user is not None and answer.user.second_factor:
        answer = signing.check_second(answer.user, post.get("digits", ""))
    if answer.user is None:
        raise ValidationError(answer.refusal)
    return actor_for(answer.user)


@require_POST
def rekey(request: HttpRequest) -> HttpResponse:
    """Renew the data key, or go on where that was interrupted."""
    answer = go(request, HERE)
    actor = actor_of(request)
    require_administrator(actor)
    try:
        opened = require_opened(request)
        if not rekeying.left():
            opened = rekeying.begin(actor, opened)
            keep(request, answer, opened)
        left = rekeying.go_on(actor, opened)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return answer
    words = _("%s files still wait: press again to go on.") % left if left else _("Done.")
    tell(request, _("A new key holds.") + " " + words)
    return answer
