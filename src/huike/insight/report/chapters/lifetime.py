"""Chapters on who stays and who is about to leave."""

from __future__ import annotations

from typing import Any

from huike.insight.churn.reasons import in_words
from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis, names
from huike.insight.report.blocks import Grid, Picture, Section
from huike.insight.report.pictures import figures
from huike.insight.report.pictures.drawing import ACCENT, WARM
from huike.insight.report.words import money, share


def lifecycle(found: Analysis, lang: Language) -> Section:
    section = Section(
        "lifecycle", say(lang, "谁留下：同期群与存续", "Who stays: cohorts and survival")
    )
    if found.cohorts is not None and not found.cohorts.cells_.empty:
        cells = found.cohorts.cells_
        sizes = list(cells.groupby("cohort")["size"].first())
        picture = figures.cohorts(
            say(lang, "同期群保持率", "Retention by cohort"), found.cohorts.retention_, sizes,
            say(lang, "首购月（人数）", "first month (n)"),
        )  # fmt: skip
        section.blocks.append(
            Picture(
                picture,
                say(
                    lang,
                    "每行是同一个月首购的客户；格内为第几个月仍来购买的比例。",
                    "Each row: who first bought in that month; share buying in later months.",
                ),
            )
        )
    if found.survival is not None and not found.survival.curve_.empty:
        points = [(float(r.time), float(r.survival)) for r in found.survival.curve_.itertuples()]
        thin = [(0.0, 1.0), *points[:: max(1, len(points) // 200)]]
        picture = figures.curve(
            say(lang, "客户存续曲线", "Survival of customers"), [("", thin, ACCENT)],
            x_label=say(lang, "首次购买后的天数", "days since the first purchase"),
            y_label=say(lang, "仍是客户的比例", "still customers"),
        )  # fmt: skip
        section.blocks.append(
            Picture(
                picture,
                say(
                    lang,
                    "流失曲线（Kaplan-Meier）：沉默超过自己间隔三倍且至少 180 天算流失。",
                    "Churn curve (Kaplan-Meier): lost after 3 own intervals and 180 days.",
                ),
            )
        )
    return section


def churn(found: Analysis, lang: Language) -> Section:
    title = say(
        lang,
        f"流失预警：未来 {found.churn_horizon} 天",
        f"Churn warning: next {found.churn_horizon} days",
    )
    section = Section("churn", title)
    if found.churn is None or found.warned.empty:
        return section
    section.blocks = [*_calibration(found, lang), _warned(found, lang)]
    return section


def _calibration(found: Analysis, lang: Language) -> list[Picture]:
    """How the probabilities foretold compare with what then happened."""
    chosen = found.churn.calibration_.get(found.churn.chosen_) if found.churn else None
    if chosen is None or not len(chosen):
        return []
    points = [(float(r.predicted), float(r.actual)) for r in chosen.itertuples()]
    picture = figures.curve(
        say(lang, "预测与实际", "Predicted and actual"), [("", points, WARM)], diagonal=True,
        x_label=say(lang, "预测的流失概率", "predicted risk"),
        y_label=say(lang, "实际没再来的比例", "share that left"),
    )  # fmt: skip
    caption = say(
        lang,
        "在没见过的后一期检验；越贴近对角线越可信。",
        "Judged on a later period; the nearer the diagonal the better.",
    )
    return [Picture(picture, caption)]


def _warned(found: Analysis, lang: Language) -> Grid:
    """The list to work through."""
    risky = found.warned[found.warned["p_churn"] >= 0.2]
    top = (risky if len(risky) >= 10 else found.warned).head(20)
    rows = [
        (
            name,
            share(r.p_churn, 0),
            money(r.value, lang),
            money(r.expected_loss, lang),
            _why(r, lang),
        )
        for name, r in zip(
            names(found, "customers", top["customer"]), top.itertuples(), strict=True
        )
    ]
    head = say(
        lang,
        "客户|流失概率|近一年金额|预计损失|原因",
        "Customer|risk|last year|expected loss|reasons",
    ).split("|")
    caption = say(
        lang,
        "流失概率两成以上者中，预计损失最大的。",
        "The largest expected losses among those at a risk of 20 % or more.",
    )
    return Grid(head, rows, caption)


def _why(row: Any, lang: Language) -> str:
    pairs = [(getattr(row, f"reason_{k}"), getattr(row, f"reason_{k}_value")) for k in (1, 2, 3)]
    said = [in_words(name, value, lang) for name, value in pairs if name]
    return ("、" if lang == "zh" else ", ").join(said)
