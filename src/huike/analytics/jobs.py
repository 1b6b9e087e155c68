"""Runs the analysis every night, and whenever somebody asks for it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.models import Run, Score
from huike.analytics.pivot import mailing as mailing  # its jobs are known with these
from huike.analytics.queries import values
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import GivenUp, JobRun
from huike.kernel.jobs.schedules import every


def ask_for_run(actor: Actor) -> Job:
    """Queue a run for somebody who may see every customer's score; one waits or runs at a time.

    Raises PermissionDenied for anybody else: a run reads all customers and is paid for by all.
    """
    if not may_run(actor):
        raise PermissionDenied(_("Only who may see the scores of all customers starts a run."))
    return enqueue(Actor.system("analytics"), "analytics.run", "one", asked_by=actor.name)


def may_run(actor: Actor) -> bool:
    """Tell whether somebody may start a run."""
    return may(actor, Score, Op.VIEW) and "all" in actor.reaches(Score.label(), Op.VIEW)


@every(hours=1)
@job("analytics.clock", title=gettext_lazy("Look whether it is time to analyse"), priority=-10)
def clock(work: JobRun) -> bool:
    """Queue the nightly run once its hour has come."""
    now = values()
    if not now["run.nightly"] or timezone.localtime().hour != now["run.hour"]:
        return False
    enqueue(work.actor, "analytics.run", "one", asked_by="")
    return True


@job("analytics.run", title=gettext_lazy("Analyse all customers"), priority=-5)
def analyse(work: JobRun, asked_by: str = "") -> dict[str, Any]:
    """Carry out one run; killed, it begins again with the warehouse and the past already there."""
    # here: the methods and their libraries take seconds to load, and most processes need none
    from huike.analytics.runs.running import Running, close
    from huike.warehouse.files import Busy

    run = _run_of(work, asked_by)
    running = Running(work.actor, run, work.progress)
    try:
        running.carry_out()
    except Busy as error:
        close(work.actor, run, Run.State.FAILED, str(error))
        raise GivenUp(
            _("The warehouse is being loaded by another run. Try again later.")
        ) from error
    except GivenUp as error:
        close(work.actor, run, Run.State.FAILED, str(error))
        raise
    except Exception as error:
        words = _("The run broke off: %s. The scores of the last good run stand.")
        close(work.actor, run, Run.State.FAILED, words % type(error).__name__)
        raise
    return {"run": run.pk, "customers": run.customers}


def _run_of(work: JobRun, asked_by: str) -> Run:
    begun = Run.objects.filter(pk=work.state.get("run", 0), state=Run.State.RUNNING)
    found: Run | None = begun.first()
    if found is not None:
        return found
    from huike.analytics.runs.running import begin

    with change(work.actor, "analytics.run"):
        run = begin(asked_by)
        work.checkpoint({"run": run.pk})
    return run
