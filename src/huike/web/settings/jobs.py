"""Background jobs on screen: everybody's own, and all of them for administrators."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.kernel.jobs.models import State
from huike.kernel.jobs.queries import my_jobs
from huike.kernel.jobs.queue import again, cancel
from huike.web.rendering import actor_of, go, render, tell

MOST = 100


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the newest jobs."""
    actor = actor_of(request)
    everyone = actor.is_unlimited and request.GET.get("whose") == "all"
    jobs = my_jobs(actor, everyone=everyone, limit=MOST)
    return render(
        request,
        "web/settings/jobs.html",
        part="web/settings/jobs_part.html",
        jobs=jobs,
        everyone=everyone,
        live=any(job.is_live for job in jobs),
        tones={State.FAILED: "bad", State.DONE: "good", State.RUNNING: "accent"},
    )


@require_POST
def do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Cancel a job, or queue it once more."""
    actor = actor_of(request)
    if name == "cancel":
        cancel(actor, pk)
        tell(request, _("It is cancelled as soon as its present step is done."))
    elif name == "again":
        again(actor, pk)
        tell(request, _("It is queued once more."))
    else:
        raise Http404
    return go(request, request.POST.get("next") or "/settings/jobs/")
