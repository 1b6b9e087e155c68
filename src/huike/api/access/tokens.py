"""Gives out, finds and takes back API tokens; of a secret only the digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.api.access.scopes import checked
from huike.api.models import Token
from huike.kernel import organisations
from huike.kernel.actor import Actor, Reach
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change, current_work
from huike.staff.models import User

BEGINNING = "hk_"
LABEL = "api.token"
SEEN_EVERY = timedelta(minutes=1)


def issue_token(
    actor: Actor,
    user: User,
    name: str,
    scopes: Iterable[str],
    expires: datetime | None = None,
    *,
    reach: str = "",
) -> tuple[Token, str]:
    """Make a token for `user` and return it with its secret, which nobody can read again.

    People make tokens for themselves, administrators for anybody. Raises ValidationError for
    scopes that mean nothing, for a missing name and for an expiry that has passed.
    """
    _require_own(actor, user.pk)
    name = name.strip()[:100]
    if not name:
        raise ValidationError({"name": _("Give the token a name.")})
    if expires is not None and expires <= timezone.now():
        raise ValidationError({"expires_at": _("Choose a time that is still to come.")})
    if reach and reach not in Reach.values:
        raise ValidationError({"reach": _("Choose one of the reaches.")})
    secret = _secret()
    token = Token(
        user=user,
        name=name,
        prefix=secret[:8],
        digest=digest(secret),
        scopes=checked(scopes),
        reach=reach,
        expires_at=expires,
        created_by=actor.name,
    )
    with change(actor, "api.issue_token"):
        token.save()
        _note(token, Entry.Kind.CREATE, {"scopes": [None, token.scopes]})
    return token, secret


def revoke(actor: Actor, token: Token) -> None:
    """Let a token open no door from now on."""
    _require_own(actor, token.user_id)
    if token.revoked_at is not None:
        return
    with change(actor, "api.revoke_token"):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        _note(token, Entry.Kind.EDIT, {"revoked_at": [None, token.revoked_at.isoformat()]})


def tokens_of(actor: Actor, user: User) -> QuerySet[Token]:
    """Return a person's tokens, newest first, to that person and to administrators."""
    _require_own(actor, user.pk)
    return Token.objects.filter(user=user)


def token_for(secret: str) -> Token | None:
    """Return the live token of a secret, with its user, if that person may sign in."""
    found = (
        Token.objects.select_related("user", "user__department")
        .filter(digest=digest(secret), user__is_active=True)
        .first()
    )
    return found if found is not None and found.is_live else None


def used(token: Token) -> None:
    """Note that a token was used, at most once a minute."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
    if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def digest(secret: str) -> str:
    """Return what is kept of a secret: it has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def organisation_of(secret: str) -> str:
    """Return the organisation that a token belongs to, which its end tells: "hk_….shanghai"."""
    return secret.partition(".")[2] or organisations.FIRST


def _secret() -> str:
    here = organisations.current()
    end = "" if here == organisations.FIRST else f".{here}"
    return BEGINNING + secrets.token_urlsafe(32) + end


def _require_own(actor: Actor, user_id: int) -> None:
    if not actor.is_unlimited and actor.user_id != user_id:
        raise PermissionDenied(_("Only administrators may manage the tokens of others."))


def _note(token: Token, kind: str, fields: dict[str, list[object]]) -> None:
    current_work().note(Noted(LABEL, token.pk, kind, fields={"name": [None, token.name], **fields}))
