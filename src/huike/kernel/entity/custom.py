"""Custom fields: what an administrator adds to any kind of record, without a programmer."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Present(models.Manager["CustomField"]):
    """The fields that were not removed."""

    def get_queryset(self) -> models.QuerySet[CustomField]:
        return super().get_queryset().filter(removed_at=None)


class CustomField(models.Model):
    """A field added to one kind of record; its values lie in the records' `extra`."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        CHOICES = "choices", _("Several choices")
        YES_NO = "yes_no", _("Yes or no")
        LINK = "link", _("Link to a record")
        FILE = "file", _("File")
        COMPUTED = "computed", _("Worked out by a formula")
        ROLLUP = "rollup", _("Sum over related records")

    class Result(models.TextChoices):
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        TEXT = "text", _("Text")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")

    undoable_setup = True
    record = models.CharField(_("record"), max_length=100)
    name = models.CharField(
        _("name in files and API"),
        max_length=50,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*$",
                _(
                    "Use small letters, digits and _, beginning with a letter,"
                    " for example car_plate."
                ),
            )
        ],
    )
    label = models.CharField(_("label"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True)  # of texts
    target = models.CharField(_("links to"), max_length=100, blank=True)  # a record's label
    required = models.BooleanField(_("required"), default=False)
    unique = models.BooleanField(_("no two records alike"), default=False)
    default = models.CharField(_("default"), max_length=200, blank=True)
    help = models.CharField(_("help"), max_length=300, blank=True)
    formula = models.CharField(_("formula"), max_length=500, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    rollup = models.JSONField(_("sum over related records"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    removed_at = models.DateTimeField(null=True, editable=False)  # its values stay in the records

    everything = models.Manager["CustomField"]()
    objects = Present()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ["record", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "name"],
                name="custom_field_name",
                violation_error_message=_("There is a field of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def take_back(self) -> None:
        """Undo its making: the next save takes it off every surface."""
        self.removed_at = timezone.now()

    @property
    def is_worked_out(self) -> bool:
        """Whether the database works its values out, so that no record holds any."""
        return self.kind in {self.Kind.COMPUTED, self.Kind.ROLLUP}

    def clean(self) -> None:
        if self.kind in {self.Kind.CHOICE, self.Kind.CHOICES} and not self.choices:
            raise ValidationError({"choices": _("Write at least one choice.")})
        if self.kind == self.Kind.LINK and not self.target:
            raise ValidationError({"target": _("Say what it links to.")})
