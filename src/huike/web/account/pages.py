"""Everybody's own account: name, look, password, sessions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.entity.writing import Errors, readable
from huike.staff.door import account, recovery, signing
from huike.staff.models import User
from huike.staff.preferences import prefer
from huike.web.account.devices import device
from huike.web.rendering import actor_of, go, render, tell

HERE = "/account/"


def signed_in(request: HttpRequest) -> User:
    """Return the person who asks."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the account; posted: name, mail, phone, language and look."""
    user = signed_in(request)
    if request.method == "GET":
        return page(request, user)
    post = request.POST
    try:
        account.edit_own(actor_of(request), user, {k: post.get(k, "") for k in _ASKED})
    except ValidationError as error:
        return page(request, user, readable(error))
    prefer(user, theme=post.get("theme", ""), language=post.get("language", ""))
    with translation.override(user.language):
        tell(request, _("Saved."))
    return go(request, HERE)


_ASKED = ("name", "email", "phone")


def page(
    request: HttpRequest, user: User, errors: Errors | None = None, **more: Any
) -> HttpResponse:
    """Return the page of the account."""
    return render(
        request,
        "web/account/account.html",
        status=422 if errors else 200,
        me=user,
        errors=errors or {},
        languages=settings.LANGUAGES,
        sessions=[(s, device(s.agent)) for s in signing.sessions_of(user)],
        here=request.session.session_key,
        codes_left=recovery.left(user),
        tokens_page=_tokens_page(),
        **more,
    )


def _tokens_page() -> str:
    """Return where the own API tokens are managed, if the API is served here."""
    try:
        return reverse("api-tokens")
    except NoReverseMatch:
        return ""


@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; this session stays, all others end."""
    user, post = signed_in(request), request.POST
    key = request.session.session_key or ""
    try:
        account.change_password(
            actor_of(request), user, post.get("password", ""), post.get("new", ""), key
        )
    except ValidationError as error:
        return page(request, user, readable(error))
    update_session_auth_hash(request, user)
    signing.session_moved(key, request.session.session_key or "")
    tell(request, _("The new password holds; all other sessions were ended."))
    return go(request, HERE)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own sessions."""
    account.end_session(actor_of(request), signed_in(request), pk)
    tell(request, _("That session is ended."))
    return go(request, f"{HERE}#sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all own sessions but this one."""
    key = request.session.session_key or ""
    account.end_others(actor_of(request), signed_in(request), key)
    tell(request, _("All other sessions are ended."))
    return go(request, f"{HERE}#sessions")
