"""Why customers were lost: the cause entered or inferred, with the rule that fired."""

from __future__ import annotations

from datetime import date
from typing import Self

import ibis
from ibis.expr.types import BooleanColumn, Column, Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.rhythm import LostRule
from huike.insight.purchases import customers, left_out, reduced

CAUSES: dict[str, tuple[str, str]] = {
    "natural": ("自然原因", "natural"),
    "price": ("价格", "price"),
    "service": ("服务", "service"),
    "competition": ("竞争", "competition"),
    "need": ("需求变化", "need"),
    "policy": ("政策", "policy"),
    "management": ("管理", "management"),
    "unknown": ("原因不明", "unknown"),
}
MANNERS: dict[str, tuple[str, str]] = {
    "let_go": ("企业主动放弃", "let go by the firm"),
    "left": ("主动离开", "left"),
    "lured": ("被竞争者诱走", "lured away"),
    "drawn": ("被更好的选择吸引走", "drawn away"),
    "forced": ("被迫离开", "forced to leave"),
    "other": ("其他", "other"),
}
EVIDENCE = {
    "cause": "a key of `CAUSES`, entered by a person",
    "manner": "a key of `MANNERS`, entered by a person",
    "gone": "1: died, closed down or moved out of reach",
    "policy": "1: a law, licence or quota ended the business",
    "dropped": "1: the firm ended it (blocked, not served any more)",
    "need_ended": "1: no longer owns or does what the goods are for",
    "complaints": "complaints not settled to the customer's satisfaction",
    "price_rise": "share by which their prices rose in the last year",
    "competitor_offer": "1: a competitor is known to have offered better terms",
    "competitor": "1: is known to buy from a competitor",
    "last_contact_days": "days since the firm last spoke with them",
}
_RULES: dict[str, tuple[str, str, str, str]] = {
    # rule: cause, manner, why in Chinese and English
    "gone": ("natural", "forced", "客户已不在（身故、停业或迁走）", "died, closed or moved away"),
    "policy": ("policy", "forced", "政策或资质使业务无法继续", "law or licence ended the business"),
    "dropped": ("management", "let_go", "由企业终止往来", "the firm ended it"),
    "need_ended": ("need", "left", "不再需要这类商品", "no longer needs such goods"),
    "complaints": (
        "service", "left", "有 {complaints:.0f} 次投诉没有解决",
        "{complaints:.0f} complaints unsettled"),
    "returns": (
        "service", "left", "退货占购买的 {return_share:.0%}",
        "{return_share:.0%} of purchases returned"),
    "competitor_offer": (
        "competition", "lured", "竞争者给了更好的条件", "a competitor offered better terms"),
    "price_rise": ("price", "left", "价格上涨 {price_rise:.0%}", "prices rose by {price_rise:.0%}"),
    "competitor": ("competition", "drawn", "已在竞争者处购买", "buys from a competitor"),
    "no_contact": (
        "management", "left", "{last_contact_days:.0f} 天没有人联系过",
        "nobody spoke with them for {last_contact_days:.0f} days"),
}  # fmt: skip


