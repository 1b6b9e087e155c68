"""From a picture to the deed: a segment, tasks or a campaign for the customers of one mark."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entity_of
from huike.office.models import Task
from huike.ui.charts import Chart
from huike.web.rendering import go

CUSTOMERS = "/customers/party/?"
Way = tuple[str, str, str]  # name, label, icon


def ways(actor: Actor) -> list[Way]:
    """Return what the actor may do with the customers of a mark."""
    found: list[Way] = []
    if _may_add(actor, "marketing.segment"):
        found.append(("segment", _("Make a segment"), "users-group"))
    if may(actor, Task, Op.ADD):
        found.append(("tasks", _("Make tasks"), "checkbox"))
    if _may_add(actor, "marketing.campaign"):
        found.append(("campaign", _("Add to a campaign"), "speakerphone"))
    return found


def groups(chart: Chart) -> list[tuple[str, str]]:
    """Return the rows of a chart that lead to customers of today, as (label, address)."""
    rows = [row for row in chart.table.rows if row.href.startswith(CUSTOMERS)]
    return [(" · ".join(str(cell) for cell in row.cells[:2]), row.href) for row in rows]


@require_safe
def act(request: HttpRequest) -> HttpResponse:
    """Go where the customers behind `to` become a segment, tasks or part of a campaign."""
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
