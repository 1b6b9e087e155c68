"""The chapters of the report, from the analysis to blocks ready to be written."""

from __future__ import annotations

from typing import Any

import ibis

from huike.insight.churn.reasons import in_words
from huike.insight.clv.matrix import CLASSES as CELLS
from huike.insight.estimator import Language, say
from huike.insight.report import figures
from huike.insight.report.advice import advice
from huike.insight.report.blocks import Grid, Picture, Report, Says, Section, Things, Tile, Tiles
from huike.insight.report.drawing import ACCENT, WARM
from huike.insight.report.pipeline import Analysis, names
from huike.insight.report.ten_things import ten_things
from huike.insight.report.trust import trust
from huike.insight.report.words import measure_in, money, number, share

DOTS = 1500


def report(found: Analysis, lang: Language, file: str) -> Report:
    """All chapters that the data give cause for."""
    cleaned = found.cleaned
    makers = (
        _summary, _monday, _concentration, _rfm, _pyramid, _matrix, _lifecycle, _churn, _baskets,
        _groups, _departments, _trust,
    )  # fmt: skip
    chapters = [section for maker in makers if (section := maker(found, lang)).blocks]
    return Report(
        say(lang, "客户价值分析报告", "Customer value report"),
        f"{file} · {cleaned.first} – {cleaned.last}",
        lang,
        chapters,
    )


def _summary(found: Analysis, lang: Language) -> Section:
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


def _monday(found: Analysis, lang: Language) -> Section:
    things = ten_things(found, lang)
    title = say(lang, "星期一要做的事", "Things to do on Monday")
    return Section("monday", title, [Things(things)] if things else [])


def _concentration(found: Analysis, lang: Language) -> Section:
    section = Section(
        "abc", say(lang, "谁带来销售：ABC 与二八", "Who brings the sales: ABC and 80/20")
    )
    if found.abc is None or found.abc.total_ <= 0:
        return section
    picture = figures.lorenz(
        say(lang, "洛伦兹曲线", "Lorenz curve"), found.abc.lorenz_,
        say(lang, "客户累计占比（由小到大）", "customers, smallest first"),
        say(lang, "金额累计占比", "share of money"),
    )  # fmt: skip
    rows = [
        (str(r.abc), f"{r.customers:,.0f}", share(r.customer_share), money(r.amount, lang),
         share(r.amount_share))
        for r in found.abc.classes_.itertuples()
    ]  # fmt: skip
    top = share(found.abc.top20_share_)
    caption = say(lang, "A 至 70%，B 至 90%，C 其余。", "A up to 70 %, B up to 90 %, C the rest.")
    head = say(lang, "类|客户|占客户|金额|占金额", "Class|customers|share|amount|share").split("|")
    section.blocks = [
        Says(say(
            lang, f"前 20% 的客户带来 {top} 的净销售额（基尼系数 {found.abc.gini_:.2f}）。",
            f"The top 20 % of customers bring {top} of net sales "
            f"(Gini {found.abc.gini_:.2f})."), strong=True),
        Picture(picture, say(lang, "曲线离对角线越远，越集中在少数客户。",
                             "The further from the diagonal, the more rests on a few.")),
        Grid(head, rows, caption),
    ]  # fmt: skip
    return section


def _rfm(found: Analysis, lang: Language) -> Section:
    section = Section("rfm", say(lang, "RFM：最近、次数、金额", "RFM: recency, frequency, money"))
    if found.rfm is None:
        return section
    picture = figures.grid(
        say(lang, "RFM 网格", "RFM grid"), found.rfm.grid_,
        say(lang, "最近一次购买得分（右边最近）", "recency score (right: lately)"),
        say(lang, "购买次数得分（上面最多）", "frequency score (top: often)"),
        lambda v: money(v, lang),
    )  # fmt: skip
    rows = [
        (r.zh if lang == "zh" else r.en, f"{r.customers:,.0f}", money(r.monetary, lang),
         money(r.monetary / max(r.customers, 1), lang))
        for r in found.rfm.classes_.itertuples()
    ]  # fmt: skip
    head = say(lang, "类|客户|金额|人均", "Class|customers|amount|each").split("|")
    caption = say(lang, "格内为客户数和平均金额。", "Customers and mean amount in each cell.")
    section.blocks = [Picture(picture, caption), Grid(head, rows)]
    return section


def _pyramid(found: Analysis, lang: Language) -> Section:
    section = Section("pyramid", say(lang, "客户金字塔", "The pyramid"))
    if found.pyramid is None:
        return section
    for fitted, note in (
        (found.pyramid, say(lang, "按消费：客户数、占客户；色条为占金额。",
                            "By spend: customers, their share; the bar is the share of money.")),
        (found.profit_pyramid, say(lang, "按利润。", "By profit.")),
    ):  # fmt: skip
        if fitted is not None:
            tiers = [
                ((r.zh if lang == "zh" else r.en).strip(), int(r.customers),
                 float(r.customer_share), max(float(r.amount_share), 0.0))
                for r in fitted.tiers_.itertuples()
            ]  # fmt: skip
            section.blocks.append(Picture(figures.pyramid(section.title, tiers), note))
    return section


