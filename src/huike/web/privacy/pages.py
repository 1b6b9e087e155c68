"""Who saw a customer, and what is set about privacy."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huike.customers.models import Party
from huike.customers.privacy.consents import standing
from huike.customers.privacy.deadlines import due_after, setting
from huike.customers.privacy.models import PrivacySetting, RetentionRule
from huike.customers.privacy.settings import set_privacy
from huike.customers.privacy.views import may_see_views, views_of
from huike.kernel.access.administrator import require_administrator
from huike.kernel.change.models import Entry
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Errors, readable
from huike.web.records.loading import context_of, open_row
from huike.web.rendering import actor_of, go, render, tell

HERE = "/settings/privacy/"
NEWEST = 50


@require_GET
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who saw a customer, and who opened what is sealed of it."""
    opened = open_row(request, entity_of(Party), pk)
    assert isinstance(opened.row, Party)
    if not may_see_views(opened.actor, opened.row):
        raise PermissionDenied(_("Only who may delete this customer sees who looked at it."))
    sealed = Entry.objects.filter(
        record=Party.label(), record_id=pk, kind=Entry.Kind.VIEW, change__action="sealing.view"
    )
    return render(
        request,
        "web/privacy/seen.html",
        **context_of(opened),
        views=views_of(opened.row),
        sealed=sealed.select_related("change").order_by("-pk")[:NEWEST],
        kept=setting().views_kept,
        consents=standing(opened.actor, opened.row),
    )


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change the terms, what silence means, and how long views are kept."""
    require_administrator(actor_of(request))
    if request.method == "GET":
        return _settings(request, {})
    try:
        set_privacy(actor_of(request), request.POST.dict())
    except ValidationError as error:
        return _settings(request, readable(error))
    tell(request, _("Saved."))
    return go(request, HERE)


def _settings(request: HttpRequest, errors: Errors) -> HttpResponse:
    return render(
        request,
        "web/privacy/settings.html",
        status=422 if errors else 200,
        row=setting(),
        errors=errors,
        terms=PrivacySetting.Term.choices,
        example=due_after(timezone.localdate()),
        rules=RetentionRule.objects.order_by("name"),
    )
