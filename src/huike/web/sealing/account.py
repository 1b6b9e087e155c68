"""Everybody's own second secret: set it, change it, or begin anew after forgetting it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huike.kernel.entity.writing import Errors, readable
from huike.kernel.sealing import recovery
from huike.kernel.sealing.opening import is_admitted, reader_of
from huike.staff.door import second_secret
from huike.web.account.pages import signed_in
from huike.web.rendering import actor_of, go, render, tell
from huike.web.sealing.cookie import opened_of, require_opened

HERE = "/account/second-secret/"


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show how things stand; posted: a first, another or (forgotten) a new second secret."""
    if request.method == "GET":
        return _page(request, {})
    actor, user, post = actor_of(request), signed_in(request), request.POST
    secret, password = post.get("secret", ""), post.get("password", "")
    try:
        if secret != post.get("again", ""):
            raise ValidationError({"again": _("The two are not the same.")})
        if "old" in post:
            second_secret.change_own(actor, user, password, post["old"], secret)
            tell(request, _("Your new second secret holds."))
        else:
            second_secret.set_own(actor, user, password, secret)
            tell(request, _("Your second secret is set."))
    except ValidationError as error:
        return _page(request, readable(error))
    return go(request, HERE)


def _page(request: HttpRequest, errors: Errors, code: str = "") -> HttpResponse:
    reader = reader_of(actor_of(request))
    mine = [h for h in recovery.holders() if h.user_id == actor_of(request).user_id]
    return render(
        request,
        "web/sealing/account.html",
        status=422 if errors else 200,
        errors=errors,
        reader=reader,
        admitted=is_admitted(reader),
        key=opened_of(request),
        holder=mine[0] if mine else None,
        code=code,
        here=HERE,
    )


@never_cache
@require_http_methods(["POST"])
def collect(request: HttpRequest) -> HttpResponse:
    """Show the own recovery code, this once."""
    try:
        code = recovery.collect(actor_of(request), require_opened(request))
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, HERE)
    return _page(request, {}, code)
