"""Chapters on goods bought together and groups of customers."""

from __future__ import annotations

from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis, names
from huike.insight.report.blocks import Grid, Section
from huike.insight.report.words import money, number, share


def baskets(found: Analysis, lang: Language) -> Section:
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


def groups(found: Analysis, lang: Language) -> Section:
    section = Section("groups", say(lang, "客户分群", "Groups of customers"))
    if found.groups is None or len(found.groups) < 2:
        return section
    rows = [
        (str(int(r.Index) + 1), str(getattr(r, lang)), f"{r.customers:,}", share(r.share),
         f"{r.recency_days:,.0f}", number(r.orders, 1), money(r.amount_per_order, lang))
        for r in found.groups.itertuples()
    ]  # fmt: skip
    head = say(
        lang,
        "群|特点|客户|占比|距上次天数|单数|每单",
        "Group|what sets it apart|customers|share|days since|orders|each",
    ).split("|")
    section.blocks.append(Grid(head, rows))
    return section
