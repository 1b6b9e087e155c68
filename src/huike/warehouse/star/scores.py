"""The scores that customers were given, as a dimension made of whatever the feed brings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from huike.warehouse.star.declaring import Dimension, Level, Link, Star, words

TABLE = "customer_score"
FIXED = frozenset({"customer", "as_of", "id", "changed_at", "binned_at"})


def scores(star: Star, backend: Any) -> Star:
    """`star` with the dimension of scores, in the roles "score" (of the fact's day) and
    "score_now", on every fact of customers; unchanged where none were loaded.

    The feed `customer_score` has the columns customer and as_of (date), one row per customer and
    day of scoring, and any number of texts, numbers and flags, which become levels.
    """
    if TABLE not in backend.list_tables():
        return star
    columns = [name for name in backend.table(TABLE).columns if name not in FIXED]
    dimension = Dimension(
        "score",
        words("客户评分", "Customer scores"),
        tuple(Level(name, words(name, name), name) for name in columns),
        scored,
        "customer",
        dated=True,
    )
    roles = {
        "score": Link("score", "customer", title=words("评分（当时）", "Scores then")),
        "score_now": Link("score", "customer", now=True, title=words("评分（现在）", "Scores now")),
    }
    facts = {
        name: replace(fact, links={**fact.links, **roles}) if "customer" in fact.links else fact
        for name, fact in star.facts.items()
    }
    return replace(star, dimensions={**star.dimensions, "score": dimension}, facts=facts)


def scored(backend: Any) -> Table:
    """Scores, each valid from its day until the customer's next."""
    rows = backend.table(TABLE)
    window = ibis.window(group_by=rows["customer"], order_by=rows["as_of"])
    until = rows["as_of"].lead().over(window)
    return rows.mutate(
        valid_from=rows["as_of"],
        valid_to=until.fill_null(ibis.literal(date(9999, 12, 31), type="date")),
        is_current=until.isnull(),
    )
