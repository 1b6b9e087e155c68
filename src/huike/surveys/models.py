"""Answers to surveys: how satisfied a customer was, on which scale, with what, in which words."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.catalog.models import Product
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record
from huike.office.models import Task
from huike.trade.models import Order


class Answer(Record):
    """What one customer answered to one question of a survey, on one day."""

    class Kind(models.TextChoices):
        CSAT = "csat", _("satisfaction (CSAT)")
        NPS = "nps", _("recommendation (NPS)")
        CES = "ces", _("ease (CES)")
        OTHER = "other", _("other question")

    class Scale(models.TextChoices):
        FIVE = "1-5", _("1 to 5")
        SEVEN = "1-7", _("1 to 7")
        TEN = "1-10", _("1 to 10")
        ELEVEN = "0-10", _("0 to 10")
        HUNDRED = "0-100", _("0 to 100")

    class About(models.TextChoices):
        FIRM = "firm", _("the firm as a whole")
        VISIT = "visit", _("a visit")
        ORDER = "order", _("an order")
        PRODUCT = "product", _("a product")
        STAFF = "staff", _("our people")
        OTHER = "other", _("something else")

    class Verdict(models.TextChoices):
        CONTENT = "content", _("satisfied")
        NEUTRAL = "neutral", _("neither")
        UNHAPPY = "unhappy", _("not satisfied")

    scope = Scope.through("party")
    titled_by = ("kind", "score")
    derived = frozenset({"verdict", "level"})

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="answers", verbose_name=_("customer")
    )
    at = models.DateTimeField(_("answered at"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.CSAT)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1)
    scale = models.CharField(
        _("scale"),
        max_length=5,
        choices=Scale,
        blank=True,
        help_text=_("Left empty: 1 to 5 for satisfaction, 0 to 10 for NPS, 1 to 7 for ease."),
    )
    question = models.CharField(_("question"), max_length=300, blank=True)
    body = models.TextField(_("in the customer's words"), blank=True)
    about = models.CharField(_("about"), max_length=7, choices=About, default=About.FIRM)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="answers",
        verbose_name=_("order"),
    )  # fmt: skip
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="answers",
        verbose_name=_("product"),
    )  # fmt: skip
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="answers",
        verbose_name=_("visit or contact"),
    )  # fmt: skip
    verdict = models.CharField(
        _("verdict"), max_length=7, choices=Verdict, editable=False, default=Verdict.NEUTRAL
    )
    level = models.DecimalField(
        _("as 1 to 5"), max_digits=3, decimal_places=2, editable=False, default=Decimal(3)
    )
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, related_name="answers", verbose_name=_("task"),
        editable=False,
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        indexes = [
            models.Index(fields=["party", "-at"], name="answer_of_party"),
            models.Index(fields=["kind", "-at"], name="answer_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.score}"

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest score of the scale."""
        lowest, _to, highest = (self.scale or USUAL.get(self.kind, "1-5")).partition("-")
        return int(lowest), int(highest)

    def clean(self) -> None:
        if self.kind == self.Kind.NPS and self.scale not in ("", self.Scale.ELEVEN):
            raise ValidationError({"scale": _("NPS is asked from 0 to 10.")})
        lowest, highest = self.ends
        if self.score is not None and not lowest <= self.score <= highest:
            said = _("The score must lie between %(lowest)s and %(highest)s.")
            raise ValidationError({"score": said % {"lowest": lowest, "highest": highest}})

    def derive(self) -> None:
        """Work out what the score means: its place on 1 to 5, and whether one is satisfied."""
        if not self.scale:
            self.scale = USUAL.get(self.kind, self.Scale.FIVE)
        if self.score is None:
            return
        lowest, highest = self.ends
        part = (Decimal(self.score) - lowest) / (highest - lowest)
        part = min(max(part, Decimal(0)), Decimal(1))
        self.level = (1 + 4 * part).quantize(Decimal("0.01"))
        good, middle = LINES.get(self.kind, (Decimal("0.75"), Decimal("0.5")))
        self.verdict = (
            self.Verdict.CONTENT if part >= good
            else self.Verdict.NEUTRAL if part >= middle
            else self.Verdict.UNHAPPY
        )  # fmt: skip


USUAL: dict[str, str] = {"csat": "1-5", "nps": "0-10", "ces": "1-7", "other": "1-5"}
# From which part of the scale one counts as satisfied, and as neither: 4 and 3 of 1 to 5;
# for NPS promoters are 9 and 10, passives 7 and 8
LINES: dict[str, tuple[Decimal, Decimal]] = {"nps": (Decimal("0.9"), Decimal("0.7"))}
