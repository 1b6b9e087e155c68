"""What is open for some minutes: the browser's half of it is a cookie that only we can read."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huike.kernel.sealing import opening
from huike.kernel.sealing.opening import OPEN_FOR, Closed, Opened
from huike.web.rendering import actor_of, go, tell

COOKIE = "huike_seal"


def opened_of(request: HttpRequest) -> Opened | None:
    """Return what the reader has open in this session, if anything."""
    token = request.COOKIES.get(COOKIE, "")
    return opening.recall(actor_of(request), token, request.session.session_key or "")


def require_opened(request: HttpRequest) -> Opened:
    """Return what the reader has open; raise Closed where nothing is."""
    opened = opened_of(request)
    if opened is None:
        raise Closed(_("Open with your second secret first."))
    return opened


@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """Open with the second secret, and go back to where one was."""
    answer = go(request, request.POST.get("next") or "/")
    try:
        opened = opening.open_with(actor_of(request), request.POST.get("secret", ""))
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return answer
    keep(request, answer, opened)
    return answer


def keep(request: HttpRequest, answer: HttpResponse, opened: Opened) -> None:
    """Let the browser hold the token of what was opened."""
    answer.set_cookie(
        COOKIE,
        opening.remember(opened, request.session.session_key or ""),
        max_age=int(OPEN_FOR.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close at once what is open."""
    opening.close(actor_of(request))
    answer = go(request, request.POST.get("next") or "/")
    answer.delete_cookie(COOKIE)
    return answer
