"""Association rules: what a basket with these goods is likely to hold as well."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Self

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.basket.following import next_products
from huike.insight.basket.itemsets import (
    BasketOf,
    Itemset,
    Itemsets,
    basket_lines,
    frequent_itemsets,
    missing_products,
    product_name,
)
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say


@dataclass(frozen=True)
class Rule:
    """One rule `antecedent -> consequent` with its measures; shares are between 0 and 1."""

    antecedent: Itemset
    consequent: str
    count: int
    support: float
    confidence: float
    lift: float
    leverage: float
    conviction: float
    margin: float
    expected_profit: float


class BasketRules(Estimator):
    """Find association rules in orders or in customer histories.

    Reads `product`, and `order` or `customer`; lines without a customer still count as baskets.

    Parameters
    ----------
    support, confidence:
        least share of baskets that hold the whole rule; least share of the antecedent's baskets
        that hold the consequent too (both 0 to 1).
    max_length:
        longest itemset, antecedent and consequent together (2 and 3 by default).
    min_count:
        no rule rests on fewer baskets than this, however low `support` is.
    basket_of:
        "order" for goods bought at once, "customer" for goods bought over time.
    margin_rate, offer_cost:
        profit per unit of money where the table has no `cost`; cost of making one offer.

    analysis_date:
        nothing later is read.

    After `fit`: `itemsets_`, `rules_` (data frame, strongest lift first, see `Rule`), `baskets_`,
    and `result_`: for each customer the next product and the product it follows from (null where
    no rule fits). Raises `InputError` for parameters outside their range.
    Source: Agrawal, Imielinski and Swami 1993; Brin et al. 1997 (conviction, lift).
    """

    key = "basket"
    title = {"zh": "购物篮与下一件商品", "en": "Baskets and the next product"}
    optional = frozenset({"product", "order", "cost"})

    def __init__(
        self,
        *,
        analysis_date: date | None = None,
        support: float = 0.01,
        confidence: float = 0.25,
        max_length: int = 3,
        min_count: int = 5,
        basket_of: BasketOf = "order",
        margin_rate: float = 1.0,
        offer_cost: float = 0.0,
    ) -> None:
        if not 0 <= support <= 1 or not 0 <= confidence <= 1:
            raise InputError("support and confidence are shares between 0 and 1")
        if max_length < 2:
            raise InputError("a rule needs itemsets of at least two goods: max_length >= 2")
        self.analysis_date = analysis_date
        self.support = support
        self.confidence = confidence
        self.max_length = max_length
        self.min_count = min_count
        self.basket_of = basket_of
        self.margin_rate = margin_rate
        self.offer_cost = offer_cost

    def fit(self, table: Table) -> Self:
        """Find the rules in `table`; an empty table, or one without products, gives no rules."""
        self.purchases_ = self._readable(table)
        self.left_out_ = missing_products(self.purchases_)
        lines = basket_lines(self.purchases_, self.basket_of)
        self.itemsets_ = frequent_itemsets(
            lines, support=self.support, max_length=self.max_length, min_count=self.min_count
        )
        self.baskets_ = self.itemsets_.baskets
        self.margins_ = self._margins(self.purchases_)
        rules = sorted(self._rules(), key=lambda r: (-r.lift, -r.count, r.antecedent, r.consequent))
        names = [field.name for field in fields(Rule)]
        self.rules_ = pd.DataFrame(map(attrgetter(*names), rules), columns=names)
        return self

    @cached_property
    def result_(self) -> Table:
        """One row per customer, worked out when first asked for."""
        return self.predict()

    def predict(self, table: Table | None = None) -> Table:
        """The next product for each customer of `table` (default: those of `fit`)."""
        bought = self.purchases_ if table is None else self._readable(table)
        offers = self.offers(bought).drop("rank").rename(_customer="customer")
        everyone = bought.filter(bought["customer"].notnull()).select("customer").distinct()
        both = everyone.left_join(offers, everyone["customer"] == offers["_customer"])
        return kept(both.drop("_customer"))

    def offers(self, table: Table | None = None, per_customer: int = 1) -> Table:
        """The best `per_customer` offers for each customer; nobody is offered what they have.

        One row per customer and offer: `customer, product, because, confidence, lift, count,
        expected_profit, rank`.
        """
        bought = self.purchases_ if table is None else self._readable(table)
        return next_products(bought, self.rules_, per_customer)

    def sentence(self, rule: int, language: Language = "zh") -> str:
        """One sentence on the rule at row number `rule` of `rules_`."""
        row = self.rules_.iloc[rule]
        first = ("、" if language == "zh" else " + ").join(row["antecedent"])
        of, n, then = row["count"] / row["confidence"], row["count"], row["consequent"]
        return say(
            language,
            f"买了{first}的 {of:,.0f} 笔中有 {n:,} 笔（{row['confidence']:.0%})"
            f"也买了{then}，是平常的 {row['lift']:.1f} 倍。",
            f"Of {of:,.0f} baskets with {first}, {n:,} ({row['confidence']:.0%}) also held {then}: "
            f"{row['lift']:.1f} times as often as usual.",
        )

    def _sentence(self, row: Row, language: Language) -> str:
        if row["product"] is None:
            return say(
                language,
                "没有适合这位客户的搭配规则，不作推荐。",
                "No rule fits what this customer has bought, so nothing is suggested.",
            )
        return say(
            language,
            f"买过{row['because']}，还没买过{row['product']}：买{row['because']}的有 "
            f"{row['confidence']:.0%} 也买它（平常的 {row['lift']:.1f} 倍，{row['count']:,} 例）。",
            f"Has bought {row['because']} but never {row['product']}: {row['confidence']:.0%} of "
            f"those who buy the one buy the other ({row['lift']:.1f} times the usual, "
            f"{row['count']:,} cases).",
        )

    def _readable(self, table: Table) -> Table:
        """The table up to the analysis date, with the columns that baskets need."""
        needed = {"product", self.basket_of, "customer"}
        absent = {name: ibis.null("string") for name in needed if name not in table.columns}
        table = table.mutate(**absent) if absent else table
        if self.analysis_date is None or "on" not in table.columns:
            return table
        return table.filter(table["on"].cast("date") <= ibis.literal(self.analysis_date))

    def _rules(self) -> list[Rule]:
        found = []
        for itemset, count in self.itemsets_.counts.items():
            if len(itemset) > 1:
                splits = (self._rule(itemset, consequent, count) for consequent in itemset)
                found += [rule for rule in splits if rule.confidence >= self.confidence]
        return found

    def _rule(self, itemset: Itemset, consequent: str, count: int) -> Rule:
        sets: Itemsets = self.itemsets_
        antecedent = tuple(item for item in itemset if item != consequent)
        confidence = count / sets.counts[antecedent]
        whole, left, right = (sets.support(s) for s in (itemset, antecedent, (consequent,)))
        conviction = (1 - right) / (1 - confidence) if confidence < 1 else math.inf
        margin = self.margins_.get(consequent, math.nan)
        return Rule(
            antecedent, consequent, count, whole, confidence, confidence / right,
            whole - left * right, conviction, margin, confidence * margin - self.offer_cost,
        )  # fmt: skip

    def _margins(self, table: Table) -> dict[str, float]:
        """Mean profit on each product per basket that holds it, in money."""
        known = {s[0]: n for s, n in self.itemsets_.counts.items() if len(s) == 1}
        if "amount" not in table.columns or not known:
            return {}
        amount = table["amount"].cast("float64")
        cost = table["cost"].cast("float64").fill_null(0.0) if "cost" in table.columns else None
        profit = amount * self.margin_rate if cost is None else amount - cost
        sold = table.filter(amount >= 0, table[self.basket_of].notnull()).select(
            _name=product_name(table), _profit=profit
        )
        sums = sold.group_by("_name").agg(profit=sold["_profit"].sum()).execute()
        earned = dict(zip(map(str, sums["_name"]), sums["profit"], strict=True))
        return {name: earned[name] / n for name, n in known.items()}
