"""What each department should take from the figures: state, problem, advice."""

from __future__ import annotations

from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis
from huike.insight.report.blocks import Grid, Section
from huike.insight.report.words import money, share


def departments(found: Analysis, lang: Language) -> Section:
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


def advice(found: Analysis, lang: Language) -> list[tuple[str, str, str]]:
    """Department, what the figures say, what to do."""
    return [
        (say(lang, "销售部", "Sales"), *_sales(found, lang)),
        (say(lang, "市场部", "Marketing"), *_marketing(found, lang)),
        (say(lang, "客户服务部", "Service"), *_service(found, lang)),
        (say(lang, "采购与商品", "Buying and range"), *_range(found, lang)),
        (say(lang, "财务与管理层", "Finance and management"), *_management(found, lang)),
    ]


def _sales(found: Analysis, lang: Language) -> tuple[str, str]:
    high = found.risk.get("high", {"customers": 0, "expected_loss": 0.0})
    risky, loss = high["customers"], float(high["expected_loss"] or 0.0)
    return (
        say(lang, f"{risky:,} 位客户流失风险高，预计损失 {money(loss, lang)}。",
            f"{risky:,} customers are at high risk, expected loss {money(loss, lang)}."),
        say(lang, "每人认领名单中的客户，本周内联系，记下原因；留一成不联系，用来检验是否有效。",
            "Share out the list, contact each this week, note the reason; leave a tenth alone so "
            "that the effect can be judged."),
    )  # fmt: skip


def _marketing(found: Analysis, lang: Language) -> tuple[str, str]:
    figures = found.figures
    once = 1.0
    if found.rfm is not None:
        result = found.rfm.result_
        once = float((result["frequency"] == 1).mean().execute() or 0.0)
    weak = once > 0.4
    each = figures["orders"] / max(figures["buyers"], 1)
    return (
        say(lang, f"{share(once, 0)} 的客户只买过一次；人均 {each:.1f} 单。",
            f"{share(once, 0)} of customers bought once only; {each:.1f} orders each."),
        say(lang, "把预算从拉新挪一部分到第二次购买：首单后第 7、30 天各联系一次。"
            if weak else "回头客已是主体：预算放在交叉销售和转介绍。",
            "Move part of the budget from new customers to the second order: contact on day 7 and "
            "30." if weak else "Returning customers carry the firm: spend on cross-selling and "
            "referral."),
    )  # fmt: skip


def _service(found: Analysis, lang: Language) -> tuple[str, str]:
    back = found.figures["returned"] / max(found.figures["revenue"] + found.figures["returned"], 1)
    return (
        say(lang, f"退货占购买额的 {share(back)}。", f"Returns are {share(back)} of purchases."),
        say(lang, "退货前几位的客户逐一回访；同一商品的退货合并成一条整改。"
            if back > 0.03 else "保持；对大客户的退货当天答复。",
            "Call back those who return most; put returns of one product into one correction."
            if back > 0.03 else "Keep it so; answer a big customer's return the same day."),
    )  # fmt: skip


def _range(found: Analysis, lang: Language) -> tuple[str, str]:
    n = 0 if found.baskets is None else len(found.baskets.rules_)
    return (
        say(lang, f"找到 {n:,} 条商品搭配规律。", f"{n:,} rules of goods bought together."),
        say(lang, "把最强的几对放在一起陈列、一起报价、一起备货。"
            if n else "文件没有商品列或搭配太少；加上商品列后再看。",
            "Show, quote and stock the strongest pairs together."
            if n else "No product column, or too few pairs; add products and look again."),
    )  # fmt: skip


def _management(found: Analysis, lang: Language) -> tuple[str, str]:
    top = found.abc.top20_share_ if found.abc is not None else float("nan")
    return (
        say(lang, f"前 20% 的客户带来 {share(top)} 的净销售额。",
            f"The top 20 % of customers bring {share(top)} of net sales."),
        say(lang, "按金字塔分配人手和信用额度；每季重跑本报告，看升级、降级和流失。",
            "Give people and credit by the pyramid; run this report each quarter and watch who "
            "moves up, down and away."),
    )  # fmt: skip
