"""Where each field of tasks shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.entity import Entity, Related, Section, Verb, register
from huike.office import cleaning
from huike.office.actions import finish_task, reopen_task
from huike.office.models import Task

register(
    Entity(
        model=Task,
        icon="checkbox",
        columns=("title", "party", "due_on", "priority", "state", "owner"),
        facts=("state", "due_on", "owner", "party"),
        form=(
            Section(
                _("Task"),
                ("title", "party", "due_on", "priority", "state", "owner", "department", "body"),
            ),
        ),
        quick=("title", "party", "due_on", "owner"),
        search=("title",),
        ordering="due_on",
        verbs=(
            Verb(
                "finish",
                _("Done"),
                finish_task,
                icon="check",
                in_bulk=True,
                applies=lambda task: task.state != Task.State.DONE,
            ),
            Verb(
                "reopen",
                _("Reopen"),
                reopen_task,
                icon="rotate",
                applies=lambda task: task.state == Task.State.DONE,
            ),
        ),
        views=(
            (
                _("My open tasks"),
                'filter={"all":[["owner","me"],["state","not","done"]]}&sort=due_on',
            ),
            (_("Not done"), 'filter=["state","not","done"]&sort=due_on'),
            (_("Task board"), "face=board&by=state"),
        ),
        related=(
            Related(
                "memberships",
                "marketing.campaignmember",
                "task",
                _("Campaign"),
                ("campaign", "is_treated"),
            ),
        ),
        party="party",
        menu="office",
    )
)

cleaning.register()
