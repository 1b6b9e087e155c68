"""Hands a campaign's tasks out to the owners of its treated customers, each once."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from huike.kernel.records.bulk import create_all
from huike.marketing.models import Campaign, CampaignMember
from huike.office.models import Task

CHUNK = 500


def waiting(campaign: Campaign) -> QuerySet[CampaignMember]:
    """Return the treated customers for whom there is no task (outside the bin) yet."""
    rows: QuerySet[CampaignMember] = CampaignMember.objects.filter(
        campaign=campaign, is_treated=True, party__binned_at=None
    )
    return rows.filter(Q(task=None) | Q(task__binned_at__isnull=False))


def hand_out(campaign: Campaign, after: int = 0) -> list[int]:
    """Make the tasks of the next CHUNK treated customers inside the current change.

    Returns the keys of these members; `after` is the key of the last one before them.

    A member that has its task is not chosen again, and task and member are written together: killed
    at any point and begun again, nobody gets two.
    """
    found = waiting(campaign).filter(pk__gt=after).select_related("party__owner").order_by("pk")
    chosen = list(found.select_for_update(of=("self",))[:CHUNK])
    tasks = create_all([_task(campaign, member) for member in chosen])
    for member, task in zip(chosen, tasks, strict=True):
        member.task_id = task.pk
    CampaignMember.everything.unjournaled_save(chosen, ["task"])
    return [member.pk for member in chosen]


def _task(campaign: Campaign, member: CampaignMember) -> Task:
    """Return the task for a customer's owner; without one, or gone, for the campaign's owner."""
    party = member.party
    keeper = party if party.owner is not None and party.owner.is_active else campaign
    return Task(
        title=campaign.task_title,
        body=campaign.task_text,
        party=party,
        due_on=timezone.localdate() + timedelta(days=campaign.task_days),
        owner_id=keeper.owner_id,
        department_id=keeper.department_id,
    )
