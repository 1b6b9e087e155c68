"""The tables of imports: each file, its bad rows, and what its columns were taken for."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.records.encoding import ReadableEncoder


class ImportRun(models.Model):
    """One file that somebody brings in: what was chosen, and how it went.

    All that it writes shares `group`, so that it can be undone as a whole.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("not begun")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        UNDONE = "undone", _("undone")

    recipe = models.CharField(max_length=100)
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=300, blank=True)  # empty once the file is gone
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    plan = models.JSONField(default=dict, encoder=ReadableEncoder)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    group = models.UUIDField(default=uuid.uuid4)
    job_id = models.BigIntegerField(null=True)  # that writes
    trial_id = models.BigIntegerField(null=True)  # of the last dry run
    undo_id = models.BigIntegerField(null=True)
    totals = models.JSONField(default=dict, encoder=ReadableEncoder)
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(_("who"), max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    mends = models.BigIntegerField(null=True)  # the import whose bad rows these were

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user_id", "-id"], name="import_of_user")]

    def __str__(self) -> str:
        return self.file_name


class BadRow(models.Model):
    """A row that was not taken, with the reason."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="bad_rows")
    line = models.PositiveBigIntegerField()
    cells = models.JSONField(default=list, encoder=ReadableEncoder)
    reason = models.TextField()

    class Meta:
        ordering = ["line"]
        indexes = [models.Index(fields=["run", "line"], name="bad_row_of_import")]

    def __str__(self) -> str:
        return f"{self.run} {self.line}"


class ColumnMemory(models.Model):
    """What a person took a column for the last time, per recipe; nothing stands for "left out"."""

    recipe = models.CharField(max_length=100)
    column = models.CharField(max_length=200)
    target = models.CharField(max_length=120, blank=True)
    user_id = models.BigIntegerField(default=0)  # 0: the command line
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipe", "column", "user_id"], name="one_memory_per_column"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipe}: {self.column} = {self.target}"
