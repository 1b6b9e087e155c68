"""What the office tells the rooms below that ask: about which customers a task is open."""

from __future__ import annotations

from collections.abc import Sequence

from huike.customers.pool.evidence import tell_tasks
from huike.office.models import Task


@tell_tasks
def with_open_task(parties: Sequence[int]) -> set[int]:
    """Return those of the parties about whom some task is not done."""
    rows = Task.objects.filter(party__in=parties).exclude(state=Task.State.DONE)
    return {key for key in rows.values_list("party", flat=True) if key is not None}
