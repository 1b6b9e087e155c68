"""The page on which people make and revoke the tokens of their programs: /api/tokens/."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huike.api.access.tokens import issue_token, revoke, tokens_of
from huike.api.hooks.models import Hook
from huike.api.hooks.posting import secret
from huike.kernel.access.scope import visible
from huike.kernel.actor import Op, Reach
from huike.kernel.entity.entity import entities
from huike.staff.models import User
from huike.staff.rights.acting import actor_of
from huike.ui.menu import creatable

DAYS = (30, 90, 365)


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """List the own tokens; posted: make one, whose secret is shown this once."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    if request.method == "GET":
        return _page(request, request.user)
    post = request.POST
    try:
        token, word = issue_token(
            actor_of(request.user),
            request.user,
            post.get("name", ""),
            _scopes(request),
            _until(post.get("days", "")),
            reach=post.get("reach", ""),
        )
    except ValidationError as error:
        return _page(request, request.user, status=422, errors=error.messages)
    return _page(request, request.user, made=token, secret=word)


def _scopes(request: HttpRequest) -> list[str]:
    """Read the scopes: one for everything, or one for each record that was chosen."""
    whole = request.POST.get("whole", "")
    if whole in {"read", "write"}:
        return [f"*:{whole}"]
    chosen = ((e.key, request.POST.get(f"scope:{e.key}", "")) for e in entities())
    return [f"{key}:{how}" for key, how in chosen if how]


def _until(days: str) -> datetime | None:
    return timezone.now() + timedelta(days=int(days)) if days in map(str, DAYS) else None


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the own tokens."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    actor = actor_of(request.user)
    revoke(actor, get_object_or_404(tokens_of(actor, request.user), pk=pk))
    return redirect("api-tokens")


def _page(request: HttpRequest, user: User, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(user)
    context = {
        "actor": actor,
        "user": user,
        "creatable": creatable(actor),
        "tokens": tokens_of(actor, user),
        "records": [(e.key, e.label) for e in entities()],
        "reaches": Reach.choices,
        "days": DAYS,
        "hooks": [(h, secret(h)) for h in visible(actor, Hook, Op.EDIT)[:50]],
        "typed": request.POST if status != 200 else {},
        **more,
    }
    return render(request, "api/tokens.html", context, status=status)
