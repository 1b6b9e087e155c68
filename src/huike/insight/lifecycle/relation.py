"""The relation of a person or firm to us: non-customer, potential, target, current, lost."""

from __future__ import annotations

from datetime import date
from typing import Self

import ibis
from ibis.expr.types import Column, Table

from huike.insight.estimator import Estimator, Language, Row, kept, say
from huike.insight.lifecycle.rhythm import LostRule, alive_column, alive_model, is_silent, rhythm
from huike.insight.purchases import left_out

RELATIONS: dict[str, tuple[str, str]] = {
    "non_customer": ("非客户", "non-customer"),
    "potential": ("潜在客户", "potential customer"),
    "target": ("目标客户", "target customer"),
    "current": ("现实客户", "current customer"),
    "lost": ("流失客户", "lost customer"),
}


class Relation(Estimator):
    """Relation of everyone to the firm.

    Lost: P(alive) below 0.2, or no purchase for 3 x own median interval and at least 180 days;
    dealers: no purchase (visit to the workshop) for 6 months.  Who never bought is a non-customer
        when `suited` is false,
    a target when `pursued`, else potential.

    Parameters:
        analysis_date: nothing later is read.
        rule: the thresholds, see `LostRule`; None for its defaults.

    Attributes after `fit`:
        counts_: relation to number.
        lost_share_: lost / (lost + current), NaN without customers.
        result_: customer, relation, last, silent_days, median_interval, p_alive, reason ("silent",
            "not alive", "dealer", or null).
    """

    key = "relation"
    title = {"zh": "客户关系状态", "en": "Relation"}

    def __init__(self, analysis_date: date, rule: LostRule | None = None) -> None:
        self.analysis_date = analysis_date
        self.rule = rule

    def fit(
        self, table: Table, people: Table | None = None, *, learn_from: Table | None = None
    ) -> Self:
        """Judge everyone.

        Parameters:
            table: order lines (contract: `huike.insight.purchases`).
            people: optional: customer, and any of is_dealer, pursued, suited (booleans).
            learn_from: where `table` is very large: a sample of its customers, from whose orders
                P(alive) is learned; everybody in `table` is judged all the same.
        """
        self.left_out_ = left_out(table, self.analysis_date)
        rule = self.rule or LostRule()
        life = kept(rhythm(table, self.analysis_date))
        some = life if learn_from is None else kept(rhythm(learn_from, self.analysis_date))
        model = alive_model(some, self.analysis_date)
        life = life.mutate(p_alive=alive_column(model, life))
        dealer = ibis.literal(False)
        if people is not None and "is_dealer" in people.columns:
            flags = people.group_by("customer").agg(d=people["is_dealer"].cast("int64").max())
            life = life.left_join(flags, "customer").select(
                *[life[name] for name in life.columns], d=flags["d"].fill_null(0)
            )
            dealer = life["d"] == 1
        reason = ibis.cases(
            (dealer & (life["silent_days"] > rule.dealer_days), "dealer"),
            (~dealer & is_silent(life, rule), "silent"),
            (~dealer & (life["p_alive"] < rule.alive), "not alive"),
            else_=ibis.null("string"),
        )
        bought = life.select(
            "customer", "last", "silent_days", "median_interval", "p_alive",
            relation=ibis.ifelse(reason.notnull(), "lost", "current"), reason=reason,
        ).relocate("relation", after="customer")  # fmt: skip
        self.result_ = kept(bought if people is None else bought.union(_never(bought, people)))
        rows = self.result_.group_by("relation").agg(n=lambda t: t.count()).to_pyarrow().to_pylist()
        self.counts_ = dict.fromkeys(RELATIONS, 0) | {row["relation"]: row["n"] for row in rows}
        known = self.counts_["lost"] + self.counts_["current"]
        self.lost_share_ = self.counts_["lost"] / known if known else float("nan")
        return self

    def _sentence(self, row: Row, language: Language) -> str:
        zh, en = RELATIONS[row["relation"]]
        if row["silent_days"] is None:
            return say(
                language, f"{zh}：还没有购买记录。", f"{en.capitalize()}: has not bought yet."
            )
        days, gap = row["silent_days"], f"{row['median_interval']:.0f}"
        return say(
            language,
            f"{zh}：已 {days} 天没有购买，平时约每 {gap} 天买一次。",
            f"{en.capitalize()}: silent for {days} days, usually buys about every {gap} days.",
        )


def _never(bought: Table, people: Table) -> Table:
    """People without a purchase, in the shape of `bought`."""
    others = people.filter(people["customer"].notnull()).anti_join(bought, "customer")
    usual = {"pursued": 0, "suited": 1}
    absent = {n: ibis.literal(v) for n, v in usual.items() if n not in people.columns}
    others = others.mutate(**absent)

    def flag(name: str) -> Column:
        return others[name].cast("int64").fill_null(usual[name]).max()

    each = others.group_by("customer").agg(p=flag("pursued"), s=flag("suited"))
    relation = ibis.cases(
        (each["s"] == 0, "non_customer"), (each["p"] == 1, "target"), else_="potential"
    )
    types = bought.schema()
    empty = {
        name: ibis.null(types[name])
        for name in ("last", "silent_days", "median_interval", "p_alive", "reason")
    }
    return each.select(
        customer=each["customer"].cast(types["customer"]), relation=relation, **empty
    )
