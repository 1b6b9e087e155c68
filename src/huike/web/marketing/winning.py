"""The ready example: from the churn warning to a segment and a campaign in one click."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.analytics.models import Score
from huike.analytics.words import Risk
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.titles import is_open
from huike.kernel.kinds.numbers import Money
from huike.marketing.actions import win_back, win_back_filter
from huike.marketing.conditions import written
from huike.marketing.models import Campaign, Segment
from huike.web.marketing.telling import tell_segment
from huike.web.rendering import actor_of, go, render, tell

HERE = "/marketing/win-back/"


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show who would be won back, or make the segment and the draft campaign."""
    actor = actor_of(request)
    for model in (Segment, Campaign):
        require_any(actor, model, Op.ADD)
    wrong = ""
    given = request.POST if request.method == "POST" else request.GET
    levels = [level for level in given.getlist("level") if level in Risk.values] or ["high"]
    try:
        worth = _worth(actor, given)
    except ValidationError as error:
        worth, wrong = None, " ".join(error.messages)
    if request.method == "POST" and not wrong:
        with change(actor, "marketing.win_back") as work:
            campaign = win_back(actor, levels, worth)
        tell(request, _("Segment and campaign are there."), undo=work.group)
        return go(request, f"/marketing/campaign/{campaign.pk}/")
    segment = Segment(filter=written(win_back_filter(levels, worth)))
    return render(
        request,
        "web/marketing/win_back.html",
        part="web/marketing/win_back_part.html",
        told=tell_segment(actor, segment),
        filter=segment.filter,
        levels=levels,
        risks=Risk.choices,
        worth=worth,
        wrong=wrong,
        scored=visible(actor, Score).exists(),
    )


def _worth(actor: Actor, given: QueryDict) -> Decimal | None:
    """Return the least CLV asked for; the median where nothing was asked yet."""
    if "worth" in given:
        return Money().parse(given["worth"])
    if not is_open(actor, Score, "clv"):
        return None
    rows = visible(actor, Score).exclude(clv=None).order_by("clv").values_list("clv", flat=True)
    number = rows.count()
    return Decimal(rows[number // 2] or 0).quantize(Decimal(1)) if number else None
