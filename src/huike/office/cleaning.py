"""Makes the task to mend a customer file, for its owner, once."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.quality.cleaning import tasks_by
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.records.verbs import store
from huike.office.models import Task


def make(actor: Actor, party: Party, title: str, text: str, due_on: date) -> None:
    """Add the task; raises ValidationError where one of this name is still open."""
    require_any(actor, Task, Op.ADD)
    waiting = Task.objects.filter(party=party, title=title).exclude(state=Task.State.DONE)
    if waiting.exists():
        raise ValidationError(_("This task waits already."))
    row = Task(
        title=title,
        body=text,
        party=party,
        due_on=due_on,
        owner_id=party.owner_id,
        department_id=party.department_id,
    )
    store(actor, row, "office.cleaning_task")


def register() -> None:
    """Tell the quality of customer files who makes tasks."""
    tasks_by(make)
