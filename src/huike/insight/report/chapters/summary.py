"""The first chapter: key figures, months, scorecard."""

from __future__ import annotations

from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis
from huike.insight.report.blocks import Grid, Picture, Section, Tile, Tiles
from huike.insight.report.pictures import figures
from huike.insight.report.words import measure_in, money, number, share


def summary(found: Analysis, lang: Language) -> Section:
    f = found.figures
    returned = money(f["returned"], lang)
    tiles = [
        Tile(say(lang, "净销售额", "Net sales"), money(f["revenue"], lang),
             say(lang, f"已减退货 {returned}", f"returns of {returned} off")),
        Tile(say(lang, "客户", "Customers"), f"{f['customers']:,.0f}"),
        Tile(say(lang, "订单", "Orders"), f"{f['orders']:,.0f}",
             say(lang, f"另有退货 {f['returns']:,.0f} 单", f"and {f['returns']:,.0f} returns")),
        Tile(say(lang, "每单金额", "Per order"), money(f["revenue"] / max(f["orders"], 1), lang)),
        Tile(say(lang, "每客单数", "Orders each"), number(f["orders"] / max(f["buyers"], 1), 1)),
    ]  # fmt: skip
    if found.matrix is not None:
        tiles.append(Tile(
            say(lang, "预计未来价值", "Value to come"),
            money(found.matrix.future_.total_, lang),
            say(lang, "36 个月", "36 months")))  # fmt: skip
    months = [str(month)[:7] for month in found.months["month"]]
    chart = figures.columns(
        say(lang, "每月净销售额", "Net sales by month"),
        months, list(found.months["revenue"]), lambda v: money(v, lang),
    )  # fmt: skip
    caption = say(
        lang,
        "每月净销售额；首末两月可能不完整。",
        "Net sales by month; the first and last may be incomplete.",
    )
    section = Section("summary", say(lang, "一页看完", "At a glance"), [Tiles(tiles)])
    section.blocks += [Picture(chart, caption), *_score(found, lang)]
    return section


def _score(found: Analysis, lang: Language) -> list[Grid]:
    if found.scorecard is None:
        return []

    def said(name: str, value: float | None) -> str:
        if value is None:
            return "–"
        if name.endswith(("_rate", "_share")):
            return share(value)
        return money(value, lang) if name in ("revenue", "profit_per_customer") else f"{value:,.0f}"

    shown = [line for line in found.scorecard.lines if line.value is not None]
    rows = [
        (
            measure_in(line.name, lang),
            said(line.name, line.value),
            said(line.name, line.last_period),
        )
        for line in shown
    ]
    head = say(lang, "指标|本期|上期", "Measure|this period|the one before").split("|")
    card = found.scorecard
    caption = say(
        lang,
        f"计分卡：{card.start} 至 {card.end}，与之前等长的一期比较。",
        f"Scorecard: {card.start} to {card.end}, and the period of equal length before.",
    )
    return [Grid(head, rows, caption)]
