"""Pages that say what was wrong, where, and what to do."""

from __future__ import annotations

import sys
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from huike.kernel.outage import Outage, outage
from huike.staff.rights.explaining import Explanation, explain
from huike.web.records.loading import OutOfReach
from huike.web.rendering import actor_of, render


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why somebody may not see or do this, and who can change it."""
    why: Explanation | None = None
    if isinstance(exception, OutOfReach):
        why = explain(actor_of(request), exception.model, exception.op, exception.row)
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    text = said or _("You may not do this.")
    return _page(request, 403, _("You may not see or do this"), text, why)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing at this address."""
    said = ""
    if isinstance(exception, Http404) and exception.args:
        first = exception.args[0]
        said = first if isinstance(first, str) else ""
    text = said or _("There is nothing at this address. It may be mistyped, or the page was moved.")
    return _page(request, 404, _("Not found"), text)


def misread(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be read."""
    text = _("The browser sent something that can't be read. Go back and try again.")
    return _page(request, 400, _("This can't be read"), text)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old to be trusted (CSRF); what was typed is kept by the browser."""
    text = _(
        "This form is too old, or you signed in again meanwhile. Go back, reload the page and save"
        " again: what you typed is offered to be restored."
    )
    return _page(request, 403, _("Please reload the form"), text)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, or what the machine lacks; this must not need the database."""
    lacking = outage(sys.exception())
    status = {None: 500, Outage.DATABASE: 503, Outage.DISK: 507}[lacking]
    text = _lacking(lacking)
    try:
        given = {"text": text, "status": status}
        html: str = loader.render_to_string("web/home/broken.html", given, request)
    except Exception:  # whatever it is, the visitor gets an answer
        html = (
            "<!doctype html><title>Huike</title><p>服务器出错了，请稍后再试。 Something went wrong."
        )
    answer = HttpResponse(html, status=status)
    if lacking:
        answer.headers["HX-Reason"] = quote(text)
        answer.headers["Retry-After"] = "5"
    return answer


def _lacking(lacking: Outage | None) -> str:
    if lacking is Outage.DATABASE:
        return _(
            "The database can't be reached at the moment. Nothing was saved by this step; what you"
            " typed is kept in this browser. Try again in a few seconds."
        )
    if lacking is Outage.DISK:
        return _(
            "The disk of the server is full. Nothing was saved by this step; what you typed is kept"
            " in this browser. Tell your administrator: once there is room, try again."
        )
    return ""


def _page(
    request: HttpRequest, status: int, title: str, text: str, why: Explanation | None = None
) -> HttpResponse:
    signed_in = bool(actor_of(request).user_id)
    answer = render(
        request,
        "web/home/wrong.html" if signed_in else "web/home/wrong_outside.html",
        status=status,
        title=title,
        text=text,
        why=why,
    )
    answer.headers["HX-Reason"] = quote(text)
    return answer
