"""What a dossier keeps besides what it is made of: closed volumes, paper originals, loans."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.files import StoredFile
from huike.kernel.records.record import Record


class Volume(Record):
    """A year of a customer's dossier, closed: the document as it was printed then (年度卷)."""

    read_only = True
    scope = Scope.through("party")
    titled_by = ("party", "year")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party, models.PROTECT, related_name="volumes", verbose_name=_("customer")
    )
    year = models.PositiveSmallIntegerField(_("year"), db_index=True)
    closed_at = models.DateTimeField(_("closed at"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    pages = models.PositiveIntegerField(_("pages"), default=0)
    digest = models.CharField(_("digest (SHA-256)"), max_length=64, blank=True)
    # no field of the entity: the document is opened by actions.read_volume, which asks more
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, editable=False, related_name="+"
    )
    holds = models.JSONField(default=dict, editable=False)  # what one must be able to read

    class Meta(Record.Meta):
        verbose_name = _("yearly volume")
        verbose_name_plural = _("yearly volumes")
        indexes = [models.Index(fields=["party", "-year"], name="volume_of_party")]

    def __str__(self) -> str:
        return str(self.year)


class DossierOriginal(Record):
    """A paper original of a customer's dossier: what it is, and where it lies (原件)."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("contract")
        LICENCE = "licence", _("licence or identity copy")
        INVOICE = "invoice", _("invoice or receipt")
        REPORT = "report", _("visit or survey report")
        CLAIM = "claim", _("return or compensation papers")
        LETTER = "letter", _("letter")
        OTHER = "other", _("other")

    class Part(models.TextChoices):
        BACKGROUND = "1", _("1 background and visits")
        CREDIT = "2", _("2 purchase, credit, payment")
        TRADE = "3", _("3 transactions")
        RETURNS = "4", _("4 returns, compensation, discounts")

    scope = Scope.through("party")
    titled_by = ("name", "number")

    party = models.ForeignKey(
        Party, models.PROTECT, related_name="originals", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=200)
    number = models.CharField(_("register number"), max_length=60, blank=True, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CONTRACT)
    part = models.CharField(
        _("part of the dossier"), max_length=1, choices=Part, default=Part.TRADE
    )
    dated = models.DateField(_("dated"), null=True, blank=True)
    sheets = models.PositiveIntegerField(_("sheets"), null=True, blank=True)
    place = models.CharField(
        _("where it lies"),
        max_length=200,
        help_text=_("Room, cabinet, shelf, folder: so that another finds it."),
    )
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan")
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("paper original")
        verbose_name_plural = _("paper originals")

    def __str__(self) -> str:
        return self.name


class Loan(Record):
    """An original is lent: to whom, since when, until when, and when it came back."""

    scope = Scope("original__party__owner", "original__party__department", "original")
    titled_by = ("original", "borrower", "outside")
    title_joins = ("original", "borrower")

    original = models.ForeignKey(
        DossierOriginal, models.PROTECT, related_name="loans", verbose_name=_("original")
    )
    borrower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lent to"),
    )
    outside = models.CharField(
        _("lent to somebody outside"),
        max_length=100,
        blank=True,
        help_text=_("Name and firm of a borrower who is not one of us."),
    )
    purpose = models.CharField(_("what for"), max_length=200, blank=True)
    lent_on = models.DateField(_("lent on"), default=timezone.localdate)
    due_on = models.DateField(_("due on"), db_index=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True, db_index=True)
    condition = models.CharField(_("condition on return"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("loan of an original")
        verbose_name_plural = _("loans of originals")
        constraints = [
            models.UniqueConstraint(
                fields=["original"],
                condition=models.Q(returned_on=None, binned_at=None),
                name="loan_of_one_original",
                violation_error_message=_("This original is lent already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.original} → {self.borrower or self.outside}"

    def clean(self) -> None:
        if self.borrower_id is None and not self.outside.strip():
            raise ValidationError({"borrower": _("Say who borrows it.")})
        if self.due_on and self.lent_on and self.due_on < self.lent_on:
            raise ValidationError({"due_on": _("It can't be due before it is lent.")})
        if self.returned_on and self.lent_on and self.returned_on < self.lent_on:
            raise ValidationError({"returned_on": _("It can't come back before it is lent.")})
