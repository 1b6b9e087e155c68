"""Roles, what they are granted, and which fields they may not see in full."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.kernel.actor import FieldRight, Op, Reach


class Role(models.Model):
    """A set of grants that people are given."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    networks = models.CharField(
        _("only from these networks"),
        max_length=500,
        blank=True,
        help_text=_("Addresses such as 192.168.1.0/24, with commas between; empty: anywhere."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A role may do `op` to records of one kind, as far as `reach`."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="grants")
    record = models.CharField(_("record"), max_length=100)
    op = models.CharField(_("operation"), max_length=10, choices=Op)
    reach = models.CharField(_("scope"), max_length=10, choices=Reach)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "record", "op"], name="one_grant_per_operation")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.op} {self.record} ({self.reach})"


class FieldLimit(models.Model):
    """A role has less than full rights to one field."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="field_limits")
    record = models.CharField(_("record"), max_length=100)
    field = models.CharField(_("field"), max_length=100)
    right = models.CharField(_("right"), max_length=10, choices=FieldRight)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "record", "field"], name="one_limit_per_field")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.record}.{self.field} {self.right}"
