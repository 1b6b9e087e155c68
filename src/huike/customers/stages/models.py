"""A person's word against the rule, with reason and end, and the history of relation and stage."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huike.customers.models import Party
from huike.customers.stages.words import Relation, Stage
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record


class StageOverride(Record):
    """Until a day, a customer's relation or stage is what a person says, not what the rule says."""

    scope = Scope.through("party")
    titled_by = ("party", "relation", "stage")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="stage_overrides", verbose_name=_("customer")
    )
    relation = models.CharField(
        _("relation"),
        max_length=14,
        choices=Relation,
        blank=True,
        help_text=_("Empty: as the rule says."),
    )
    stage = models.CharField(
        _("stage"),
        max_length=14,
        choices=Stage,
        blank=True,
        help_text=_("Empty: as the rule says."),
    )
    remark = models.CharField(_("reason"), max_length=300)
    until = models.DateField(
        _("until"), help_text=_("The last day on which it holds; then the rule holds again.")
    )

    class Meta(Record.Meta):
        verbose_name = _("stage set by hand")
        verbose_name_plural = _("stages set by hand")
        indexes = [models.Index(fields=["until"], name="stage_override_until")]

    def __str__(self) -> str:
        return self.remark

    def clean(self) -> None:
        if not self.relation and not self.stage:
            raise ValidationError(_("Choose a relation or a stage."))


class StageChange(Record):
    """A customer's relation or stage changed: from what to what, when, by rule or by whom."""

    class What(models.TextChoices):
        RELATION = "relation", _("relation")
        STAGE = "stage", _("stage")

    read_only = True
    scope = Scope.through("party")
    titled_by = ("party", "what")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party,
        models.CASCADE,
        related_name="stage_changes",
        verbose_name=_("customer"),
        editable=False,
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    what = models.CharField(_("what"), max_length=8, choices=What, editable=False)
    before = models.CharField(
        pgettext_lazy("stage", "before"), max_length=14, blank=True, editable=False
    )
    after = models.CharField(
        pgettext_lazy("stage", "after"), max_length=14, blank=True, editable=False
    )
    by_rule = models.BooleanField(_("by rule"), default=True, editable=False)
    by = models.CharField(_("by whom"), max_length=150, blank=True, editable=False)
    note = models.CharField(
        pgettext_lazy("owner", "note"), max_length=300, blank=True, editable=False
    )

    class Meta(Record.Meta):
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        indexes = [models.Index(fields=["party", "-at"], name="stage_change_of_party")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
