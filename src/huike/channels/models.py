"""Interactions: every contact on any channel, one row of the timeline each."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Reveal, Scope
from huike.kernel.files import StoredFile
from huike.kernel.records.record import Record


class Interaction(Record):
    """One contact with a party, or a note about any record: a row of the timeline."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        MAIL = "mail", _("mail")
        SMS = "sms", _("SMS")
        CHAT = "chat", _("chat")
        LETTER = "letter", _("letter")
        MEETING = "meeting", _("meeting")
        FILE = "file", _("file")

    class Direction(models.TextChoices):
        IN = "in", _("from the customer")
        OUT = "out", _("to the customer")

    scope = Scope(
        "party__owner",
        "party__department",
        "party",
        # a greeting that hangs on an occasion is one for a birthday: it tells the day
        reveals=tuple(
            Reveal("customers.party", name, models.Q(record="customers.occasion"))
            for name in ("birthday", "lunar_birthday")
        ),
    )
    titled_by = ("subject", "body", "kind")

    party = models.ForeignKey(
        Party,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("customer"),
    )
    record = models.CharField(max_length=100, blank=True, editable=False)  # what else it is about
    record_id = models.BigIntegerField(null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.NOTE)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("mentioned")
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    sealed = models.JSONField(default=list, editable=False)  # names of the fields that are sealed

    class Meta(Record.Meta):
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes = [
            models.Index(fields=["party", "-at", "-id"], name="interaction_of_party"),
            models.Index(fields=["record", "record_id", "-at"], name="interaction_of_record"),
            models.Index(  # what is to be followed up stands on everybody's first page
                fields=["author", "follow_up_on"],
                name="interaction_to_follow_up",
                condition=models.Q(follow_up_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or (self.body[:40] if self.body else str(self.get_kind_display()))

    def called(self, text: Callable[[str], str]) -> str:
        """Be called by the subject, the beginning of the text, or the kind: the first there is."""
        return text("subject") or text("body")[:40] or text("kind")


class Notice(models.Model):
    """Somebody was mentioned: shown to that person until it was read."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="notices")
    who = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["user", "read_at", "-at"], name="notice_of_user")]

    def __str__(self) -> str:
        return f"{self.who} → {self.user_id}"
