"""Win-back results 召回成效: every campaign that was watched, and whether it helped."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.loop.result import measure
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.titles import text_of, title
from huike.marketing.models import Campaign
from huike.ui.charts import Row, Table, said
from huike.ui.words import day, whole
from huike.web.marketing.results import points, words_of
from huike.web.rendering import actor_of, render

MOST = 30


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the win-back campaigns that were drawn, the newest first."""
    actor = actor_of(request)
    require_any(actor, Campaign, Op.VIEW)
    drawn = visible(actor, Campaign).filter(kind=Campaign.Kind.WIN_BACK).exclude(drawn_at=None)
    found = drawn.exclude(state=Campaign.State.DRAFT).order_by("-drawn_at", "-pk")
    rows = [_row(actor, one) for one in found[:MOST]]
    heads = [
        _("Campaign"), _("State"), _("Watched"), _("treated / hold-out"), _("Treated who bought"),
        _("Hold-out who bought"), _("Difference in points"), _("Did it help?"),
    ]  # fmt: skip
    return render(
        request,
        "web/marketing/ended.html",
        table=Table(heads, rows, frozenset({0, 1, 2, 7})) if rows else None,
        more=max(found.count() - MOST, 0),
    )


def _row(actor: Actor, campaign: Campaign) -> Row:
    name, state = title(actor, campaign), text_of(actor, campaign, "state")
    href = f"/marketing/campaign/{campaign.pk}/result/"
    sizes = f"{whole(campaign.treated or 0)} / {whole(campaign.held_out or 0)}"
    found = measure(actor, campaign)
    if found is None:
        return Row([name, state, "—", sizes, "—", "—", "—", "—"], href)
    watched = f"{day(found.first, False)} – {day(found.last, False)}"
    sentence = words_of(found).sentence
    if found.judged is None:
        return Row([name, state, watched, sizes, "—", "—", "—", sentence], href)
    effect = found.judged.effect
    gap = f"{points(effect.difference)} ({points(effect.low)} … {points(effect.high)})"
    shares = [said(effect.treated, "share"), said(effect.held_out, "share")]
    return Row([name, state, watched, sizes, *shares, gap, sentence], href)
