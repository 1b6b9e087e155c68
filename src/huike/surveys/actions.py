"""What is done about an answer: the customer's owner is to speak with who is not satisfied."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op
from huike.kernel.records.action import action
from huike.office.models import Task
from huike.surveys.models import Answer

DAYS = 3  # within which an unhappy customer is called


def wants_task(answer: Answer) -> bool:
    """Tell whether nobody has been told of it yet (a binned task is as good as none)."""
    return answer.task is None or answer.task.binned_at is not None


@action("surveys.make_task", needs=Op.EDIT)
def make_task(actor: Actor, answer: Answer) -> Answer:
    """Give the customer's owner, or the actor where there is none, a task about the answer."""
    if not wants_task(answer):
        raise ValidationError(_("There is a task about this answer already."))
    party = answer.party
    kept = party.owner is not None and party.owner.is_active
    task = Task(
        title=_("Speak with the customer about the answer: %(answer)s") % {"answer": answer},
        body=answer.body,
        party=party,
        due_on=timezone.localdate() + timedelta(days=DAYS),
        owner_id=party.owner_id if kept else actor.user_id,
        department_id=party.department_id if kept else actor.department_id,
    )
    task.save()
    answer.task = task
    answer.save()
    return answer
