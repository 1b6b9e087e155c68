"""Pairs of parties that may be the same, merges with all that undoing them needs, and sweeps."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.entity.columns import ShareField
from huike.kernel.records.encoding import ReadableEncoder
from huike.kernel.records.merging.footprint import alike, stays
from huike.kernel.records.record import Record


class DuplicatePair(Record):
    """Two parties that may be the same; seen by those who reach both."""

    class State(models.TextChoices):
        OPEN = "open", _("to be judged")
        DIFFERENT = "different", _("not the same")
        MERGED = "merged", _("merged")

    read_only = True
    derived = frozenset({"likeness"})
    scope = Scope.through("one", beside="other")
    titled_by = ("one", "other")
    title_joins = ("one", "other")

    one = models.ForeignKey(
        Party, models.CASCADE, related_name="pairs", verbose_name=_("customer"), editable=False
    )
    other = models.ForeignKey(
        Party,
        models.CASCADE,
        related_name="pairs_from",
        verbose_name=_("may be the same as"),
        editable=False,
    )
    probability = ShareField(_("probability"), editable=False)
    likeness = models.JSONField(  # {column: name of the level of likeness}
        default=dict, editable=False, encoder=ReadableEncoder
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.OPEN, editable=False
    )
    judged_by = models.CharField(_("judged by"), max_length=150, blank=True, editable=False)
    judged_at = models.DateTimeField(_("judged at"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_pair"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="pair_order"
            ),
        ]
        indexes = [models.Index(fields=["state", "-probability"], name="pair_of_state")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Merge(Record):
    """One party was merged into another: who, when, why, and all that undoing it needs.

    Both parties are protected: the bin's 30 days do not end a merge.
    """

    class State(models.TextChoices):
        MERGED = "merged", _("merged")
        UNDONE = "undone", _("undone")

    read_only = True
    derived = frozenset({"footprint"})
    scope = Scope.through("winner")
    titled_by = ("loser", "winner")
    title_joins = ("loser", "winner")

    winner = models.ForeignKey(
        Party, models.PROTECT, related_name="merges", verbose_name=_("merged into"), editable=False
    )
    loser = models.ForeignKey(
        Party, models.PROTECT, related_name="merged", verbose_name=_("merged customer"),
        editable=False,
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=6, choices=State, default=State.MERGED, editable=False
    )
    rows = models.PositiveIntegerField(_("rows moved"), default=0, editable=False)
    why = models.CharField(_("why"), max_length=200, blank=True, editable=False)
    group = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    footprint = models.JSONField(default=dict, editable=False, encoder=ReadableEncoder)
    undone_at = models.DateTimeField(_("undone at"), null=True, editable=False)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True, editable=False)
    stayed = models.TextField(_("stayed as it is"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"


class DuplicateSweep(models.Model):
    """One look through all parties: what it learnt, and up to where of the journal it looked."""

    at = models.DateTimeField(default=timezone.now)
    parties = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    is_full = models.BooleanField(default=True)
    mark = models.CharField(max_length=100, blank=True)  # where the journal ended
    learnt = models.JSONField(default=dict, encoder=ReadableEncoder)  # models by kind

    class Meta:
        verbose_name = _("sweep for duplicates")
        verbose_name_plural = _("sweeps for duplicates")

    def __str__(self) -> str:
        return f"{self.at}"


stays.update({DuplicatePair.label(), Merge.label()})
alike["customers.tie"] = ("party", "kind", "other")
