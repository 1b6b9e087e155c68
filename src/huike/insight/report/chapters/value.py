"""Chapters on worth today: concentration, RFM, pyramid, CLV matrix."""

from __future__ import annotations

import ibis

from huike.insight.clv.matrix import CLASSES as CELLS
from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis, names
from huike.insight.report.blocks import Grid, Picture, Says, Section
from huike.insight.report.pictures import figures
from huike.insight.report.words import money, number, share

DOTS = 1500


def concentration(found: Analysis, lang: Language) -> Section:
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


def rfm(found: Analysis, lang: Language) -> Section:
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


def pyramid(found: Analysis, lang: Language) -> Section:
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


def matrix(found: Analysis, lang: Language) -> Section:
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
