"""Runs of the analysis 分析运行: what each read, its seconds, what failed, and what moved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.governing.runs import Ran, ran, under_way
from huike.analytics.models import Run
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.ui.charts import said
from huike.web.insight.frame import run_state
from huike.web.rendering import actor_of, render


def may_look(actor: Actor) -> bool:
    """Tell whether the page has something for the actor."""
    return may(actor, Run, Op.VIEW)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the newest runs; while one is under way, its steps every two seconds."""
    actor = actor_of(request)
    runs = ran(actor)
    return render(
        request,
        "web/insight/governing/runs.html",
        part="web/insight/governing/runs_part.html",
        runs=runs,
        under=under_way(actor),
        run=run_state(actor),
        says=_says(runs),
        tones={Run.State.DONE: "good", Run.State.FAILED: "bad", Run.State.RUNNING: "accent"},
    )


def _says(runs: list[Ran]) -> str:
    """Say in one sentence whether the analysis can be relied on to run."""
    ended = [one for one in runs if one.state in {Run.State.DONE, Run.State.FAILED}]
    if not ended:
        return ""
    bad = sum(one.state == Run.State.FAILED or bool(one.failed) for one in ended)
    took = [one.seconds for one in ended if one.seconds is not None]
    told = _("Of the last %(n)s runs %(bad)s had a problem.") % {"n": len(ended), "bad": bad}
    if took:
        told += " " + _("The newest good one took %s seconds.") % said(took[0], "number")
    return told
