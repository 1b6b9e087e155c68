"""Every threshold, cost rate and time of the analysis: its default, its limits and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.kinds.choices import Choice, YesNo
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.numbers import Money, Number, Whole

MODELS = {"bg_nbd": "BG/NBD", "mbg_nbd": "MBG/NBD", "pareto_nbd": "Pareto/NBD"}
WARNINGS = {
    "best": gettext_lazy("the best of the back-test"),
    "rule": gettext_lazy("the rule"),
    "logistic": gettext_lazy("logistic regression"),
    "tree": gettext_lazy("decision tree"),
    "boosted": gettext_lazy("boosted trees"),
    "survival": gettext_lazy("survival model"),
}


@dataclass(frozen=True)
class Known:
    """One setting: what it is called, which values it takes, and what it is until it is changed."""

    group: str | Promise
    label: str | Promise
    kind: Kind
    default: str
    low: float | None = None
    high: float | None = None
    help: str | Promise = ""

    def read(self, text: str) -> str:
        """Return the value as it is stored; raise ValidationError for one that can't be."""
        value = self.kind.parse(text)
        if value is None:
            raise ValidationError(_("This needs a value; the default is %s.") % self.default)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            self._within(float(value))
        return str(self.kind.edit(value))

    def _within(self, value: float) -> None:
        if self.low is not None and value < self.low:
            raise ValidationError(_("This must be at least %s.") % f"{self.low:g}")
        if self.high is not None and value > self.high:
            raise ValidationError(_("This must be at most %s.") % f"{self.high:g}")

    def value(self, text: str) -> Any:
        """Return the stored value as Python has it: a number, a truth or a word."""
        value = self.kind.parse(text)
        return float(value) if isinstance(value, Decimal) else value


_RUN = gettext_lazy("Nightly run")
_VALUE = gettext_lazy("Value")
_LIFE = gettext_lazy("Lifecycle")
_CHURN = gettext_lazy("Churn warning")
_COSTS = gettext_lazy("Cost rates")
_BIG = gettext_lazy("Big customers")
_YES_NO = YesNo()

KNOWN: Mapping[str, Known] = {
    "run.nightly": Known(_RUN, gettext_lazy("run every night"), _YES_NO, "1"),
    "run.hour": Known(_RUN, gettext_lazy("at this hour"), Whole(), "2", 0, 23),
    "window.days": Known(
        _VALUE, gettext_lazy("window of ABC, RFM and pyramids, in days"), Whole(), "730", 30, 36500
    ),
    "abc.a": Known(_VALUE, gettext_lazy("class A up to this share"), Number(), "0.7", 0.01, 0.99),
    "abc.b": Known(_VALUE, gettext_lazy("class B up to this share"), Number(), "0.9", 0.01, 1),
    "rfm.monetary": Known(
        _VALUE,
        gettext_lazy("amount in RFM"),
        Choice({"sum": gettext_lazy("sum of all orders"), "mean": gettext_lazy("mean per order")}),
        "sum",
    ),
    "pyramid.cuts": Known(
        _VALUE,
        gettext_lazy("steps of the spend pyramid, in percent"),
        Choice({"1/19/30/50": "1/19/30/50", "1/4/15/80": "1/4/15/80"}),
        "1/19/30/50",
    ),
    "clv.model": Known(_VALUE, gettext_lazy("model of the CLV"), Choice(dict(MODELS)), "mbg_nbd"),
    "clv.months": Known(_VALUE, gettext_lazy("CLV over so many months"), Whole(), "36", 1, 240),
    "clv.discount": Known(
        _VALUE, gettext_lazy("yearly discount rate of the CLV"), Number(), "0.1", 0, 1
    ),
    "clv.margin": Known(
        _VALUE,
        gettext_lazy("profit as a share of sales"),
        Number(),
        "0.3",
        0.001,
        1,
        gettext_lazy("Used for the CLV, and where an order tells no cost."),
    ),
    "matrix.split": Known(
        _VALUE,
        gettext_lazy("the CLV matrix splits at the"),
        Choice({"median": gettext_lazy("median"), "mean": gettext_lazy("mean")}),
        "median",
    ),
    "lost.alive": Known(_LIFE, gettext_lazy("lost below this P(alive)"), Number(), "0.2", 0, 1),
    "lost.times": Known(
        _LIFE, gettext_lazy("lost after so many of the own intervals"), Number(), "3", 1, 100
    ),
    "lost.days": Known(
        _LIFE, gettext_lazy("but never before so many days"), Whole(), "180", 1, 3650
    ),
    "stage.days": Known(
        _LIFE, gettext_lazy("window of the stages, in days"), Whole(), "180", 7, 3650
    ),
    "churn.horizon": Known(
        _CHURN, gettext_lazy("horizon, in days"), Whole(), "90", 7, 730,
        gettext_lazy("Who buys nothing for so long counts as lapsed."),
    ),
    "churn.active": Known(
        _CHURN, gettext_lazy("silent for longer is gone already, in days"), Whole(), "365", 7, 3650
    ),
    "churn.model": Known(_CHURN, gettext_lazy("model"), Choice(dict(WARNINGS)), "best"),
    "churn.medium": Known(_CHURN, gettext_lazy("medium risk from"), Number(), "0.4", 0, 1),
    "churn.high": Known(_CHURN, gettext_lazy("high risk from"), Number(), "0.7", 0, 1),
    "churn.contact_cost": Known(
        _CHURN, gettext_lazy("cost of one contact"), Money(), "5", 0, 1_000_000
    ),
    "churn.saved": Known(
        _CHURN, gettext_lazy("share of leaving customers that a contact keeps"), Number(), "0.2",
        0, 1,
    ),
    "big.share": Known(
        _BIG, gettext_lazy("dependence from this share of our sales"), Number(), "0.05", 0.001, 1
    ),
    "big.drift": Known(
        _BIG, gettext_lazy("bargaining drift from this change of discount or margin"), Number(),
        "0.02", 0.001, 1,
    ),
    "cost.visit": Known(_COSTS, gettext_lazy("one visit"), Money(), "200", 0, 1_000_000),
    "cost.call": Known(_COSTS, gettext_lazy("one call"), Money(), "10", 0, 1_000_000),
}  # fmt: skip
