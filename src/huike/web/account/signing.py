"""The pages at the door: sign in, second factor, sign out, and the first administrator."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.sealing import opening as sealing
from huike.staff.door import signing
from huike.staff.door.first import (
    create_first_administrator,
    forget_set_up_code,
    is_empty,
    is_set_up_code,
)
from huike.staff.models import User
from huike.web.session import keep_organisation

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING = "waiting_for_second_factor"
PATIENCE = 600  # seconds between password and second factor
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "[::1]"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "X-Forwarded-Host", "Via")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for organisation, name and password."""
    if is_empty():
        return redirect("/set-up/")
    page: dict[str, Any] = {
        "organisations": organisations.labels(settings.HOME),
        "organisation": organisations.current(),
        "next": _next(request),
    }
    if request.method == "GET":
        return render(request, "web/account/sign_in.html", page)
    username = request.POST.get("username", "")
    answer = signing.check(username, request.POST.get("password", ""))
    if answer.user is None:
        page |= {"refusal": answer.refusal, "username": username}
        return render(request, "web/account/sign_in.html", page, status=401)
    if answer.user.second_factor:
        response = _wait_for_second(request, answer.user)
    else:
        response = _let_in(request, answer.user)
    keep_organisation(response, organisations.current())
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits of the authenticator app."""
    user = _waiting(request)
    if user is None:
        return redirect(settings.LOGIN_URL)
    if request.method == "GET":
        return render(request, "web/account/second_factor.html", {"next": _next(request)})
    answer = signing.check_second(user, request.POST.get("code", ""))
    if answer.user is None:
        page = {"refusal": answer.refusal, "next": _next(request)}
        return render(request, "web/account/second_factor.html", page, status=401)
    return _let_in(request, answer.user)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        sealing.close(Actor(request.user.username, request.user.pk))
        request.user.sign_ins.filter(session_key=request.session.session_key).delete()
    logout(request)
    return redirect(settings.LOGIN_URL)


@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Ask for the first administrator; there is such a page only while nobody can sign in."""
    if not is_empty():
        return redirect(settings.LOGIN_URL)
    given = {n: request.POST.get(n, "").strip() for n in ("name", "username", "firm")}
    page: dict[str, Any] = {"given": given, "needs_code": not _is_from_here(request)}
    if request.method == "GET":
        return render(request, "web/account/set_up.html", page)
    try:
        if page["needs_code"] and not is_set_up_code(settings.HOME, request.POST.get("code", "")):
            raise ValidationError(_("The set-up code is wrong."))
        user = create_first_administrator(**given, password=request.POST.get("password", ""))
    except ValidationError as error:
        page["errors"] = error.messages
        return render(request, "web/account/set_up.html", page, status=422)
    forget_set_up_code(settings.HOME)
    return _let_in(request, user)


def _is_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser runs on the server itself, with no proxy in between."""
    forwarded = any(name in request.headers for name in FORWARDED)
    host = request.get_host().rpartition(":")[0] or request.get_host()
    near = {request.META.get("REMOTE_ADDR"), host} <= LOOPBACK
    return near and not forwarded


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)
    signing.signed_in(
        user,
        request.session.session_key or "",
        request.META.get("REMOTE_ADDR"),
        request.headers.get("User-Agent", ""),
    )
    return HttpResponseRedirect(_next(request) or "/")


def _wait_for_second(request: HttpRequest, user: User) -> HttpResponse:
    request.session.cycle_key()
    request.session[WAITING] = [user.pk, time.time(), user.get_session_auth_hash()]
    return HttpResponseRedirect(f"/sign-in/second/?{urlencode({'next': _next(request)})}")


def _waiting(request: HttpRequest) -> User | None:
    """Return who typed the right password within the last minutes, unless it changed since."""
    key, since, proof = request.session.get(WAITING) or (None, 0, "")
    user = User.objects.filter(pk=key or 0, is_active=True).first()
    if user is None or time.time() - since > PATIENCE:
        return None
    return user if constant_time_compare(proof, user.get_session_auth_hash()) else None


def _next(request: HttpRequest) -> str:
    """Return where to go afterwards, but never to another site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else ""
