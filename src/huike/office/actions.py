"""What people do with tasks."""

from __future__ import annotations

from django.utils import timezone

from huike.kernel.actor import Actor, Op
from huike.kernel.records.action import action
from huike.office.models import Task


@action("office.finish_task", needs=Op.EDIT)
def finish_task(actor: Actor, task: Task) -> Task:
    """Mark a task as done now."""
    task.state = Task.State.DONE
    task.done_at = timezone.now()
    task.save()
    return task


@action("office.reopen_task", needs=Op.EDIT)
def reopen_task(actor: Actor, task: Task) -> Task:
    """Take a task up again."""
    task.state = Task.State.OPEN
    task.done_at = None
    task.save()
    return task
