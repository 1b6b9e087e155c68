"""Which packs are in use, what each of them brought, and who did what with them when."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppliedPack(models.Model):
    """A pack that is in use, with the version that was applied last."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    version = models.PositiveIntegerField(_("version"))
    with_sample = models.BooleanField(_("with sample data"), default=False)
    applied_at = models.DateTimeField(_("applied at"), default=timezone.now)
    applied_by = models.CharField(_("applied by"), max_length=150)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PackItem(models.Model):
    """One thing that a pack brought: which row it is, and what it looked like then.

    `brought` is false for what was there before, so that taking back leaves it alone.
    """

    pack = models.ForeignKey(AppliedPack, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    row_id = models.BigIntegerField()
    brought = models.BooleanField(default=True)
    held = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "kind", "key"], name="one_item_of_a_pack")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PackEvent(models.Model):
    """Something that was done with a pack: applied, renewed or taken back."""

    class What(models.TextChoices):
        APPLIED = "applied", _("applied")
        RENEWED = "renewed", _("renewed")
        REMOVED = "removed", _("taken back")

    name = models.CharField(max_length=50)
    what = models.CharField(max_length=10, choices=What)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    who = models.CharField(max_length=150)
    group = models.UUIDField(null=True)
    told = models.JSONField(default=dict)  # {made, changed, kept, removed}: how many

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.what}"
