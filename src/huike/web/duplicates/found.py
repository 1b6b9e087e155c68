"""The page of possible duplicates: how many wait, the likeliest, and starting a sweep."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huike.customers.duplicates.models import DuplicatePair, DuplicateSweep, Merge
from huike.customers.duplicates.wording import against, reasons, sure
from huike.customers.models import Party
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.jobs.models import LIVE, Job
from huike.kernel.jobs.queue import enqueue
from huike.web.rendering import actor_of, go, render, tell

HERE = "/customers/duplicates/"
SHOWN = 60
JOB = "customers.find_duplicates"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what waits to be judged, likeliest first, and the newest merges."""
    actor = actor_of(request)
    require_any(actor, DuplicatePair, Op.VIEW)
    pairs = visible(actor, DuplicatePair)
    counted = dict(pairs.order_by().values_list("state").annotate(Count("pk")))
    waiting = pairs.filter(state=DuplicatePair.State.OPEN).select_related("one", "other")
    rows = list(waiting.order_by("-probability", "pk")[:SHOWN])
    merged = visible(actor, Merge).select_related("winner", "loser").order_by("-pk")[:10]
    return render(
        request,
        "web/duplicates/found.html",
        part="web/duplicates/found_part.html",
        pairs=[(pair, reasons(pair.likeness), against(pair.likeness)) for pair in rows],
        sure=sure,
        counted=counted,
        merged=merged,
        last=DuplicateSweep.objects.order_by("-pk").first(),
        under=Job.objects.filter(name=JOB, state__in=LIVE).order_by("pk").first(),
        may_sweep=may_sweep(actor),
    )


@require_POST
def sweep_now(request: HttpRequest) -> HttpResponse:
    """Queue a sweep of the whole file."""
    actor = actor_of(request)
    if not may_sweep(actor):
        raise PermissionDenied(_("Whoever may edit all customers can look for duplicates."))
    enqueue(Actor.system(actor.name), JOB, key="schedule", full=True)
    tell(request, _("The search for duplicates is queued; you may go on working."))
    return go(request, HERE)


def may_sweep(actor: Actor) -> bool:
    """Tell whether an actor may start a sweep: it reads the whole file."""
    return actor.is_unlimited or Reach.ALL in actor.reaches(Party.label(), Op.EDIT)
