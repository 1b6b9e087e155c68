"""What analysis found: scores per customer with their history, the runs, and their settings."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.analytics import words
from huike.analytics.pivot.models import Mailing as Mailing  # records of this room
from huike.analytics.pivot.models import Pivot as Pivot
from huike.analytics.pivot.models import Sent as Sent
from huike.analytics.settings import KNOWN
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.entity.columns import MoneyField, ShareField
from huike.kernel.records.encoding import ReadableEncoder
from huike.kernel.records.record import Record
from huike.staff.models import Owned


def _class(label: object, choices: type[models.TextChoices]) -> models.CharField[str, str]:
    """Return a column for one of a method's classes; empty where the method could not tell."""
    return models.CharField(label, max_length=14, choices=choices, blank=True, editable=False)  # type: ignore[arg-type]


class Measured(Record):
    """The numbers of one customer on one day; analytics.md defines each."""

    read_only = True
    scope = Scope.through("party")
    titled_by = ("party",)
    title_joins = ("party",)

    on = models.DateField(_("as of"), editable=False)
    orders = models.PositiveIntegerField(_("orders"), default=0, editable=False)
    amount = MoneyField(_("amount in the window"), default=0, editable=False)
    profit = MoneyField(_("profit in the window"), null=True, editable=False)
    first_on = models.DateField(_("first purchase"), null=True, editable=False)
    last_on = models.DateField(_("last purchase"), null=True, editable=False)

    abc = _class(_("ABC class"), words.Abc)
    rfm_class = _class(_("RFM class"), words.Rfm)
    pyramid = _class(_("spend pyramid"), words.Spend)
    profit_tier = _class(_("profit pyramid"), words.Tier)
    matrix = _class(_("CLV matrix"), words.Tier)
    relation = _class(_("relation"), words.Relation)
    stage = _class(_("stage"), words.Stage)
    loyalty = _class(_("loyalty type"), words.Loyalty)
    p_alive = ShareField(_("P(alive)"), null=True, editable=False)
    clv = MoneyField(_("CLV"), null=True, editable=False)
    churn_risk = ShareField(_("churn risk"), null=True, editable=False)
    churn_level = _class(_("churn warning"), words.Risk)
    expected_loss = MoneyField(_("expected loss"), null=True, editable=False)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.party_id} {self.on}"  # type: ignore[attr-defined]


class Score(Measured):
    """The newest numbers of one customer."""

    party = models.OneToOneField(
        Party, models.CASCADE, related_name="score", verbose_name=_("customer"), editable=False
    )
    recency_days = models.PositiveIntegerField(
        _("days since the last purchase"), null=True, editable=False
    )
    interval_days = models.PositiveIntegerField(
        _("usual days between purchases"), null=True, editable=False
    )
    r = models.PositiveSmallIntegerField(_("R score"), null=True, editable=False)
    f = models.PositiveSmallIntegerField(_("F score"), null=True, editable=False)
    m = models.PositiveSmallIntegerField(_("M score"), null=True, editable=False)
    current_profit = MoneyField(_("profit of the last year"), null=True, editable=False)
    clv_low = MoneyField(_("CLV, at least"), null=True, editable=False)
    clv_high = MoneyField(_("CLV, at most"), null=True, editable=False)
    expected_purchases = models.DecimalField(
        _("purchases expected"), max_digits=10, decimal_places=2, null=True, editable=False
    )
    ending = _class(_("how it ended"), words.Ending)
    group = models.CharField(_("group"), max_length=200, blank=True, editable=False)
    next_product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("next product"),
        editable=False,
    )
    next_lift = models.DecimalField(
        _("lift of it"), max_digits=8, decimal_places=2, null=True, editable=False
    )
    reasons = models.JSONField(  # [[feature, value], ...], the strongest first
        _("reasons"), default=list, editable=False, encoder=ReadableEncoder
    )

    class Meta(Measured.Meta):
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [
            models.Index(fields=["rfm_class"], name="score_rfm"),
            models.Index(fields=["churn_level", "-expected_loss"], name="score_churn"),
        ]


class PastScore(Measured):
    """The numbers of one customer at the end of a month gone by, or on the last day of a run."""

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="past_scores", verbose_name=_("customer"),
        editable=False,
    )  # fmt: skip

    class Meta(Measured.Meta):
        verbose_name = _("past score")
        verbose_name_plural = _("past scores")
        constraints = [
            models.UniqueConstraint(fields=["party", "on"], name="one_past_score_per_day")
        ]
        indexes = [models.Index(fields=["on"], name="past_score_on")]


class Run(Record):
    """One run of all methods: what it read, how long it took, what it found and what failed."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    read_only = True
    derived = frozenset({"details"})
    titled_by = ("on",)

    on = models.DateField(_("as of"), editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.RUNNING, editable=False
    )
    asked_by = models.CharField(_("asked by"), max_length=150, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    customers = models.PositiveIntegerField(_("customers"), default=0, editable=False)
    orders = models.PositiveIntegerField(_("orders"), default=0, editable=False)
    problem = models.TextField(_("problem"), blank=True, editable=False)
    details = models.JSONField(default=dict, editable=False, encoder=ReadableEncoder)

    class Meta(Record.Meta):
        verbose_name = _("analysis run")
        verbose_name_plural = _("analysis runs")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.on}"


class Setting(Record):
    """A threshold, a cost rate or a time of the nightly run, and why it was set so."""

    code = models.CharField(_("code"), max_length=60, unique=True, editable=False)
    value = models.CharField(_("value"), max_length=100, blank=True)
    remark = models.CharField(_("why"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("analysis setting")
        verbose_name_plural = _("analysis settings")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if known := KNOWN.get(self.code):
            try:
                self.value = known.read(self.value)
            except ValidationError as error:
                raise ValidationError({"value": error.messages}) from error


class Target(Owned):
    """What a figure of the scorecard is to reach, for the firm, a department or an owner."""

    class Unit(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    figure = models.CharField(_("figure"), max_length=30, choices=words.Figure)
    unit = models.CharField(_("period"), max_length=8, choices=Unit, default=Unit.MONTH)
    starts_on = models.DateField(
        _("of the period from"),
        null=True,
        blank=True,
        help_text=_("Leave it empty for a target of every period."),
    )
    value = models.DecimalField(
        _("value"),
        max_digits=16,
        decimal_places=4,
        help_text=_("A rate as a share: 0.25 is 25%."),
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Owned.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return str(self.get_figure_display())
