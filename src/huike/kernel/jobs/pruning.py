"""Throws away what finished jobs leave behind once nobody asks for it any more."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.jobs.models import Job, State
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily

KEPT = {
    State.DONE: timedelta(days=14),
    State.CANCELLED: timedelta(days=14),
    State.FAILED: timedelta(days=90),
}
CHUNK = 1000


@daily(at="04:10")
@job("jobs.prune", title=_("Tidy up old jobs"), priority=-10)
def prune(work: JobRun) -> int:
    """Delete finished jobs after two weeks, failed ones after 90 days; return how many."""
    gone = 0
    for state, kept in KEPT.items():
        old = Job.objects.filter(state=state, finished_at__lt=timezone.now() - kept)
        while keys := list(old.values_list("pk", flat=True)[:CHUNK]):
            gone += Job.objects.filter(pk__in=keys).delete()[0]
            work.progress(gone)
    return gone
