"""Counts which goods stand together in baskets, level by level, where the data are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import ibis
from ibis.expr.types import Column, Table

BasketOf = Literal["order", "customer"]
Itemset = tuple[str, ...]


@dataclass(frozen=True)
class Itemsets:
    """Every itemset that is frequent enough, with the number of baskets that hold it."""

    baskets: int
    minimum: int
    counts: dict[Itemset, int]

    def support(self, itemset: Itemset) -> float:
        """The share of baskets that hold all of `itemset` (its names sorted)."""
        return self.counts[itemset] / self.baskets


def basket_lines(purchases: Table, basket_of: BasketOf = "order") -> Table:
    """The goods of each basket: columns `basket`, `product`; returned goods are left out.

    A product that stands twice in a basket stands twice here, and its name is as written.
    """
    sold = purchases.filter(purchases["product"].notnull(), purchases[basket_of].notnull())
    if "amount" in sold.columns:
        sold = sold.filter(sold["amount"].cast("float64") >= 0)
    return sold.select(basket=sold[basket_of], product=sold["product"])


def product_name(purchases: Table) -> Column:
    """The product as baskets know it: its number, or its name without blanks around it."""
    product = purchases["product"]
    return product if product.type().is_integer() else product.cast("string").strip()


def missing_products(purchases: Table) -> dict[str, int]:
    """How many lines name no product and so cannot stand in a basket."""
    missing = int(purchases["product"].isnull().cast("int64").sum().execute() or 0)
    return {"no product": missing} if missing else {}


def minimum_count(baskets: int, support: float, floor: int) -> int:
    """The least number of baskets an itemset has to stand in."""
    # 0.006 x 9,835 = 59.01 asks for 60; a hair is taken off so that 0.01 x 100 asks for 1.
    return max(floor, math.ceil(support * baskets - 1e-9), 1)


def frequent_itemsets(lines: Table, *, support: float, max_length: int, min_count: int) -> Itemsets:
    """Count all itemsets of up to `max_length` goods in at least `support` of the baskets.

    `lines` has the columns `basket` and `product`. A longer set is grown
    only from a frequent shorter one (Agrawal and Srikant 1994), each level being one join and
    one grouping in the engine; only the counts of frequent sets come to Python.
    """
    baskets = int(lines["basket"].nunique().execute())
    least = minimum_count(baskets, support, min_count)
    names, coded = _coded(lines, least)
    singles = coded.group_by("item").agg(n=ibis._.count()).order_by("item").execute()
    counts: dict[Itemset, int] = {
        (names[code],): int(n) for code, n in zip(singles["item"], singles["n"], strict=True)
        if n >= least
    }  # fmt: skip
    if len(counts) > 1 and max_length > 1:
        _grow(coded, names, max_length, least, counts)
    return Itemsets(baskets, least, counts)


def _coded(lines: Table, least: int) -> tuple[list[str], Table]:
    """Names, and one row per basket and product by number, of goods on `least` lines or more.

    What stands on fewer lines stands in fewer baskets; leaving it out first spares most of the
    work of telling repeated lines apart.
    """
    found = lines.group_by("product").agg(n=ibis._.count()).execute()
    # names are trimmed here, once each, and not on every line
    found = found.assign(name=found["product"].astype(str).str.strip())
    lines_of = found[found["name"] != ""].groupby("name")["n"].sum()
    often = lines_of[lines_of >= least].sort_index().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in often.index]
    if not names:
        return [], lines.limit(0).select("basket", item=ibis.literal(0, type="int64"))
    codes = found[found["name"].isin(often.index)][["product"]].assign(
        item=found["name"].map({name: code for code, name in enumerate(names)})
    )
    codes = ibis.memtable(codes.astype({"item": "int64"}))
    return names, lines.join(codes, "product").select("basket", "item").distinct().cache()


def _grow(
    coded: Table, names: list[str], max_length: int, least: int, counts: dict[Itemset, int]
) -> None:
    """Add the frequent sets of 2, 3, ... goods to `counts`."""
    held = coded.mutate(parent=coded["item"])
    members: list[tuple[int, ...]] = [(code,) for code in range(len(names))]
    for length in range(2, max_length + 1):
        pairs = _extended(held, coded)
        grown = pairs.group_by("parent", "item").agg(n=ibis._.count())
        frequent = grown.filter(grown["n"] >= least).order_by("parent", "item").execute()
        rows = list(frequent.itertuples(index=False))
        if not rows:
            return
        members = [(*members[int(row.parent)], int(row.item)) for row in rows]
        for codes, row in zip(members, rows, strict=True):
            counts[tuple(sorted(names[code] for code in codes))] = int(row.n)
        if length < max_length:
            held = _kept(pairs, frequent)


def _extended(held: Table, coded: Table) -> Table:
    """Every held set with each later good of the same basket: basket, parent, item."""
    left = held.select(at="basket", parent="parent", last="item")
    joined = left.join(coded, [left["at"] == coded["basket"], left["last"] < coded["item"]])
    return joined.select("basket", "parent", "item")


def _kept(pairs: Table, frequent: object) -> Table:
    """The baskets that hold a frequent set, the set being named by its number."""
    numbered = (
        ibis.memtable(frequent)
        .select("parent", "item")
        .mutate(number=ibis.row_number().over(order_by=["parent", "item"]))
    )
    joined = pairs.join(numbered, ["parent", "item"])
    return joined.select("basket", "item", parent="number").cache()
