"""Who calls: a program with a token, or a page of ours with its session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from huike.api.access.scopes import narrowed
from huike.api.access.tokens import token_for, used
from huike.api.models import Token
from huike.kernel.actor import Actor
from huike.staff.door.networks import may_come_from
from huike.staff.models import User
from huike.staff.rights.acting import actor_of

SCHEME = "Bearer"


def bearer(header: str) -> str:
    """Return the secret in an Authorization header, or "" where it holds none."""
    scheme, _space, secret = header.strip().partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else ""


class TokenAuthentication(authentication.BaseAuthentication):
    """Authorization: Bearer hk_…"""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        secret = bearer(header)
        token = token_for(secret) if secret else None
        if token is None:
            raise exceptions.AuthenticationFailed(
                _("This token is unknown, has expired or was revoked. Issue a new one in settings.")
            )
        used(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="huike"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of a signed-in browser; writes need its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None


def actor_for(request: Request) -> Actor:
    """Return who acts, with the rights of this moment, cut down to what the token allows."""
    token = request.auth
    if isinstance(token, Token):
        whole = actor_of(token.user, via="api")
        if not may_come_from(whole, request.META.get("REMOTE_ADDR")):
            raise exceptions.PermissionDenied(_("Your roles don't let you work from this network."))
        return narrowed(whole, token.scopes, token.reach)
    known: Actor | None = getattr(request._request, "actor", None)
    assert isinstance(request.user, User)
    return replace(known or actor_of(request.user), via="api")
