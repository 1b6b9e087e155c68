"""Organisations (账套) on screen: those that are, and a new one."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel import organisations
from huike.kernel.entity.writing import Errors
from huike.staff.door import founding
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators, errors_of

HERE = "/settings/organisations/"
ASKED = ("name", "label", "person", "username", "password")


@require_http_methods(["GET", "POST"])
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """List organisations, and make a new one where the form was posted."""
    if not founding.may_found(actor_of(request)):
        raise PermissionDenied(_("Only the first organisation makes others."))
    if request.method == "GET":
        return _page(request, {}, {})
    given = {name: request.POST.get(name, "").strip() for name in ASKED}
    try:
        founding.found_organisation(actor_of(request), **given)
    except ValidationError as error:
        return _page(request, given, errors_of(error))
    tell(request, _("“%s” is there. Sign out, and choose it when you sign in.") % given["label"])
    return go(request, HERE)


def _page(request: HttpRequest, given: dict[str, str], errors: Errors) -> HttpResponse:
    return render(
        request,
        "web/settings/organisations.html",
        status=422 if errors else 200,
        found=organisations.labels(settings.HOME),
        current=organisations.current(),
        given=given | {"password": ""},
        errors=errors,
    )


@require_POST
@administrators
def rename(request: HttpRequest, name: str) -> HttpResponse:
    """Change what people call an organisation."""
    founding.name_organisation(actor_of(request), name, request.POST.get("label", ""))
    tell(request, _("Saved."))
    return go(request, HERE)
