"""Ten things to do on Monday, each with the customers' names and the money in play."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.churn.reasons import in_words
from huike.insight.estimator import Language, say
from huike.insight.report.analysis import Analysis, names
from huike.insight.report.blocks import Thing
from huike.insight.report.words import money, share

SHOWN = 8
Maker = Callable[[Analysis, Language], "Thing | None"]


def ten_things(found: Analysis, lang: Language) -> list[Thing]:
    """At most ten, those that the data give cause for, the most urgent first."""
    made = (maker(found, lang) for maker in MAKERS)
    return [thing for thing in made if thing is not None and thing.customers][:10]


def _listed(
    found: Analysis, rows: pd.DataFrame, said: Callable[[Any], str]
) -> list[tuple[str, str]]:
    top = rows.head(SHOWN)
    return list(zip(names(found, "customers", top["customer"]),
                    [said(row) for row in top.itertuples()], strict=True))  # fmt: skip


def _call(found: Analysis, lang: Language) -> Thing | None:
    if found.warned.empty:
        return None
    rows = found.warned[found.warned["p_churn"] >= 0.4].dropna(subset=["p_churn"])
    if rows.empty:
        rows = found.warned.head(SHOWN)
    loss, days = float(rows["expected_loss"].head(SHOWN).sum()), found.churn_horizon

    def said(row: Any) -> str:
        why = in_words(row.reason_1, row.reason_1_value, lang) if row.reason_1 else ""
        return f"{row.p_churn:.0%} · {money(row.value, lang)} · {why}"

    return Thing(
        say(lang, "打电话给最可能离开的大客户", "Call the big customers most likely to leave"),
        say(
            lang,
            f"未来 {days} 天内可能不再购买；名单上的预计损失合计 {money(loss, lang)}。"
            "名字后是流失概率、近一年金额和最主要的原因。",
            f"They may buy nothing in the next {days} days; expected loss on this list "
            f"{money(loss, lang)}. Shown: risk, last year's amount, strongest reason.",
        ),
        _listed(found, rows, said),
        loss,
    )


def _lost_big(found: Analysis, lang: Language) -> Thing | None:
    if found.relation is None or found.abc is None:
        return None
    lost = found.relation.result_.filter(ibis._["relation"] == "lost")
    spent = found.abc.result_.filter(ibis._["abc"] != "C").select("customer", "amount")
    joined = lost.join(spent, "customer").select("customer", "amount", "silent_days")
    rows = joined.order_by(ibis.desc("amount"), "customer").limit(50).execute()
    total = float(rows["amount"].sum())
    return Thing(
        say(lang, "上门挽回已经流失的 A、B 类客户", "Win back lost customers of class A and B"),
        say(
            lang,
            f"沉默时间已超过自己平常间隔的三倍；一共买过 {money(total, lang)}。先问原因。",
            f"Silent for more than three times their own interval; they have bought for "
            f"{money(total, lang)}. Ask why before offering anything.",
        ),
        _listed(found, rows, lambda r: say(
            lang, f"{r.silent_days:.0f} 天没来 · 共 {money(r.amount, lang)}",
            f"silent {r.silent_days:.0f} days · {money(r.amount, lang)} in all")),
        total,
    )  # fmt: skip


def _rfm_class(code: str, zh: str, en: str, why_zh: str, why_en: str) -> Maker:
    def make(found: Analysis, lang: Language) -> Thing | None:
        if found.rfm is None:
            return None
        members = found.rfm.result_.filter(ibis._["rfm_class"] == code)
        rows = members.order_by(ibis.desc("monetary"), "customer").limit(SHOWN).execute()
        sums = members.agg(n=members.count(), total=members["monetary"].sum()).to_pyarrow()
        n, total = sums["n"][0].as_py(), sums["total"][0].as_py() or 0.0
        return Thing(
            say(lang, zh, en),
            say(lang, why_zh, why_en).format(n=n, money=money(total, lang)),
            _listed(found, rows, lambda r: say(
                lang, f"{r.recency_days} 天前 · {r.frequency} 次 · {money(r.monetary, lang)}",
                f"{r.recency_days} days ago · {r.frequency} orders · {money(r.monetary, lang)}")),
            total,
        )  # fmt: skip

    return make


def _cell(cell: str, zh: str, en: str, why_zh: str, why_en: str) -> Maker:
    def make(found: Analysis, lang: Language) -> Thing | None:
        if found.matrix is None:
            return None
        members = found.matrix.result_.filter(ibis._["matrix"] == cell, ibis._["current"] > 0)
        members = members.anti_join(_returners_of(found), "customer")
        first = "current" if cell == "platinum" else "future"
        rows = members.order_by(ibis.desc(first), "customer").limit(SHOWN).execute()
        return Thing(
            say(lang, zh, en),
            say(lang, why_zh, why_en),
            _listed(found, rows, lambda r: say(
                lang, f"现在 {money(r.current, lang)} · 未来 {money(r.future, lang)}",
                f"now {money(r.current, lang)} · to come {money(r.future, lang)}")),
            float(rows["future"].sum()),
        )  # fmt: skip

    return make


def _offer(found: Analysis, lang: Language) -> Thing | None:
    if found.baskets is None or found.baskets.rules_.empty or found.abc is None:
        return None
    best = found.abc.result_.order_by("rank", "customer").limit(300).select("customer")
    lines = found.cleaned.lines.semi_join(best.cache(), "customer").cache()
    rows = found.baskets.offers(lines).order_by(ibis.desc("expected_profit"), "customer").execute()
    # at most two of one product, or the dearest good would fill the list
    top = rows[rows.groupby("product").cumcount() < 2].head(SHOWN)
    goods = names(found, "products", top["product"])
    owned = names(found, "products", top["because"])
    said = [
        say(lang, f"推荐 {good}（买过 {had},{share(row.confidence, 0)} 的人也买）",
            f"offer {good} (has {had}; {share(row.confidence, 0)} buy it too)")
        for good, had, row in zip(goods, owned, top.itertuples(), strict=True)
    ]  # fmt: skip
    return Thing(
        say(lang, "给大客户推荐他们还没买过的搭配商品", "Offer big customers what they lack"),
        say(lang, "按一起购买的规律；他们买了前者，还没买后者。",
            "From what is bought together: they have the one and not yet the other."),
        list(zip(names(found, "customers", top["customer"]), said, strict=True)),
        float(top["expected_profit"].sum()),
    )  # fmt: skip


def _newcomers(found: Analysis, lang: Language) -> Thing | None:
    since = found.analysis_date - timedelta(days=30)
    summed = found.customers
    fresh = summed.filter(summed["first"] > ibis.literal(since), summed["amount"] > 0)
    rows = fresh.order_by(ibis.desc("amount"), "customer").limit(SHOWN).execute()
    n = int(fresh.count().execute())
    return Thing(
        say(lang, "欢迎新客户，约定第二次购买", "Welcome new customers to a second order"),
        say(lang, f"最近 30 天有 {n:,} 位第一次购买；第二次购买决定他们会不会留下。",
            f"{n:,} bought for the first time in the last 30 days; the second order decides."),
        _listed(found, rows, lambda r: money(r.amount, lang)),
        float(rows["amount"].sum()) if n else 0.0,
    )  # fmt: skip


def _returners_of(found: Analysis) -> Table:
    """Customers who sent back more than a fifth: what they bought says little of what will come."""
    summed = found.customers
    return summed.filter(summed["returned"] > 0.2 * summed["bought"], summed["bought"] > 0)


def _returners(found: Analysis, lang: Language) -> Thing | None:
    rows = _returners_of(found).order_by(ibis.desc("returned"), "customer").limit(SHOWN).execute()
    return Thing(
        say(lang, "查清退货最多的客户为什么退", "Find out why these customers return so much"),
        say(lang, "退货超过购买额的两成：货、价格、说明或发货出了问题。",
            "More than a fifth of what they bought came back: goods, price, promise or delivery."),
        _listed(found, rows, lambda r: say(
            lang, f"退 {money(r.returned, lang)} / 买 {money(r.bought, lang)}",
            f"returned {money(r.returned, lang)} of {money(r.bought, lang)}")),
        float(rows["returned"].sum()) if len(rows) else 0.0,
    )  # fmt: skip


def _biggest(found: Analysis, lang: Language) -> Thing | None:
    if found.abc is None:
        return None
    rows = found.abc.result_.order_by("rank", "customer").limit(5).execute()
    part = float(rows["share"].sum())
    return Thing(
        say(lang, "老板亲自拜访最大的五位客户", "Visit the five biggest customers in person"),
        say(lang, f"他们占净销售额的 {share(part)}；少一位就看得出来。",
            f"They hold {share(part)} of net sales; losing one would show."),
        _listed(found, rows, lambda r: f"{money(r.amount, lang)} · {share(r.share)}"),
        float(rows["amount"].sum()),
    )  # fmt: skip


MAKERS: tuple[Maker, ...] = (
    _call,
    _lost_big,
    _rfm_class(
        "011", "给「重要保持」客户发出回店理由", "Give important customers a reason to return",
        "{n} 位常客近来没有出现，一共值 {money}。主动联系，告诉他们有什么新东西。",
        "{n} frequent big customers have been away, worth {money}. Contact them with news.",
    ),
    _cell(
        "platinum", "盯住「铂金」客户：现在好，以后看跌", "Hold platinum: good now, fading",
        "当前利润高而预计未来低。问满意度，解决抱怨，别等他们走。",
        "They earn well now but little is expected. Ask how satisfied they are; mend complaints.",
    ),
    _cell(
        "iron", "培养「铁」客户：以后比现在好", "Develop iron: more to come than now",
        "未来价值高于现在，值得多花时间：推荐搭配商品，邀请入会。",
        "More is expected than they bring now; give them time, offer what goes along.",
    ),
    _offer,
    _rfm_class(
        "101", "请「重要发展」客户多来几次", "Bring important customers more often",
        "{n} 位近期来过、花得多、来得少，一共 {money}。给一个下月再来的理由。",
        "{n} came lately and spent much but come seldom, {money} in all. Give a next date.",
    ),
    _newcomers,
    _biggest,
    _returners,
    _rfm_class(
        "111", "感谢「重要价值」客户", "Thank the customers who matter most",
        "{n} 位，一共 {money}。一句感谢、优先发货，不必打折。",
        "{n} of them, {money} in all. Thank them and serve them first; no discount needed.",
    ),
)  # fmt: skip
