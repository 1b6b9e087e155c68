"""What the quality of customer files is measured by, and what was found, today and over time."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record


class FieldWeight(Record):
    """How much one field counts in the completeness of a file, by person or organisation."""

    kind = models.CharField(_("of whom"), max_length=12, choices=Party.Kind)
    field = models.CharField(_("field"), max_length=100)  # its name; custom ones as extra.<name>
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("weight of a field")
        verbose_name_plural = _("weights of fields")

    def __str__(self) -> str:
        return f"{self.field} {self.weight}"


class QualityRule(Record):
    """What a field of a customer file must hold; files that break it are findings."""

    class Check(models.TextChoices):
        FILLED = "filled", _("must not be empty")
        PATTERN = "pattern", _("must fit a pattern")
        PHONE = "phone", _("must be a valid phone number")
        PROVINCE = "province", _("must be a known province")
        BIRTHDAY = "birthday", _("must be a plausible date of birth")
        NOT_FUTURE = "not_future", _("must not lie in the future")
        NEVER = "never", _("such files must not exist")

    name = models.CharField(_("name"), max_length=200)
    check_kind = models.CharField(_("check"), max_length=12, choices=Check, default=Check.FILLED)
    field = models.CharField(
        _("field"), max_length=100, help_text=_("The name of the field, such as phone or city.")
    )
    pattern = models.CharField(
        _("pattern"),
        max_length=200,
        blank=True,
        help_text=_("A regular expression that the whole text must fit."),
    )
    # the condition of a list, as its address holds it; empty: all customers
    only = models.JSONField(default=None, null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    remark = models.CharField(_("what to do about it"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("quality rule")
        verbose_name_plural = _("quality rules")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            wrong = _("This is no pattern: %s") % error
            raise ValidationError({"pattern": wrong}) from error


class Finding(Record):
    """A customer file that breaks a rule, as the last check found it."""

    read_only = True
    scope = Scope.through("party")
    titled_by = ("rule", "party")
    title_joins = ("rule", "party")

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="findings", verbose_name=_("customer")
    )
    rule = models.ForeignKey(
        QualityRule, models.CASCADE, related_name="findings", verbose_name=_("rule")
    )
    since = models.DateField(_("since"), default=timezone.localdate)

    class Meta(Record.Meta):
        verbose_name = _("finding in a file")
        verbose_name_plural = _("findings in files")

    def __str__(self) -> str:
        return f"{self.rule}: {self.party}"


class QualityDay(Record):
    """How good the files of a department were on one day: the history behind the chart."""

    read_only = True

    on = models.DateField(_("day"), db_index=True)
    department = models.ForeignKey(
        "staff.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    files = models.PositiveIntegerField(_("files"), default=0)
    completeness = models.DecimalField(
        _("completeness (mean)"), max_digits=5, decimal_places=2, default=0
    )
    findings = models.PositiveIntegerField(_("findings"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("quality of files by day")
        verbose_name_plural = _("quality of files by day")
        indexes = [models.Index(fields=["department", "on"], name="quality_of_department")]

    def __str__(self) -> str:
        return f"{self.on} {self.department or ''}"
