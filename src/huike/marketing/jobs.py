"""What marketing does in the background: many tasks, and the nightly count of segments."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from huike.kernel.change.work import change
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.marketing.handing import hand_out, waiting
from huike.marketing.models import Campaign, Segment
from huike.marketing.segments import count_now


@job("marketing.hand_out", title=_("Hand out a campaign's tasks"))
def hand_out_all(work: JobRun, campaign: int, group: str) -> dict[str, Any]:
    """Make the tasks chunk by chunk; killed, it goes on with those who have none yet."""
    made, last = int(work.state.get("made", 0)), int(work.state.get("last", 0))
    total = made + waiting(Campaign.everything.get(pk=campaign)).count()
    while True:
        with change(work.actor, "marketing.start", group=uuid.UUID(group)):
            row = Campaign.objects.select_for_update().filter(pk=campaign).first()
            if row is None or row.state != Campaign.State.RUNNING:
                break  # ended or taken back in the meantime
            done = hand_out(row, last)
            made, last = made + len(done), max([last, *done])
            work.checkpoint({"made": made, "last": last})
        work.progress(made, total)
        if not done:
            break
    return {"campaign": campaign, "tasks": made}


@daily("04:40")
@job("marketing.size_segments", title=_("Count the segments"))
def size_segments(work: JobRun) -> dict[str, Any]:
    """Count every segment anew, as its owner sees it."""
    rows = list(Segment.objects.order_by("pk"))
    for number, segment in enumerate(rows, 1):
        with change(work.actor, "marketing.size_segments"):
            count_now(segment)
            Segment.everything.unjournaled_save([segment], ["size", "sized_at"])
        work.progress(number, len(rows))
    return {"segments": len(rows)}
