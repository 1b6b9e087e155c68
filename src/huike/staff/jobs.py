"""Tells background jobs who works for whom, and declares the jobs of set-up."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from huike.kernel.actor import Actor
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change
from huike.kernel.entity import choices  # noqa: F401  (its job)
from huike.kernel.jobs import actors
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.staff import leaving
from huike.staff.models import User
from huike.staff.rights.acting import actor_of

MOST = 20


@actors.register
def actor_for_job(user_id: int) -> Actor | None:
    """Return the actor with the rights of this moment, or None for one who may not sign in."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return actor_of(user, via="job") if user else None


@job("staff.check_journal", title=_("Check the journal's chain"))
def check_journal(work: JobRun) -> dict[str, Any]:
    """Walk the whole chain of the journal and keep what does not hold."""
    total = Change.objects.count()
    work.progress(0, total)
    found = list(islice(broken_links(lambda done: work.progress(done, total)), MOST))
    return {"changes": total, "broken": found}


@job("staff.hand_over", title=_("Hand over what a person answers for"))
def hand_over(work: JobRun, person: int, plan: str, note: str) -> dict[str, Any]:
    """Hand over chunk by chunk; killed, it goes on after the last one."""
    leaver, parts = User.objects.get(pk=person), leaving.from_json(plan)
    done = leaving.HandedOver(**work.state) if work.state else None

    def kept(so_far: leaving.HandedOver) -> None:
        work.checkpoint(asdict(so_far))
        work.progress(so_far.changed + so_far.refused)

    return asdict(leaving.hand_over(work.actor, leaver, parts, note, done=done, after_chunk=kept))
