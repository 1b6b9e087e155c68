"""Campaigns begun from a picture's customers, and the page that says whether one helped."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huike.analytics.loop.result import Result, measure
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Errors, Refused, new_row, readable, write
from huike.kernel.records.record import Record
from huike.marketing.models import Campaign, Segment
from huike.web.marketing.results import (
    Words,
    charts_of,
    groups_of,
    said_of,
    tasks_address,
    words_of,
)
from huike.web.marketing.telling import tell_segment
from huike.web.records.forms.adding import add as generic_add
from huike.web.records.loading import context_of, open_row
from huike.web.rendering import actor_of, go, render, tell


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a campaign; with `filter` in the address, on a new segment of what that finds."""
    given = request.POST if request.method == "POST" else request.GET
    if "filter" not in given or "seen.name" in given:
        return generic_add(request, entity_of(Campaign))
    actor = actor_of(request)
    for model in (Segment, Campaign):
        require_any(actor, model, Op.ADD)
    errors: Errors = {}
    if request.method == "POST":
        try:
            with change(actor, "marketing.add_campaign") as work:
                campaign = _both(actor, request)
        except (Refused, ValidationError) as error:
            errors = error.errors if isinstance(error, Refused) else readable(error)
        else:
            tell(request, _("Segment and campaign are there."), undo=work.group)
            return go(request, f"/marketing/campaign/{campaign.pk}/")
    segment = Segment(filter=given.get("filter", ""))
    return render(
        request,
        "web/marketing/begin.html",
        status=422 if errors else 200,
        told=_told(actor, segment),
        filter=segment.filter,
        given=given,
        wrong=[text for texts in errors.values() for text in texts],
    )


def _told(actor: Actor, segment: Segment) -> object:
    try:
        return tell_segment(actor, segment)
    except ValueError:
        return None


def _both(actor: Actor, request: HttpRequest) -> Campaign:
    """Make the segment and the campaign on it, both under the name given."""
    name = request.POST.get("name", "")
    rows: list[Record] = []
    for model in (Segment, Campaign):
        entity = entity_of(model)
        fields = entity.fields(actor)
        given = {"name": name}
        if model is Segment:
            given["filter"] = request.POST.get("filter", "")
        else:
            given |= {"segment": str(rows[0].pk), "task_title": request.POST.get("task_title", "")}
        rows.append(write(actor, entity, new_row(actor, entity, fields), given, fields))
    campaign = rows[1]
    assert isinstance(campaign, Campaign)
    return campaign


@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in one sentence whether a campaign helped, and show by what."""
    opened = open_row(request, entity_of(Campaign), pk)
    campaign = opened.row
    assert isinstance(campaign, Campaign)
    found: Result | None = measure(opened.actor, campaign)
    words: Words | None = words_of(found) if found else None
    return render(
        request,
        "web/marketing/result.html",
        **context_of(opened),
        found=found,
        words=words,
        charts=charts_of(found) if found and found.figures else [],
        groups=groups_of(opened.actor, campaign),
        said=said_of,
        tasks_address=tasks_address(campaign, opened.actor),
    )
