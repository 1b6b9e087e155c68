"""The nightly job that takes neglected customers back to the pool, undone as one change."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.customers.pool.models import OwnerChange
from huike.customers.pool.standing import CHUNK, held, near, rules_in_force, verdicts
from huike.customers.pool.trail import Reason, because
from huike.customers.pool.verdict import Rule, Verdict
from huike.kernel.change.work import change
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import edit_all

ACTION = "customers.recycle"


@daily("04:10")
@job(ACTION, title=_("Take neglected customers back to the pool"), priority=-5)
def recycle(work: JobRun) -> dict[str, Any]:
    """Take back whom the rules in force take, chunk by chunk, all in one group of changes."""
    rules, today = rules_in_force(), timezone.localdate()
    kept = work.state or {"last": 0, "taken": 0, "group": str(uuid.uuid4())}
    group = uuid.UUID(kept["group"])
    while keys := _next(rules, today, kept["last"]):
        with change(work.actor, ACTION, group=group):
            taken = take(rules, keys, today)
            kept = {**kept, "last": keys[-1], "taken": kept["taken"] + len(taken)}
            work.checkpoint(kept)
        work.progress(kept["taken"])
    return {"taken": kept["taken"], "group": str(group) if kept["taken"] else ""}


def _next(rules: Sequence[Rule], today: date, last: int) -> list[int]:
    condition = near(rules, today, warned=False)
    if condition is None:
        return []
    rows = held().filter(condition, pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:CHUNK])


def take(rules: Sequence[Rule], keys: Sequence[int], today: date) -> list[Verdict]:
    """Take those of the customers that are due back, inside the current change.

    They are locked and judged again here: a contact written down in the meantime counts.
    """
    locked = list(
        held().filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    due = [v for v in verdicts(rules, held().filter(pk__in=locked)) if v.due_on <= today]
    reasons: dict[Reason, list[int]] = defaultdict(list)
    for verdict in due:
        days = (today - verdict.case.clock).days
        reason = Reason(OwnerChange.Why.RECYCLED, verdict.rule.name, days)
        reasons[reason].append(verdict.case.party)
    for reason, parties in reasons.items():
        because(parties, reason)
    edit_all(Party.objects.filter(pk__in=[v.case.party for v in due]), {"owner": None})
    return due
