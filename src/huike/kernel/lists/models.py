"""What people keep about lists: saved views, pinned records, and what they opened lately."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named state of a list: its query string is the view."""

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only me")
        DEPARTMENT = "department", _("My department")
        ALL = "all", _("Everyone")

    entity = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=100)
    query = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    sharing = models.CharField(
        _("shared with"), max_length=10, choices=Sharing, default=Sharing.PRIVATE
    )
    department_id = models.BigIntegerField(null=True)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-is_pinned", "position", "pk"]
        indexes = [models.Index(fields=["entity"], name="view_of_entity")]

    def __str__(self) -> str:
        return self.name


class Pin(models.Model):
    """A record that a person wants at hand."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    record = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "record", "record_id"], name="one_pin")
        ]

    def __str__(self) -> str:
        return f"{self.record}#{self.record_id}"


class Visit(models.Model):
    """A record that a person opened: when last, and how often."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    record = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    last_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "record", "record_id"], name="one_visit_row")
        ]
        indexes = [models.Index(fields=["user", "-last_at"], name="visit_recent")]

    def __str__(self) -> str:
        return f"{self.record}#{self.record_id}"
