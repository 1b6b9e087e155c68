"""What is bought together: the rules of the last good run, and what customers lack of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.figures.bought import bought
from huike.analytics.figures.scorecard import Measure, Period, newest_whole, open_figures, periods
from huike.analytics.jobs import may_run
from huike.analytics.queries import last_good_run
from huike.catalog.models import Product
from huike.kernel.access.scope import visible
from huike.kernel.entity.titles import title

MOST_NEXT = 30
MOST_IN_MATRIX = 12


@dataclass(frozen=True)
class Rule:
    """Who bought `given` buys `then` too; shares 0 to 1, conviction None where it is endless."""

    given: Sequence[str]
    then: str
    then_key: int
    count: int
    support: float
    confidence: float
    lift: float
    leverage: float
    conviction: float | None
    expected_profit: float | None


@dataclass(frozen=True)
class Rules:
    """The rules of the whole firm, the strongest first, and in how many baskets they were found."""

    baskets: int
    rules: Sequence[Rule]
    names: Sequence[str]  # of the matrix
    pairs: Sequence[tuple[int, int, Rule]]  # across (then), down (given)


@dataclass(frozen=True)
class Offer:
    """A product, and the customers to whom it should be offered next."""

    name: str
    customers: int
    lift: Decimal | None
    leaf: Leaf


def rules(question: Question) -> Rules | None:
    """Return what is bought together in the whole firm.

    None for those who may not see every customer's score: the counts are of all customers. Rules on
    products that the actor may not see are left out.
    """
    run = last_good_run()
    told = (run.details if run else {}).get("basket") or {}
    if not told or not may_run(question.actor) or not question.open("next_product", "next_lift"):
        return None
    keys = {int(k) for r in told["rules"] for k in (*r["antecedent"], r["consequent"])}
    names = _names(question, keys)
    found = [
        _rule(one, names)
        for one in told["rules"]
        if {int(k) for k in (*one["antecedent"], one["consequent"])} <= set(names)
    ]
    shown, pairs = _matrix(found)
    return Rules(int(told["baskets"]), found, shown, pairs)


def _names(question: Question, keys: set[int]) -> dict[int, str]:
    rows = visible(question.actor, Product).filter(pk__in=keys)
    return {row.pk: title(question.actor, row) for row in rows}


def _rule(told: dict[str, Any], names: dict[int, str]) -> Rule:
    then = int(told["consequent"])
    return Rule(
        given=[names[int(key)] for key in told["antecedent"]],
        then=names[then],
        then_key=then,
        count=int(told["count"]),
        support=told["support"],
        confidence=told["confidence"],
        lift=told["lift"],
        leverage=told["leverage"],
        conviction=told["conviction"],
        expected_profit=told.get("expected_profit"),
    )


def _matrix(found: Sequence[Rule]) -> tuple[list[str], list[tuple[int, int, Rule]]]:
    """Return the products that stand most often in rules of pairs, and the rules between them."""
    pairs = [rule for rule in found if len(rule.given) == 1]
    counts: dict[str, int] = {}
    for rule in pairs:
        for name in (rule.given[0], rule.then):
            counts[name] = max(counts.get(name, 0), rule.count)
    shown = sorted(counts, key=lambda name: -counts[name])[:MOST_IN_MATRIX]
    places = {name: n for n, name in enumerate(shown)}
    cells = [
        (places[rule.then], places[rule.given[0]], rule)
        for rule in pairs
        if rule.then in places and rule.given[0] in places
    ]
    return shown, cells


def offers(question: Question) -> list[Offer] | None:
    """Return the next products, those for most customers first; None where they are hidden.

    Past scores do not keep the next product.
    """
    if question.on is not None or not question.open("next_product", "next_lift"):
        return None
    rows = question.rows(("next_product", "filled")).values("next_product")
    counted = rows.annotate(n=Count("pk"), lift=Avg("next_lift"))
    found = list(counted.order_by("-n", "next_product")[:MOST_NEXT])
    names = _names(question, {row["next_product"] for row in found})
    return [
        Offer(
            names[row["next_product"]], row["n"], row["lift"],
            ("next_product", "in", [row["next_product"]]),
        )
        for row in found
        if row["next_product"] in names
    ]  # fmt: skip


def cross_sold(question: Question, until: date) -> tuple[Period, Measure] | None:
    """Return the cross-sell share of the newest whole quarter, and of the one before.

    It is the share of sales from goods new to a customer who had bought other goods before. None
    where the actor may not read what it is counted from, or nothing was loaded.
    """
    from huike.insight.scorecard import scorecard

    if "cross_sell_share" not in open_figures(question):
        return None
    period = newest_whole(periods("quarter", until))
    with bought(question, period.end) as found:
        if found is None:
            return None
        line = scorecard(found[0], start=period.start, end=period.end)["cross_sell_share"]
    return period, Measure(line.name, line.value, line.last_period, line.last_year, None)
