"""Who is asking, and for which organisation: sets `request.actor` for every page behind sign-in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.outage import if_there_is_room
from huike.staff.door.networks import may_come_from
from huike.staff.models import SignIn, User
from huike.staff.rights.acting import actor_of

COOKIE = "huike_organisation"
OPEN_TO_ALL = ("/sign-out/", "/static/")
OPEN = ("/sign-in/", "/static/", "/health/", "/ready/", "/metrics/", "/set-up/")
ASKS_NOTHING = ("/health/", "/ready/")  # must answer without a database, whoever asks
Get = Callable[[HttpRequest], HttpResponse]


def chosen_organisation(request: HttpRequest) -> str:
    """Return the organisation asked for at the door, else the one signed in to last."""
    if request.path == settings.LOGIN_URL and request.method == "POST":
        return request.POST.get("organisation", organisations.FIRST)
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE))
    except signing.BadSignature:
        return organisations.FIRST


def keep_organisation(response: HttpResponse, name: str) -> None:
    """Let the browser remember its organisation, signed so that it can't choose another."""
    response.set_cookie(
        COOKIE,
        signing.dumps(name, salt=COOKIE),
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class OrganisationMiddleware:
    """Points the thread at the organisation's database before anything asks for one."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = chosen_organisation(request)
        if name not in organisations.names(settings.HOME):
            name = organisations.FIRST
        with organisations.working_for(name):
            return self.get_response(request)


class ActorMiddleware:
    """Gives the request its actor and the user's language; sends strangers to the door."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in ASKS_NOTHING:
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            if request.path.startswith((*OPEN, "/api/")):
                return self.get_response(request)
            return _to_the_door(request)
        request.actor = here = actor_of(user)  # type: ignore[attr-defined]
        address = request.META.get("REMOTE_ADDR")
        if not may_come_from(here, address) and not request.path.startswith(OPEN_TO_ALL):
            return _from_elsewhere(request, user, address)
        _seen(request)
        with translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            return self.get_response(request)


def _from_elsewhere(request: HttpRequest, user: User, address: str | None) -> HttpResponse:
    """Say that the roles of somebody don't let them work from where they are."""
    with translation.override(user.language):
        return render(request, "web/account/elsewhere.html", {"address": address}, status=403)


def actor(request: HttpRequest) -> Actor:
    """Return the actor of a request behind sign-in."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """Send a stranger to sign in and back; HTMX gets a header, so that no fragment is replaced."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Trigger": "huike:signed-out"})
    return redirect_to_login(request.get_full_path())


def _seen(request: HttpRequest) -> None:
    """Note when a session was last used, at most once in five minutes."""
    now = timezone.now()
    if now.timestamp() - request.session.get("seen", 0) > 300:
        with if_there_is_room():
            SignIn.objects.filter(session_key=request.session.session_key).update(seen_at=now)
            request.session["seen"] = now.timestamp()
