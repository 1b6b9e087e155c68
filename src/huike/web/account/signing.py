"""The pages at the door: sign in, second factor, sign out, and the first administrator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel import organisations
from huike.staff import signing
from huike.staff.first import create_first_administrator, is_empty
from huike.staff.models import User
from huike.web.session import keep_organisation

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING = "waiting_for_second_factor"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for organisation, name and password."""
    if is_empty():
        return redirect("/set-up/")
    page: dict[str, Any] = {
        "organisations": organisations.names(settings.HOME),
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
    user = User.objects.filter(pk=request.session.get(WAITING), is_active=True).first()
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
    if request.method == "GET":
        return render(request, "web/account/set_up.html", {"given": given})
    try:
        user = create_first_administrator(**given, password=request.POST.get("password", ""))
    except ValidationError as error:
        page = {"given": given, "errors": error.messages}
        return render(request, "web/account/set_up.html", page, status=422)
    return _let_in(request, user)


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
    request.session[WAITING] = user.pk
    return HttpResponseRedirect(f"/sign-in/second/?next={_next(request)}")


def _next(request: HttpRequest) -> str:
    """Return where to go afterwards, but never to another site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else ""
