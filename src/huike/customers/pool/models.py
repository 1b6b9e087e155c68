"""Rules of the public pool, limits of claiming, and the trail of who had a customer when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huike.customers.models import Category, Party
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Active, Record
from huike.staff.models import Department

MONTH = 30  # at most one month between contacts: what a new rule allows until somebody changes it


class PoolRule(Record):
    """How long customers of one tier or category may be neglected; the first that fits counts."""

    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(
        _("position"), default=10, help_text=_("The first rule that fits a customer counts.")
    )
    is_active = models.BooleanField(_("in force"), default=False)
    level = models.CharField(
        _("customer tier"),
        max_length=10,
        choices=Party.Level,
        blank=True,
        help_text=_("Empty: all tiers."),
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("This category and those below it; empty: all."),
    )
    is_exempt = models.BooleanField(
        _("never to the pool"),
        default=False,
        help_text=_("Customers whom this rule fits stay with their owners, whatever happens."),
    )
    days = models.PositiveIntegerField(
        _("days without contact"), default=MONTH, validators=[MinValueValidator(1)]
    )
    order_days = models.PositiveIntegerField(
        _("and days without order"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: orders don't matter."),
    )
    spares_tasks = models.BooleanField(
        _("not while a task is open"), default=True, help_text=_("A task about the customer.")
    )
    warn_days = models.PositiveIntegerField(_("warn so many days before"), default=7)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("pool rule")
        verbose_name_plural = _("pool rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class ClaimLimit(Record):
    """How much a person may take from the pool; the nearest department upwards counts.

    Of several for one department the newest counts.
    """

    titled_by = ("department", "remark")
    title_joins = ("department",)

    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("With those below it; empty: the whole firm."),
    )
    per_day = models.PositiveIntegerField(
        _("claims per day"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    most_held = models.PositiveIntegerField(
        _("customers held at most"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    lock_days = models.PositiveIntegerField(
        _("days before one may claim back"),
        default=MONTH,
        help_text=_("Who had a customer may not claim it back for so long; 0: at once."),
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("claim limit")
        verbose_name_plural = _("claim limits")

    def __str__(self) -> str:
        return self.remark or f"{_('claim limit')} {self.pk}"


class OwnerChange(Record):
    """A customer went from one owner to another, to the pool or out of it, and why."""

    class Why(models.TextChoices):
        CLAIMED = "claimed", _("claimed from the pool")
        ASSIGNED = "assigned", _("assigned from the pool")
        RELEASED = "released", _("given back to the pool")
        RECYCLED = "recycled", _("taken back by rule")
        HANDED = "handed", pgettext_lazy("owner", "handed over")
        EDITED = "edited", _("changed by hand")
        UNDONE = "undone", _("a change was undone")

    read_only = True
    scope = Scope.through("party")
    titled_by = ("party", "why")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party,
        models.CASCADE,
        related_name="owner_changes",
        verbose_name=_("customer"),
        editable=False,
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("owner", "from"),
        editable=False,
    )
    after = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("owner", "to"),
        editable=False,
    )
    why = models.CharField(
        pgettext_lazy("owner", "why"), max_length=10, choices=Why, editable=False
    )
    rule = models.CharField(_("pool rule"), max_length=100, blank=True, editable=False)
    days = models.PositiveIntegerField(_("days without contact"), null=True, editable=False)
    note = models.CharField(
        pgettext_lazy("owner", "note"), max_length=300, blank=True, editable=False
    )
    by = models.CharField(_("by whom"), max_length=150, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")
        indexes = [
            models.Index(fields=["party", "-at"], name="owner_change_of_party"),
            models.Index(fields=["after", "why", "-at"], name="owner_change_to"),
            models.Index(fields=["before", "party", "-at"], name="owner_change_from"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.before_id} → {self.after_id}"


class InPool(Active):
    """Customers without owner, outside the bin."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(owner=None, is_customer=True)


class PoolParty(Party):
    """A customer as it lies in the pool: a record of its own for rights, masks and lists.

    Whoever may see the pool sees all of it, through the fields and masks of this record; what the
    customer's own page shows stays with those who reach the customer.
    """

    read_only = True
    scope = Scope()
    objects: ClassVar[Any] = InPool()

    class Meta(Party.Meta):
        proxy = True
        verbose_name = _("customer in the pool")
        verbose_name_plural = _("public pool")
        indexes = []
        constraints = []
