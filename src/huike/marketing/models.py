"""Segments of customers, campaigns on them, and who was treated or held out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.entity.columns import MoneyField, ShareField
from huike.kernel.records.record import Record
from huike.marketing.conditions import ConditionsField
from huike.office.models import Task
from huike.staff.models import Owned

DECIDING = ("filter", "kind", "generation", "owner_id")
OBSERVED = timedelta(days=90)  # how long a campaign is watched unless it says otherwise


class Segment(Owned):
    """Customers that have something in common: by a filter (live), or named one by one (static)."""

    class Kind(models.TextChoices):
        LIVE = "live", _("live")
        STATIC = "static", _("static")

    derived = frozenset({"size", "sized_at"})

    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("remarks"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=6, choices=Kind, default=Kind.LIVE, editable=False
    )
    filter = ConditionsField(
        _("which customers"), blank=True, help_text=_("A filter as on the list of customers.")
    )
    generation = models.PositiveIntegerField(_("times frozen"), default=0, editable=False)
    size = models.PositiveIntegerField(_("size"), null=True, editable=False)
    sized_at = models.DateTimeField(_("counted at"), null=True, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        indexes = [models.Index(fields=["owner", "-changed_at"], name="segment_of_owner")]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """Count the members when what decides them has changed."""
        from huike.marketing.segments import count_now

        before = getattr(self, "_loaded", {})
        if self.sized_at is None or any(
            name in before and before[name] != getattr(self, name) for name in DECIDING
        ):
            count_now(self)


class SegmentMember(models.Model):
    """A customer in a static segment; each freezing has rows of its own, so it can be undone."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="members")
    generation = models.PositiveIntegerField()
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "generation", "party"], name="segment_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.party_id}"


class Campaign(Owned):
    """An action on the customers of a segment, held back from some to see whether it helps."""

    class Kind(models.TextChoices):
        WIN_BACK = "win_back", _("win back")
        KEEP = "keep", _("keep")
        GROW = "grow", _("sell more")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.WIN_BACK)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.DRAFT, editable=False
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, related_name="campaigns", verbose_name=_("segment")
    )
    held_out_share = ShareField(
        _("held out"),
        default="0.2",
        validators=[MinValueValidator(0.01), MaxValueValidator(0.9)],
        help_text=_("The share that gets nothing, so that there is something to compare with."),
    )
    starts_on = models.DateField(_("watched from"), null=True, blank=True)
    ends_on = models.DateField(
        _("watched until"), null=True, blank=True, help_text=_("90 days after the start if empty.")
    )
    task_title = models.CharField(_("task for each customer's owner"), max_length=200, blank=True)
    task_text = models.TextField(_("text of the task"), blank=True)
    task_days = models.PositiveIntegerField(
        _("due within (days)"), default=14, validators=[MaxValueValidator(3650)]
    )
    contact_cost = MoneyField(_("cost per contact"), default=0, validators=[MinValueValidator(0)])
    budget = MoneyField(_("budget"), null=True, blank=True, validators=[MinValueValidator(0)])
    usual_rate = ShareField(
        _("share that buys anyway"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("As 0.1 for 10 %. Left empty, it is estimated."),
    )
    expected = ShareField(
        _("expected to buy besides"),
        default="0.05",
        validators=[MinValueValidator(0.001), MaxValueValidator(1)],
        help_text=_("As 0.05 for 5 of 100 treated customers."),
    )
    remark = models.TextField(_("remarks"), blank=True)

    seed = models.PositiveIntegerField(_("seed"), null=True, editable=False)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, editable=False)
    treated = models.PositiveIntegerField(_("treated"), null=True, editable=False)
    held_out = models.PositiveIntegerField(_("in the hold-out"), null=True, editable=False)
    left_out = models.PositiveIntegerField(_("left out without consent"), null=True, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [models.Index(fields=["state", "-changed_at"], name="campaign_by_state")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": _("This must lie after the first day.")})
        before = {} if self._state.adding else self._loaded
        if before.get("drawn_at") and self.drawn_at:
            self._refuse(before, ("segment_id", "held_out_share"), _("The groups are drawn."))
        if before.get("state", self.State.DRAFT) != self.State.DRAFT:
            self._refuse(before, ("starts_on",), _("The campaign has started."))

    def _refuse(self, before: dict[str, Any], names: tuple[str, ...], why: object) -> None:
        now = self.snapshot()
        for name in names:
            if name in before and str(before[name]) != str(now[name]):
                raise ValidationError({name.removesuffix("_id"): str(why)})

    @property
    def is_over(self) -> bool:
        """Whether the time of watching has passed."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()


class CampaignMember(Record):
    """A customer drawn for a campaign: treated, or held out and left alone."""

    read_only = True
    scope = Scope.through("party")
    titled_by = ("campaign", "party")
    title_joins = ("campaign", "party")

    campaign = models.ForeignKey(
        Campaign,
        models.CASCADE,
        related_name="members",
        verbose_name=_("campaign"),
        editable=False,
    )
    party = models.ForeignKey(
        Party,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("customer"),
        editable=False,
    )
    is_treated = models.BooleanField(_("treated"), default=False, editable=False)
    task = models.OneToOneField(
        Task,
        models.SET_NULL,
        null=True,
        related_name="membership",
        verbose_name=_("task"),
        editable=False,
    )
    drawn_at = models.DateTimeField(_("drawn at"), default=timezone.now, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("campaign member")
        verbose_name_plural = _("campaign members")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "party"], name="campaign_member_once")
        ]
        indexes = [models.Index(fields=["campaign", "is_treated"], name="campaign_member_group")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.party_id}"
