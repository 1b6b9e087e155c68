"""The tables of background work: each job asked for, and when each schedule last fired."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


LIVE = (State.WAITING, State.RUNNING)


class Job(models.Model):
    """One piece of background work.

    Whoever runs it holds a lease and the current `token`. Each claim raises the token, so a worker
    that lost its lease can no longer write anything in this job's name.
    """

    name = models.CharField(max_length=100)  # "room.verb" of the registered function
    queue = models.CharField(max_length=30, default="default")
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001  (null: as many as you like)
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    priority = models.IntegerField(default=0)  # the higher, the sooner
    run_at = models.DateTimeField(default=timezone.now)

    user_id = models.BigIntegerField(null=True)  # none: the product itself
    actor = models.CharField(_("who"), max_length=150)
    language = models.CharField(max_length=10, default="zh-hans")  # of the words it leaves

    attempts = models.PositiveIntegerField(default=0)  # ended by an error of the job's own
    max_attempts = models.PositiveIntegerField(default=1)
    losses = models.PositiveIntegerField(default=0)  # ended by a dead process or database
    token = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    knocked = models.BooleanField(default=False)  # its lease ran out and another worker has asked
    cancel_asked = models.BooleanField(default=False)

    saved = models.JSONField(default=dict)  # what `JobRun.checkpoint` keeps
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)  # in words for the person who asked
    traceback = models.TextField(blank=True)  # for the administrator

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_live_job_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-priority", "run_at", "id"], name="job_due"),
            models.Index(fields=["user_id", "-id"], name="job_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk} ({self.state})"


class Schedule(models.Model):
    """The newest tick of a schedule for which a job was queued."""

    name = models.CharField(max_length=100, unique=True)
    last_fired_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.last_fired_at:%Y-%m-%d %H:%M}"
