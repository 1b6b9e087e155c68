"""From a picture to the deed: a segment, or a campaign with tasks, of the customers of a mark."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entity_of
from huike.ui.charts import Chart
from huike.web.rendering import go

CUSTOMERS = "/customers/party/?"
Way = tuple[str, str, str]  # name, label, icon


def ways(actor: Actor) -> list[Way]:
    """Return what the actor may do with the customers of a mark besides looking at them."""
    found: list[Way] = []
    if _may_add(actor, "marketing.segment"):
        found.append(("segment", _("Make a segment"), "users-group"))
        if _may_add(actor, "marketing.campaign"):
            found.append(("campaign", _("Make tasks, as a campaign"), "checkbox"))
    return [*found, ("show", _("Show them"), "users")] if found else []


def groups(chart: Chart) -> list[tuple[str, str]]:
    """Return the rows of a chart that lead to customers of today, as (label, address)."""
    rows = [row for row in chart.table.rows if row.href.startswith(CUSTOMERS)]
    return [(" · ".join(str(cell) for cell in row.cells[:2]), row.href) for row in rows]


@require_safe
def act(request: HttpRequest) -> HttpResponse:
    """Go where the customers behind `to` become a segment or a campaign, or to their list."""
    to, name = request.GET.get("to", ""), request.GET.get("act", "")
    if not to.startswith(CUSTOMERS):
        raise Http404
    chosen = parse_qs(urlsplit(to).query).get("filter", [""])[0]
    places = {"segment": "/marketing/segment/add/", "campaign": "/marketing/campaign/add/"}
    if name in places:
        return go(request, f"{places[name]}?{urlencode({'filter': chosen})}")
    return go(request, to)


def _may_add(actor: Actor, record: str) -> bool:
    try:
        entity = entity_of(record)
    except LookupError:
        return False
    return may(actor, entity.model, Op.ADD)
