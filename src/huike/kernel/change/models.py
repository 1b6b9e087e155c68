"""The journal's tables: one row per change, one entry per record touched, one head of the chain."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.kernel.records.encoding import ReadableEncoder

SYSTEM = {  # what the product is called where it acts by itself
    "analytics": _("Analysis"),
    "command line": _("Command line"),
    "demo": _("Demo data"),
    "duplicates": _("Duplicate search"),
    "schedule": _("Schedule"),
}
REDACTED = "\u2588\u2588\u2588"  # in place of a value that was sealed or erased


class Change(models.Model):
    """One thing somebody did: an action with all the records it touched.

    Changes of one long piece of work (an import, a bulk edit) share a `group`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    group = models.UUIDField(db_index=True)
    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.CharField(_("who"), max_length=150)
    user_id = models.BigIntegerField(null=True, db_index=True)
    via = models.CharField(max_length=20)
    action = models.CharField(_("action"), max_length=100, db_index=True)
    undoes = models.UUIDField(null=True, db_index=True)  # the group that this change takes back
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.actor} {self.action}"

    @property
    def who(self) -> str:
        """Who did it, as readers are told: a person by name, the product in words."""
        return str(SYSTEM.get(self.actor, self.actor)) if self.user_id is None else self.actor


class Entry(models.Model):
    """What a change did to one record; `fields` maps each field to [before, after]."""

    class Kind(models.TextChoices):
        CREATE = "create", _("created")
        EDIT = "edit", _("edited")
        BIN = "bin", _("moved to bin")
        RESTORE = "restore", _("restored")
        PURGE = "purge", _("deleted for good")
        VIEW = "view", _("viewed")
        EXPORT = "export", _("exported")
        SIGN_IN = "sign_in", _("signed in")
        REFUSED = "refused", _("was refused")
        REDACT = "redact", _("covered in the journal")

    change = models.ForeignKey(Change, models.PROTECT, related_name="entries")
    record = models.CharField(max_length=100)
    record_id = models.BigIntegerField(null=True)  # none for an export: its fields tell what
    kind = models.CharField(max_length=10, choices=Kind)
    version = models.IntegerField(default=0)  # the record's version after the change
    fields = models.JSONField(default=dict, encoder=ReadableEncoder)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["record", "record_id", "-id"], name="entry_of_record"),
            models.Index(
                fields=["kind", "-change"],
                name="entry_of_rare_kind",
                condition=models.Q(kind__in=["purge", "view", "export", "sign_in", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}#{self.record_id}"


class Head(models.Model):
    """The newest digest of the chain: one row, locked while a change is sealed."""

    digest = models.CharField(max_length=64, default="")
    count = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.digest[:12]