def _matrix(found: Analysis, lang: Language) -> Section:
    section = Section("matrix", say(lang, "CLV 矩阵：现在与未来", "CLV matrix: now and later"))
    if found.matrix is None or sum(found.matrix.counts_.values()) == 0:
        return section
    result = found.matrix.result_
    step = max(1, sum(found.matrix.counts_.values()) // DOTS)
    place = ibis.row_number().over(order_by=[ibis.desc("current"), "customer"])
    kept = result.mutate(place=place).filter(
        (ibis._["place"] < 300) | (ibis._["place"] % step == 0)
    )
    dots = kept.order_by("customer").execute()
    dots["name"] = names(found, "customers", dots["customer"])
    classes = {key: (value[0] if lang == "zh" else value[1]) for key, value in CELLS.items()}
    picture = figures.matrix(
        section.title, dots, (found.matrix.current_split_, found.matrix.future_split_),
        {key: f"{classes[key]} {found.matrix.counts_[key]:,}" for key in classes},
        say(lang, "近一年利润 →", "profit of the last year →"),
        say(lang, "↑ 预计未来价值", "↑ value to come"),
    )  # fmt: skip
    models = found.models.get("bg_nbd", {})
    said = ", ".join(f"{k} {number(v)}" for k, v in models.items() if k != "log_likelihood")
    section.blocks = [
        Picture(picture, say(lang, "每个点是一位客户，鼠标停留可见名字；分界为中位数。",
                             "Every dot is a customer, named under the mouse; split: median.")),
        Says(say(lang, f"未来价值由 BG/NBD 与 Gamma-Gamma 模型算出（{said}）。",
                 f"Value to come by BG/NBD and Gamma-Gamma ({said}).")),
    ]  # fmt: skip
    return section


def _lifecycle(found: Analysis, lang: Language) -> Section:
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


def _churn(found: Analysis, lang: Language) -> Section:
    title = say(
        lang,
        f"流失预警：未来 {found.churn_horizon} 天",
        f"Churn warning: next {found.churn_horizon} days",
    )
    section = Section("churn", title)
    if found.churn is None or found.warned.empty:
        return section
    chosen = found.churn.calibration_.get(found.churn.chosen_)
    if chosen is not None and len(chosen):
        points = [(float(r.predicted), float(r.actual)) for r in chosen.itertuples()]
        picture = figures.curve(
            say(lang, "预测与实际", "Predicted and actual"), [("", points, WARM)], diagonal=True,
            x_label=say(lang, "预测的流失概率", "predicted risk"),
            y_label=say(lang, "实际没再来的比例", "share that left"),
        )  # fmt: skip
        section.blocks.append(
            Picture(
                picture,
                say(
                    lang,
                    "在没见过的后一期检验；越贴近对角线越可信。",
                    "Judged on a later period; the nearer the diagonal the better.",
                ),
            )
        )
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
    section.blocks.append(Grid(head, rows, caption))
    return section


def _why(row: Any, lang: Language) -> str:
    pairs = [(getattr(row, f"reason_{k}"), getattr(row, f"reason_{k}_value")) for k in (1, 2, 3)]
    said = [in_words(name, value, lang) for name, value in pairs if name]
    return ("、" if lang == "zh" else ", ").join(said)


def _baskets(found: Analysis, lang: Language) -> Section:
    section = Section("baskets", say(lang, "一起购买的商品", "Goods bought together"))
    if found.baskets is None or found.baskets.rules_.empty:
        return section
    rules = found.baskets.rules_
    rules = rules[rules["antecedent"].map(len).astype(int) == 1].head(20)
    firsts = names(found, "products", [a[0] for a in rules["antecedent"]])
    seconds = names(found, "products", rules["consequent"])
    rows = [
        (first, second, f"{count:,}", share(confidence, 0), f"{lift:.1f}")
        for first, second, count, confidence, lift in zip(
            firsts, seconds, rules["count"], rules["confidence"], rules["lift"], strict=True
        )
    ]
    head = say(lang, "买了|也买|单数|可信度|提升", "Bought|also|baskets|confidence|lift").split("|")
    caption = say(
        lang,
        f"来自 {found.baskets.baskets_:,} 个购物篮；提升是平常的几倍。",
        f"From {found.baskets.baskets_:,} baskets; lift: times the usual.",
    )
    section.blocks.append(Grid(head, rows, caption))
    return section


def _groups(found: Analysis, lang: Language) -> Section:
    section = Section("groups", say(lang, "客户分群", "Groups of customers"))
    if found.groups is None or len(found.groups.profiles_) < 2:
        return section
    rows = [
        (str(int(r.Index) + 1), str(getattr(r, lang)), f"{r.customers:,}", share(r.share),
         f"{r.recency_days:,.0f}", number(r.orders, 1), money(r.amount_per_order, lang))
        for r in found.groups.profiles_.itertuples()
    ]  # fmt: skip
    head = say(
        lang,
        "群|特点|客户|占比|距上次天数|单数|每单",
        "Group|what sets it apart|customers|share|days since|orders|each",
    ).split("|")
    section.blocks.append(Grid(head, rows))
    return section


def _departments(found: Analysis, lang: Language) -> Section:
    head = say(lang, "部门|现状|建议", "Department|state|advice").split("|")
    section = Section("advice", say(lang, "给各部门的建议", "Advice by department"))
    section.blocks.append(Grid(head, advice(found, lang)))
    if len(found.departments):
        rows = [
            (str(r.department or "–"), money(r.revenue, lang), f"{r.customers:,}", f"{r.orders:,}")
            for r in found.departments.itertuples()
        ]
        head = say(lang, "部门|净销售额|客户|订单", "Department|net sales|customers|orders").split(
            "|"
        )
        section.blocks.append(Grid(head, rows))
    return section


def _trust(found: Analysis, lang: Language) -> Section:
    return Section(
        "trust", say(lang, "这份报告可信到什么程度", "How far to trust this"), trust(found, lang)
    )
