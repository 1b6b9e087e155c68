"""Answers requests: a full page, or only its changed part where HTMX asks.

    return render(request, "web/lists/page.html", part="web/lists/rows.html", rows=rows)

renders the page, or the part when HTMX asked for it. `tell()` leaves a notice ("Saved. Undo") which
the next answer shows as a toast, whether that is a part, a page, or the page after a redirect.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as django_render
from django.utils.http import url_has_allowed_host_and_scheme

from huike.channels.queries import notices as unread
from huike.kernel.actor import Actor
from huike.ui.menu import creatable

NOTICES = "notices"
NOBODY = Actor(name="")


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; the session middleware has put it there."""
    return getattr(request, "actor", None) or NOBODY


def is_part(request: HttpRequest) -> bool:
    """Tell whether HTMX asks for a part of a page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(
    request: HttpRequest, template: str, *, part: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Return the page `template`, or only `part` of it where HTMX asks and a part is named."""
    partial = is_part(request)
    actor = actor_of(request)
    context |= {"actor": actor, "user": getattr(request, "user", None), "partial": partial}
    if not partial:
        context |= {"notices": _taken(request), "creatable": creatable(actor)}
        context["unread"] = unread(actor).count() if actor.user_id else 0
    answer = django_render(request, part if partial and part else template, context, status=status)
    if partial:
        _carry(request, answer)
    answer.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    answer.headers.setdefault("Cache-Control", "no-store" if partial else "private, no-cache")
    return answer


def tell(
    request: HttpRequest, text: Any, *, undo: uuid.UUID | None = None, kind: str = "done"
) -> None:
    """Leave a notice for the next answer; `undo` is the group of the change that can be undone."""
    notices = request.session.get(NOTICES, [])
    notice = {"text": str(text), "undo": str(undo) if undo else "", "kind": kind}
    request.session[NOTICES] = [*notices, notice][-5:]


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page of ours, whether HTMX asks or the browser itself."""
    if not url_has_allowed_host_and_scheme(address, None):
        address = "/"
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def nothing(request: HttpRequest, **events: Any) -> HttpResponse:
    """Answer HTMX with no content but with news: nothing(request, changed=True)."""
    answer = HttpResponse(status=204)
    _carry(request, answer, **events)
    return answer


def _taken(request: HttpRequest) -> list[dict[str, str]]:
    session = getattr(request, "session", None)
    return session.pop(NOTICES, []) if session is not None and NOTICES in session else []


def _carry(request: HttpRequest, answer: HttpResponse, **events: Any) -> None:
    if notices := _taken(request):
        events["notices"] = notices
    if events:
        answer.headers["HX-Trigger"] = json.dumps(events)  # ASCII: other signs are escaped
