"""Consents with their proof, requests of people about their data, retention rules, and views."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.files import StoredFile
from huike.kernel.records.record import Record
from huike.staff.models import Owned


class Purpose(models.TextChoices):
    """What a customer's data are used for."""

    MARKETING = "marketing", _("marketing")
    SERVICE = "service", _("service and care")
    ANALYSIS = "analysis", _("analysis and profiling")
    SHARING = "sharing", _("passing on to partners")


class Channel(models.TextChoices):
    """By which way a customer may be reached."""

    ANY = "any", _("any channel")
    MAIL = "mail", _("mail")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("phone")
    CHAT = "chat", _("WeChat")
    LETTER = "letter", _("letter")


class Consent(Record):
    """A customer's statement about one purpose and channel; of several, the newest counts."""

    class State(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class How(models.TextChoices):
        FORM = "form", _("signed form")
        COUNTER = "counter", _("in person")
        PHONE = "phone", _("by phone")
        WEB = "web", _("on the website")
        MESSAGE = "message", _("by message")
        IMPORT = "import", _("import")

    scope = Scope.through("party")
    titled_by = ("party", "purpose", "channel", "state")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="consents", verbose_name=_("customer")
    )
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=Purpose, default=Purpose.MARKETING
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.ANY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.GIVEN)
    at = models.DateTimeField(_("at"), default=timezone.now)
    how = models.CharField(_("how"), max_length=10, choices=How, default=How.COUNTER)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    text_version = models.CharField(
        _("version of the text"), max_length=50, blank=True, help_text=_("Such as 2026-05.")
    )
    wording = models.TextField(_("text that was agreed to"), blank=True)
    proof = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proof (file)"),
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["party", "purpose", "channel", "-at"], name="consent_of_party"),
            models.Index(fields=["purpose", "state", "party"], name="consent_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.get_purpose_display()} {self.get_state_display()}"

    def clean(self) -> None:
        if self.at and self.at > timezone.now() + timedelta(days=1):
            raise ValidationError({"at": _("This lies in the future.")})


class PrivacyRequest(Owned):
    """What a person asked of us about the own data, and by when it must be answered."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("access")
        EXPORT = "export", _("export (copy to take along)")
        CORRECT = "correct", _("correction")
        OBJECT = "object", _("objection")
        ERASE = "erase", _("erasure")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WORK = "work", _("in work")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    titled_by = ("number", "kind")

    number = models.CharField(_("number"), max_length=60, blank=True, db_index=True)
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="privacy_requests", verbose_name=_("customer")
    )
    kind = models.CharField(_("what is asked"), max_length=8, choices=Kind, default=Kind.ACCESS)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OPEN, editable=False
    )
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    due_on = models.DateField(
        _("due on"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Left empty, the term of the settings counts."),
    )
    identity_checked = models.BooleanField(
        _("identity checked"),
        default=False,
        help_text=_("Somebody made sure that it is this person who asks."),
    )
    text = models.TextField(_("what was asked, in words"), blank=True)
    outcome = models.TextField(_("answer"), blank=True)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    package = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("package"),
    )
    certificate = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("certificate"),
    )

    class Meta(Owned.Meta):
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        indexes = [
            models.Index(fields=["owner", "-changed_at"], name="privacy_request_of_owner"),
            models.Index(fields=["state", "due_on"], name="privacy_request_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def clean(self) -> None:
        from huike.customers.privacy.deadlines import due_after

        if self.due_on is None and self.received_on is not None:
            self.due_on = due_after(self.received_on)
        if self.due_on and self.received_on and self.due_on < self.received_on:
            raise ValidationError({"due_on": _("This lies before the day it was received.")})


class RetentionRule(Record):
    """After how long without activity records of one kind are anonymised or go to the bin."""

    class Kind(models.TextChoices):
        CUSTOMER = "customers.party", _("customers")
        CONTACT = "channels.interaction", _("interactions")

    class Act(models.TextChoices):
        ANONYMISE = "anonymise", _("anonymise")
        BIN = "bin", _("move to the bin")

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, default=Kind.CUSTOMER)
    months = models.PositiveIntegerField(
        _("months without activity"), default=36, validators=[MinValueValidator(6)]
    )
    act = models.CharField(_("what is done"), max_length=10, choices=Act, default=Act.ANONYMISE)
    is_active = models.BooleanField(
        _("in force"), default=False, help_text=_("Look at the preview before you tick this.")
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")

    def __str__(self) -> str:
        return self.name


class PrivacySetting(models.Model):
    """One row: terms, what silence means, and how long views of customers are kept."""

    class Term(models.TextChoices):
        WORKDAYS = "workdays", _("15 working days (PIPL)")
        MONTH = "month", _("one month (GDPR)")

    term = models.CharField(_("term of requests"), max_length=10, choices=Term, default="workdays")
    needs_consent = models.BooleanField(
        _("marketing only with consent"),
        default=False,
        help_text=_("Otherwise only those are left out who have withdrawn it."),
    )
    views_kept = models.PositiveIntegerField(
        _("days that views are kept"), default=180, validators=[MinValueValidator(1)]
    )

    def __str__(self) -> str:
        return str(self.get_term_display())


class PartyView(models.Model):
    """That somebody looked at a customer's file on one day, how often and by which way."""

    party_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    who = models.CharField(max_length=150)
    on = models.DateField()
    via = models.CharField(max_length=20)
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party_id", "on", "user_id", "via"], name="view_a_day")
        ]
        indexes = [models.Index(fields=["on"], name="view_by_day")]

    def __str__(self) -> str:
        return f"{self.who} {self.on}"
