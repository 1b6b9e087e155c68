"""The next product: what customers with a like basket hold and this one lacks."""

from __future__ import annotations

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.basket.itemsets import basket_lines, product_name

OFFER = ["customer", "product", "because", "confidence", "lift", "count", "expected_profit", "rank"]


def next_products(purchases: Table, rules: pd.DataFrame, per_customer: int) -> Table:
    """For each customer the best `per_customer` goods they lack, by rules with one antecedent.

    `purchases` needs `customer` and `product`; `rules` is `BasketRules.rules_`. Best is the
    highest expected profit, then confidence; ties go by name, so the answer is always the same.
    """
    offers = _candidates(purchases, rules)
    best = [ibis._["expected_profit"].desc(), ibis._["confidence"].desc(), "product", "because"]
    once = offers.mutate(
        turn=ibis.row_number().over(group_by=["customer", "product"], order_by=best)
    ).filter(ibis._["turn"] == 0)
    ranked = once.mutate(rank=ibis.row_number().over(group_by="customer", order_by=best) + 1)
    return ranked.filter(ranked["rank"] <= per_customer).select(*OFFER)


def _candidates(purchases: Table, rules: pd.DataFrame) -> Table:
    """Every rule that fits a customer's history and whose consequent they have never bought."""
    single = rules.loc[rules["antecedent"].map(len).astype("int64") == 1].reset_index(drop=True)
    table = ibis.memtable(
        pd.DataFrame(
            {
                "because": pd.Series([a[0] for a in single["antecedent"]], dtype="string"),
                "offer": single["consequent"].astype("string"),
                "confidence": single["confidence"].astype("float64"),
                "lift": single["lift"].astype("float64"),
                "count": single["count"].astype("int64"),
                "expected_profit": single["expected_profit"].astype("float64").fillna(0.0),
            }
        )
    )
    held = basket_lines(purchases, "customer").distinct()
    name = product_name(held).cast("string")
    owned = held.select(customer="basket", product=name).distinct().cache()
    fitting = owned.join(table, owned["product"] == table["because"]).drop("product")
    fitting = fitting.rename(product="offer")
    return fitting.anti_join(owned, ["customer", "product"])
