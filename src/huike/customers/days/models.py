"""Anniversaries of customers, and the occasions that come of them and of birthdays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huike.customers.models import Party
from huike.kernel.access.scope import Reveal, Scope
from huike.kernel.days import lunar
from huike.kernel.records.record import Record

SOON = 7


class Anniversary(Record):
    """A day that matters to a customer and comes round: delivery, contract, membership."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("car delivered")
        CONTRACT = "contract", _("contract signed")
        MEMBERSHIP = "membership", _("member since")
        WEDDING = "wedding", _("wedding day")
        FOUNDING = "founding", _("company founded")
        OTHER = "other", _("other day")

    scope = Scope.through("party")
    titled_by = ("party", "kind")
    title_joins = ("party",)
    derived = frozenset({"recurs"})

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="anniversaries", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind of day"), max_length=10, choices=Kind, default=Kind.DELIVERY)
    on = models.DateField(_("date"))
    is_lunar = models.BooleanField(
        _("by the lunar calendar"),
        default=False,
        help_text=_("It comes round on the same day of the lunar year."),
    )
    is_yearly = models.BooleanField(_("every year"), default=True)
    remind_days = models.PositiveIntegerField(_("remind so many days before"), default=SOON)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    recurs = models.CharField(max_length=12, editable=False, db_index=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("anniversary")
        verbose_name_plural = _("anniversaries")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def derive(self) -> None:
        if not self.on:
            return
        if not self.is_yearly:
            self.recurs = self.on.isoformat()
        elif self.is_lunar:
            self.recurs = lunar.key(lunar.of(self.on))
        else:
            self.recurs = f"s{self.on:%m-%d}"


class Occasion(Record):
    """A birthday or anniversary within the next weeks, and whether the customer was greeted.

    The product makes these rows ahead of time; people tick them off.
    """

    class Kind(models.TextChoices):
        BIRTHDAY = "birthday", _("birthday")
        LUNAR = "lunar", _("lunar birthday")
        DELIVERY = "delivery", _("car delivered")
        CONTRACT = "contract", _("contract signed")
        MEMBERSHIP = "membership", _("member since")
        WEDDING = "wedding", _("wedding day")
        FOUNDING = "founding", _("company founded")
        OTHER = "other", _("other day")

    scope = Scope(
        "party__owner",
        "party__department",
        "party",
        # an occasion tells the day that it comes of
        reveals=(
            Reveal("customers.party", "birthday", models.Q(kind="birthday")),
            Reveal("customers.party", "lunar_birthday", models.Q(kind="lunar")),
        ),
    )
    titled_by = ("party", "kind")
    title_joins = ("party",)

    party = models.ForeignKey(
        Party,
        models.CASCADE,
        related_name="occasions",
        verbose_name=_("customer"),
        editable=False,
    )
    kind = models.CharField(_("occasion"), max_length=10, choices=Kind, editable=False)
    anniversary = models.ForeignKey(
        Anniversary, models.CASCADE, null=True, related_name="occasions", editable=False
    )
    on = models.DateField(pgettext_lazy("occasion", "on"), editable=False)
    remind_on = models.DateField(_("remind from"), editable=False)
    years = models.PositiveIntegerField(_("years"), null=True, editable=False)
    greeted_on = models.DateField(_("greeted on"), null=True, blank=True)
    greeted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("greeted by"),
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("occasion to greet")
        verbose_name_plural = _("occasions to greet")
        indexes = [models.Index(fields=["on", "party"], name="occasion_on")]
        constraints = [
            models.UniqueConstraint(fields=["anniversary", "on"], name="one_anniversary_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"
