"""The second factor, turned on with a QR code and off with the password."""

from __future__ import annotations

import segno
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.entity.writing import Errors, readable
from huike.staff.door import account, signing
from huike.staff.models import User
from huike.web.account.pages import HERE, page, signed_in
from huike.web.rendering import actor_of, go, render, tell

SECRET = "second_factor_secret"  # waits in the session until a code proves that the app has it


@never_cache
@require_http_methods(["GET", "POST"])
def turn_on(request: HttpRequest) -> HttpResponse:
    """Show the QR code; with the right code the factor is on and the recovery codes are shown."""
    user = signed_in(request)
    if user.second_factor:
        return go(request, HERE)
    if request.method == "GET":
        request.session.setdefault(SECRET, signing.new_secret())
        return _ask(request, user, {})
    secret = request.session.get(SECRET, "")
    try:
        codes = account.turn_on_second(
            actor_of(request), user, secret, request.POST.get("code", "")
        )
    except ValidationError as error:
        return _ask(request, user, readable(error))
    del request.session[SECRET]
    tell(request, _("The second factor is on."))
    return render(request, "web/account/codes.html", codes=codes)


def _ask(request: HttpRequest, user: User, errors: Errors) -> HttpResponse:
    secret = request.session.setdefault(SECRET, signing.new_secret())
    picture = segno.make(signing.secret_address(user, secret), error="m")
    return render(
        request,
        "web/account/turn_on_second.html",
        status=422 if errors else 200,
        picture=picture.svg_data_uri(scale=4, border=1),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        errors=errors,
    )


@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Turn the factor off."""
    user = signed_in(request)
    try:
        account.turn_off_second(actor_of(request), user, request.POST.get("password", ""))
    except ValidationError as error:
        return page(request, user, {"second": readable(error)["password"]})
    tell(request, _("The second factor is off."))
    return go(request, HERE)


@never_cache
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Show eight new recovery codes in place of the old ones."""
    user = signed_in(request)
    try:
        codes = account.renew_codes(actor_of(request), user, request.POST.get("password", ""))
    except ValidationError as error:
        return page(request, user, {"second": readable(error)["password"]})
    return render(request, "web/account/codes.html", codes=codes)
