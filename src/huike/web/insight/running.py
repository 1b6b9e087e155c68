"""Starting the analysis by hand, and the areas that the filter bar offers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.analytics.jobs import ask_for_run
from huike.analytics.models import Score
from huike.customers.models import Party
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.web.rendering import actor_of, go, tell

MOST_AREAS = 400


@require_POST
def run_now(request: HttpRequest) -> HttpResponse:
    """Queue a run of all methods, for those who may."""
    ask_for_run(actor_of(request))
    tell(request, _("The analysis is queued; you may go on working."))
    return go(request, request.POST.get("next") or "/insight/value/")


@require_GET
def areas(request: HttpRequest, name: str) -> HttpResponse:
    """Return the provinces or cities of the customers that the reader may see, as options."""
    actor = actor_of(request)
    require_any(actor, Score, Op.VIEW)
    known = entity_of(Party).fields(actor).get(name)
    if name not in {"province", "city"} or known is None or not known.is_comparable:
        raise Http404
    rows = visible(actor, Party).exclude(**{name: ""}).order_by(name)
    found = rows.values_list(name, flat=True).distinct()[:MOST_AREAS]
    options = format_html_join("", '<option value="{}"></option>', ((area,) for area in found))
    return HttpResponse(options)