class LossCause(Estimator):
    """Cause and manner of loss of every lost customer.

    What a person entered counts before what is inferred. Otherwise the first rule that holds
    decides, from what cannot be helped to what the firm neglected: gone, policy, dropped, need
    ended, complaints, returns, a competitor's offer, a price rise, a competitor, no contact. A
    missing column or value never fires a rule; where none fires, the cause is unknown.

    Parameters:
        analysis_date: nothing later is read.
        returns: return share of all purchases from which returns explain the loss.
        price_rise: share from which a price rise does.
        no_contact_days: days without contact from which neglect does.
        rule: when a customer is lost, see `LostRule`.

    Attributes after `fit`:
        counts_: cause to number of lost customers; manners_: manner to number.
        inferred_: how many causes a rule inferred, not a person entered.
        result_: customer (lost ones only), silent_days, amount, return_share, cause, manner, rule
            ("entered", a key of the rules above, or "none"), and the evidence read.

    Source: the causes and manners of customer loss as Chinese textbooks of customer relationship
    management group them.
    """

    key = "loss_cause"
    title = {"zh": "流失原因", "en": "Causes of loss"}

    def __init__(
        self,
        analysis_date: date,
        returns: float = 0.2,
        price_rise: float = 0.1,
        no_contact_days: int = 180,
        rule: LostRule | None = None,
    ) -> None:
        if not 0 < returns <= 1 or price_rise <= 0 or no_contact_days < 1:
            raise InputError("returns must be a share, price_rise and no_contact_days positive.")
        self.analysis_date = analysis_date
        self.returns = returns
        self.price_rise = price_rise
        self.no_contact_days = no_contact_days
        self.rule = rule

    def fit(self, table: Table, evidence: Table | None = None) -> Self:
        """Find the cause for everyone lost.

        Parameters:
            table: order lines (contract: `huike.insight.purchases`).
            evidence: optional, one row per customer: customer, and any columns of `EVIDENCE`.

        Raises:
            InputError: `evidence` has no column customer.
        """
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        lost = Relation(self.analysis_date, self.rule).fit(table).result_
        lost = lost.filter(lost["relation"] == "lost").select("customer", "silent_days")
        sums = customers(table, self.analysis_date)
        share = sums["returned"] / sums["bought"].nullif(0.0)
        sums = sums.select("customer", "amount", return_share=share)
        known = self._with_evidence(lost.inner_join(sums, "customer"), evidence)
        self.result_ = kept(self._judged(kept(known)))
        self.counts_ = self._counted("cause", CAUSES)
        self.manners_ = self._counted("manner", MANNERS)
        guessed = ~self.result_["rule"].isin(["entered", "none"])
        self.inferred_ = int(self.result_.count(where=guessed).to_pyarrow().as_py())
        return self

    def _with_evidence(self, lost: Table, evidence: Table | None) -> Table:
        words = ("cause", "manner")
        given = [] if evidence is None else [name for name in EVIDENCE if name in evidence.columns]
        types = {n: "string" if n in words else "float64" for n in EVIDENCE}
        known = lost.select("customer", "silent_days", "amount", "return_share")
        if evidence is not None:
            if "customer" not in evidence.columns:
                raise InputError("The evidence table lacks the column customer.")
            # the largest of several rows: one sign is enough
            each = evidence.group_by("customer").agg(
                **{name: evidence[name].cast(types[name]).max() for name in given}
            )
            known = known.left_join(each, "customer").select(
                *[known[name] for name in known.columns], *[each[name] for name in given]
            )
        absent = {n: ibis.null(t) for n, t in types.items() if n not in given}
        return known.mutate(**absent)

    def _judged(self, known: Table) -> Table:
        fired: list[tuple[BooleanColumn, str]] = [
            (known["cause"].isin([name for name in CAUSES if name != "unknown"]), "entered"),
            *[(known[name] > 0, name) for name in ("gone", "policy", "dropped", "need_ended")],
            (known["complaints"] >= 1, "complaints"),
            (known["return_share"] >= self.returns, "returns"),
            (known["competitor_offer"] > 0, "competitor_offer"),
            (known["price_rise"] >= self.price_rise, "price_rise"),
            (known["competitor"] > 0, "competitor"),
            (known["last_contact_days"] >= self.no_contact_days, "no_contact"),
        ]
        rule = ibis.cases(*[(holds.fill_null(False), name) for holds, name in fired], else_="none")
        with_rule = known.mutate(rule=rule)
        entered = ibis.ifelse(known["manner"].isin(list(MANNERS)), known["manner"], "other")
        return with_rule.mutate(
            cause=_mapped(with_rule, 0, known["cause"], "unknown"),
            manner=_mapped(with_rule, 1, entered, "other"),
        )

    def _counted(self, column: str, names: dict[str, tuple[str, str]]) -> dict[str, int]:
        result = self.result_
        rows = result.group_by(column).agg(n=result.count()).to_pyarrow().to_pylist()
        return dict.fromkeys(names, 0) | {row[column]: int(row["n"]) for row in rows}

    def _sentence(self, row: Row, language: Language) -> str:
        (zh, en), (how_zh, how_en) = CAUSES[row["cause"]], MANNERS[row["manner"]]
        if row["rule"] == "none":
            return say(
                language,
                f"已 {row['silent_days']} 天没有购买，原因不明：请询问后填写。",
                f"Silent for {row['silent_days']} days for reasons unknown: ask, and enter them.",
            )
        if row["rule"] == "entered":
            return say(
                language,
                f"流失原因（填写）：{zh}，{how_zh}。",
                f"Lost, as entered: {en}, {how_en}.",
            )
        why = _RULES[row["rule"]][2 if language == "zh" else 3].format(**row)
        return say(
            language,
            f"流失原因（推断）：{zh}，{how_zh}；依据：{why}。",
            f"Lost, as inferred: {en}, {how_en}; because: {why}.",
        )


def _mapped(with_rule: Table, part: int, entered: Column, otherwise: str) -> Column:
    """Cause (part 0) or manner (part 1) of the rule that fired."""
    pairs = [(with_rule["rule"] == name, rule[part]) for name, rule in _RULES.items()]
    return ibis.cases((with_rule["rule"] == "entered", entered), *pairs, else_=otherwise)
