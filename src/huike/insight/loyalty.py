"""Loyalty types by rules on behaviour; the rule that fired is kept, so that anyone can object."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table

from huike.insight.estimator import InputError, Language, Row, say

FACTS = (
    "repeat_rate", "wallet_share", "points_share", "alternatives", "satisfaction", "kinship",
    "referrals", "return_rate",
)  # fmt: skip

TYPES: dict[str, tuple[str, str]] = {
    "monopoly": ("垄断忠诚", "monopoly"),
    "kinship": ("亲缘忠诚", "kinship"),
    "interest": ("利益忠诚", "interest"),
    "trust": ("信赖忠诚", "trust"),
    "inertia": ("惰性忠诚", "inertia"),
    "latent": ("潜在忠诚", "latent"),
    "none": ("尚无忠诚", "none"),
}

_WHY: dict[str, tuple[str, str]] = {
    "monopoly": (
        "经常回购，而且据知没有别家可选",
        "buys again and knows of no alternative",
    ),
    "kinship": ("经常回购，本人或家人与我们有关系", "buys again and is tied to us by kin or staff"),
    "interest": ("经常回购，大多是为积分和优惠", "buys again mostly for points and offers"),
    "trust": (
        "经常回购，满意或介绍过别人来，据知多数钱花在我们这里",
        "buys again, is satisfied or has referred others, and spends most with us as far as known",
    ),
    "inertia": ("经常回购，但谈不上满意", "buys again without being satisfied"),
    "latent": (
        "满意或介绍过别人来，但买得不多",
        "is satisfied or has referred others, but seldom buys",
    ),
    "none": ("买得不多，也谈不上满意", "seldom buys and is not known to be satisfied"),
}


def reason(kind: str, language: Language) -> str:
    """The rule behind a type of `TYPES`, in words; raises KeyError for an unknown type."""
    zh, en = _WHY[kind]
    return say(language, zh, en)


@dataclass(frozen=True)
class LoyaltyRules:
    """Thresholds of the rules; every one is a setting.

    repeat_rate: share (0-1) of periods with a purchase from which a customer buys again "often";
    wallet_share: share (0-1) of their spending that is ours; points_share: share (0-1) of their
    purchases made with points or offers; satisfaction: mean answer (1-5) from which "satisfied";
    return_rate: share (0-1) of the amount brought back up to which a referral speaks for them.

    Loyalty is repeat purchase and attitude (Dick and Basu 1994). Where nobody was asked about their
    satisfaction, having referred others to us stands for the attitude.
    """

    repeat_rate: float = 0.5
    wallet_share: float = 0.5
    points_share: float = 0.5
    satisfaction: float = 4.0
    return_rate: float = 0.2

    def apply(self, facts: Table) -> Table:
        """The facts with the columns `type` and `rule` (both the key of the rule that fired).

        `facts` has `customer` and `repeat_rate`, and those of `FACTS` that are known; a missing
        column or value never fires a rule. The first rule that holds decides, in the order of
        `TYPES`: who cannot leave comes before who will not.
        Raises `InputError` without `customer` or `repeat_rate`.
        """
        lacking = {"customer", "repeat_rate"} - set(facts.columns)
        if lacking:
            raise InputError(f"loyalty types need the column(s) {', '.join(sorted(lacking))}")
        absent = {name: ibis.null("float64") for name in FACTS if name not in facts.columns}
        known = facts.mutate(**absent) if absent else facts
        rules = self._rules(known)
        kind = ibis.cases(*[(hit.fill_null(False), name) for name, hit in rules], else_="none")
        return known.mutate(type=kind, rule=kind)

    def explain(self, row: Row, language: Language = "zh") -> str:
        """Why this customer is of this type, with their figures."""
        kind = str(row["type"])
        zh, en = (names[kind] for names in (_first(TYPES), _second(TYPES)))
        why_zh, why_en = (names[kind] for names in (_first(_WHY), _second(_WHY)))
        known = ", ".join(f"{name} {row[name]:g}" for name in FACTS if row.get(name) is not None)
        return say(language, f"{zh}:{why_zh}({known})。", f"Type {en}: {why_en} ({known}).")

    def _rules(self, t: Table) -> list[tuple[str, BooleanValue]]:
        often = t["repeat_rate"] >= self.repeat_rate
        kept = t["return_rate"].fill_null(0.0) <= self.return_rate
        content = ibis.ifelse(
            t["satisfaction"].notnull(),
            t["satisfaction"] >= self.satisfaction,
            (t["referrals"] > 0) & kept,
        )
        return [
            ("monopoly", often & (t["alternatives"] == 0)),
            ("kinship", often & (t["kinship"] > 0)),
            ("interest", often & (t["points_share"] >= self.points_share)),
            ("trust", often & content & (t["wallet_share"].fill_null(1.0) >= self.wallet_share)),
            ("inertia", often),
            ("latent", content),
        ]


def _first(names: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {key: pair[0] for key, pair in names.items()}


def _second(names: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {key: pair[1] for key, pair in names.items()}
