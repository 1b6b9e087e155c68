"""Where each field of scores, past scores, runs and settings shows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huike.analytics.figures import moving
from huike.analytics.models import PastScore, Run, Score, Setting, Target
from huike.analytics.pivot import entities as pivots
from huike.analytics.settings import KNOWN
from huike.kernel.entity.entity import Computed, Entity, Section, register
from huike.kernel.kinds.words import Text

VALUE = ("orders", "amount", "profit", "abc", "rfm_class", "pyramid", "profit_tier")
FUTURE = ("matrix", "clv", "p_alive")
LIFE = ("relation", "stage", "loyalty")
RISK = ("churn_risk", "churn_level", "expected_loss")


def reasons_of(score: Score) -> str:
    """Return why a customer may leave, in the reader's language."""
    from huike.insight.churn.reasons import in_words  # here: it takes a second to load

    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    separator = "；" if language == "zh" else "; "
    return separator.join(in_words(name, value, language) for name, value in score.reasons)


def label_of(setting: Setting) -> str:
    """Return what a setting is called."""
    known = KNOWN.get(setting.code)
    return f"{known.group}：{known.label}" if known else setting.code


def default_of(setting: Setting) -> Any:
    """Return what it is until somebody changes it."""
    known = KNOWN.get(setting.code)
    return known.kind.text(known.value(known.default)) if known else ""


register(
    Entity(
        model=Score,
        icon="chart-dots",
        columns=(
            "party", "rfm_class", "abc", "amount", "orders", "last_on", "matrix", "clv",
            "stage", "churn_level", "churn_risk", "expected_loss", "reasons_text",
        ),
        facts=("rfm_class", "clv", "stage", "churn_risk"),
        form=(
            Section(_("Value"), ("party", "on", *VALUE, "first_on", "last_on", "r", "f", "m")),
            Section(
                _("What is to come"),
                (*FUTURE, "current_profit", "clv_low", "clv_high", "expected_purchases",
                 "next_product", "next_lift"),
            ),
            Section(
                _("Lifecycle"), (*LIFE, "ending", "recency_days", "interval_days", "group")
            ),
            Section(_("Churn warning"), RISK),
        ),
        computed={"reasons_text": Computed(_("reasons"), Text(1000), reasons_of)},
        ordering="-expected_loss",
        views=(
            (
                _("Churn warning"),
                'filter=["churn_level","in",["high","medium"]]&sort=-expected_loss',
            ),
            (_("Most valuable to come"), "sort=-clv"),
            (_("Important, to win back"), 'filter=["rfm_class","in",["001","011"]]&sort=-amount'),
        ),
        party="party",
        menu="analytics",
        can_add=False,
    )
)  # fmt: skip

register(
    Entity(
        model=PastScore,
        icon="history",
        columns=("party", "on", "rfm_class", "pyramid", "matrix", "stage", "amount", "clv"),
        form=(
            Section(
                _("Score"),
                ("party", "on", *VALUE, *FUTURE, *LIFE, *RISK, "first_on", "last_on"),
            ),
        ),
        ordering="-on",
        party="party",
        menu="analytics",
        in_menu=False,
        can_add=False,
    )
)

register(
    Entity(
        model=Run,
        icon="player-play",
        columns=("on", "state", "customers", "orders", "started_at", "finished_at", "asked_by",
                 "problem"),
        form=(
            Section(
                _("Run"),
                ("on", "state", "customers", "orders", "started_at", "finished_at", "asked_by",
                 "problem"),
            ),
        ),
        ordering="-started_at",
        menu="analytics",
        in_menu=False,
        can_add=False,
    )
)  # fmt: skip

register(
    Entity(
        model=Setting,
        icon="adjustments",
        columns=("label", "value", "default", "remark", "changed_at"),
        form=(Section(_("Setting"), ("value", "remark")),),
        computed={
            "label": Computed(_("setting"), Text(200), label_of),
            "default": Computed(_("default"), Text(200), default_of),
        },
        ordering="code",
        menu="analytics",
        in_menu=False,
        can_add=False,
    )
)

register(
    Entity(
        model=Target,
        icon="target-arrow",
        columns=("figure", "value", "unit", "starts_on", "department", "owner", "remark"),
        facts=("value", "unit", "starts_on"),
        form=(
            Section(
                _("Target"),
                ("figure", "value", "unit", "starts_on", "department", "owner", "remark"),
            ),
        ),
        ordering="figure",
        menu="analytics",
        in_menu=False,
    )
)

moving.register()
pivots.register()
