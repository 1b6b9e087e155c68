"""The whole report: its chapters in order."""

from __future__ import annotations

from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis
from huike.insight.report.blocks import Report, Section, Things
from huike.insight.report.chapters.advice import departments
from huike.insight.report.chapters.goods import baskets, groups
from huike.insight.report.chapters.lifetime import churn, lifecycle
from huike.insight.report.chapters.summary import summary
from huike.insight.report.chapters.ten_things import ten_things
from huike.insight.report.chapters.trust import trust
from huike.insight.report.chapters.value import concentration, matrix, pyramid, rfm


def report(found: Analysis, lang: Language, file: str) -> Report:
    """All chapters that the data give cause for."""
    cleaned = found.cleaned
    makers = (
        summary, _monday, concentration, rfm, pyramid, matrix, lifecycle, churn, baskets,
        groups, departments, _trust,
    )  # fmt: skip
    chapters = [section for maker in makers if (section := maker(found, lang)).blocks]
    return Report(
        say(lang, "客户价值分析报告", "Customer value report"),
        f"{file} · {cleaned.first} – {cleaned.last}",
        lang,
        chapters,
    )


def _monday(found: Analysis, lang: Language) -> Section:
    things = ten_things(found, lang)
    title = say(lang, "星期一要做的事", "Things to do on Monday")
    return Section("monday", title, [Things(things)] if things else [])


def _trust(found: Analysis, lang: Language) -> Section:
    return Section(
        "trust", say(lang, "这份报告可信到什么程度", "How far to trust this"), trust(found, lang)
    )
