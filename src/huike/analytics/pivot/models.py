"""A pivot that somebody keeps, the mails in which it goes out, and what was sent."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.analytics.pivot.kind import DefinitionField
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record
from huike.staff.models import Owned


class Pivot(Owned):
    """A saved table of figures; each reader sees in it the figures of own rows."""

    scope = Scope("owner", "department", shared="is_shared")

    name = models.CharField(_("name"), max_length=100)
    about = models.CharField(_("remarks"), max_length=300, blank=True)
    definition = DefinitionField(
        _("what it shows"),
        blank=True,
        help_text=_("As the page of pivots writes it; revenue by month if empty."),
    )
    is_shared = models.BooleanField(
        _("for everybody"),
        default=False,
        help_text=_("Everybody who may see pivots may open it; each sees own figures."),
    )

    class Meta(Owned.Meta):
        verbose_name = _("pivot")
        verbose_name_plural = _("pivots")
        indexes = [models.Index(fields=["is_shared"], name="pivot_shared")]

    def __str__(self) -> str:
        return self.name


class Mailing(Owned):
    """A saved pivot that goes out by mail on certain days; each recipient gets own figures."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")

    class Weekday(models.TextChoices):
        MONDAY = "0", _("Monday")
        TUESDAY = "1", _("Tuesday")
        WEDNESDAY = "2", _("Wednesday")
        THURSDAY = "3", _("Thursday")
        FRIDAY = "4", _("Friday")
        SATURDAY = "5", _("Saturday")
        SUNDAY = "6", _("Sunday")

    name = models.CharField(_("name"), max_length=100)
    pivot = models.ForeignKey(
        Pivot, models.CASCADE, related_name="mailings", verbose_name=_("pivot")
    )
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm, default=Rhythm.WEEKLY)
    weekday = models.CharField(
        _("day of the week"), max_length=1, choices=Weekday, default=Weekday.MONDAY,
        help_text=_("Of weekly mails."),
    )  # fmt: skip
    day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("Of monthly mails: 1 to 28."),
    )
    hour = models.PositiveSmallIntegerField(
        _("at this hour"), default=8, validators=[MaxValueValidator(23)]
    )
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("recipients"),
        help_text=_("Each gets the figures of own rows by own rights, at the mail address of the"
                    " account."),
    )  # fmt: skip
    is_on = models.BooleanField(_("switched on"), default=True)

    class Meta(Owned.Meta):
        verbose_name = _("mailing of a pivot")
        verbose_name_plural = _("mailings of pivots")

    def __str__(self) -> str:
        return self.name


class Sent(Record):
    """One mail to one recipient for one due moment: written before it goes out, so never twice."""

    class State(models.TextChoices):
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not accepted")
        SKIPPED = "skipped", _("left out")
        UNSURE = "unsure", _("unknown whether it arrived")

    read_only = True
    scope = Scope.through("mailing")
    titled_by = ("mailing", "due_at")
    title_joins = ("mailing",)

    mailing = models.ForeignKey(
        Mailing, models.CASCADE, related_name="sent", verbose_name=_("mailing"), editable=False
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recipient"),
        editable=False,
    )  # fmt: skip
    due_at = models.DateTimeField(_("due at"), editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.SENDING, editable=False
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    problem = models.CharField(_("problem"), max_length=300, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("sent mail of a pivot")
        verbose_name_plural = _("sent mails of pivots")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "recipient", "due_at"], name="one_mail_per_due_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.due_at:%Y-%m-%d}"
