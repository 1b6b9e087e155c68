"""Layouts, which one a person has chosen, and the rules of fields."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.access.models import Role


class Present(models.Manager["Layout"]):
    """The layouts that were not removed."""

    def get_queryset(self) -> models.QuerySet[Layout]:
        return super().get_queryset().filter(removed_at=None)


class Layout(models.Model):
    """Sections and fields of one kind of record, for everybody, for a role or for one person.

    `sections` is a list of {title, fields, columns, collapsed, when}; `hidden` names those that
    it leaves out on purpose. `when` is a filter over the record's own fields, or empty.
    """

    class Audience(models.TextChoices):
        ALL = "all", _("Everyone")
        ROLE = "role", _("One role")
        PERSONAL = "personal", _("Only me")

    undoable_setup = True
    record = models.CharField(_("record"), max_length=100)
    name = models.CharField(_("name"), max_length=100)
    audience = models.CharField(
        _("for whom"), max_length=10, choices=Audience, default=Audience.ALL
    )
    role = models.ForeignKey(
        Role, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("role")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    when = models.JSONField(_("only when"), null=True, blank=True)
    sections = models.JSONField(_("sections"), default=list, blank=True)
    hidden = models.JSONField(_("not shown"), default=list, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    everything = models.Manager["Layout"]()
    objects = Present()

    class Meta:
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")
        ordering = ["record", "position", "pk"]
        indexes = [models.Index(fields=["record"], name="layout_of_record")]

    def __str__(self) -> str:
        return self.name

    def take_back(self) -> None:
        """Undo its making: the next save takes it off every page."""
        self.removed_at = timezone.now()

    def clean(self) -> None:
        if self.audience == self.Audience.ROLE and self.role_id is None:
            raise ValidationError({"role": _("Choose the role.")})
        if self.audience == self.Audience.PERSONAL and self.user_id is None:
            raise ValidationError({"audience": _("Nobody is named.")})


class LayoutChoice(models.Model):
    """The layout that a person has chosen for one kind of record; none: as the product has it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    record = models.CharField(max_length=100)
    layout = models.ForeignKey(Layout, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "record"], name="one_layout_choice")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.record}"


class FieldRule(models.Model):
    """When a field shows, and when it must be filled: filters over the record's own fields.

    `shown` empty: always. `required` empty: as the field itself says; true: always.
    """

    undoable_setup = True
    record = models.CharField(_("record"), max_length=100)
    field = models.CharField(_("field"), max_length=100)
    shown = models.JSONField(_("shows when"), null=True, blank=True)
    required = models.JSONField(_("must be filled when"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("rule of a field")
        verbose_name_plural = _("rules of fields")
        ordering = ["record", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "field"], name="one_rule_a_field")]

    def __str__(self) -> str:
        return f"{self.record}.{self.field}"

    def take_back(self) -> None:
        """Undo its making."""
        self.removed_at = timezone.now()
