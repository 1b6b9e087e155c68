"""Tasks: what somebody is to do, by when, and for which customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.staff.models import Owned


class Task(Owned):
    """Something that one person is to do."""

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        DOING = "doing", _("doing")
        DONE = "done", _("done")

    class Priority(models.TextChoices):
        HIGH = "high", _("high")
        NORMAL = "normal", _("normal")
        LOW = "low", _("low")

    title = models.CharField(_("title"), max_length=200)
    party = models.ForeignKey(
        Party,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("customer"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    priority = models.CharField(
        _("priority"), max_length=8, choices=Priority, default=Priority.NORMAL
    )
    body = models.TextField(_("text"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [models.Index(fields=["owner", "state", "due_on"], name="task_of_owner")]

    def __str__(self) -> str:
        return self.title
