"""How far a rebuilding of the index has come; the index itself is no Django table."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Rebuild(models.Model):
    """One rebuilding of one record's part of the index, so that it can go on where it stopped."""

    record = models.CharField(max_length=100, unique=True)
    last_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.record
