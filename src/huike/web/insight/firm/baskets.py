"""Baskets 购物篮: what is bought together, what to offer to whom, and what comes of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huike.analytics.figures.asking import Leaf
from huike.analytics.figures.baskets import Offer, Rule, Rules, cross_sold, offers, rules
from huike.analytics.figures.bought import last_day
from huike.analytics.figures.scorecard import Measure
from huike.ui.charts import Cell, Chart, Row, Series, Table, bars, heat, said
from huike.ui.words import whole
from huike.web.insight.firm.scorecard import called
from huike.web.insight.frame import Asked, insight_page

MOST_RULES = 25


@insight_page("web/insight/firm/baskets.html")
def baskets(asked: Asked) -> dict[str, Any]:
    """Show what is bought together, and who lacks what."""
    q = asked.question
    known, next_ = rules(q), offers(q)
    until = last_day(q)
    crossed = cross_sold(q, until) if until else None
    return {
        "says": _says(known, next_),
        "crossed": crossed and _crossed(crossed[1]),
        "quarter": crossed and called(crossed[0]),
        "offers": next_ and _offers(asked, next_),
        "matrix": known and known.pairs and _matrix(asked, known),
        "rules": known and known.rules and _rules(asked, known),
        "baskets": known and known.baskets,
        "closed": known is None and not next_,
        "is_narrowed": asked.bar.is_narrowed,
    }


def _crossed(found: Measure) -> dict[str, str]:
    names = ("value", "last_period", "last_year")
    return {name: said(getattr(found, name), "share") for name in names}


def sentence(rule: Rule) -> str:
    """Say a rule in words."""
    return _("Who bought %(given)s bought %(then)s too in %(share)s of cases: %(lift)s times as"
             " often as everybody.") % {
        "given": " + ".join(rule.given), "then": rule.then,
        "share": said(rule.confidence, "share"), "lift": said(round(rule.lift, 2), "number"),
    }  # fmt: skip


def _says(known: Rules | None, next_: list[Offer] | None) -> list[str]:
    told = []
    if next_:
        first = next_[0]
        told.append(
            _("%(n)s customers lack something that customers like them have; most of all"
              " “%(name)s”, to be offered to %(most)s of them.")
            % {
                "n": whole(sum(one.customers for one in next_)),
                "name": first.name,
                "most": whole(first.customers),
            }
        )  # fmt: skip
    if known and known.rules:
        told.append(sentence(known.rules[0]))
    return told


def _offers(asked: Asked, found: list[Offer]) -> Chart:
    hrefs = [asked.down(one.leaf) for one in found]
    rows = [
        Row([one.name, whole(one.customers), said(one.lift and round(one.lift, 2), "number")], href)
        for one, href in zip(found, hrefs, strict=True)
    ]
    series = Series(_("customers"), [one.customers for one in found], hrefs, "1")
    return Chart(
        _("What to offer next, and to how many"),
        bars([one.name for one in found], [series], lying=True),
        Table([_("Product"), _("Customers"), _("Lift")], rows),
        note=_("Each customer is offered one product: the one of the best rule among those not"
               " bought yet. The lift is the mean over the customers."),
        size="tall" if len(found) > 8 else "normal",
    )  # fmt: skip


def _matrix(asked: Asked, known: Rules) -> Chart:
    cells, rows = [], []
    for across, down, rule in known.pairs:
        href = _href(asked, rule)
        text = said(round(rule.lift, 1), "number")
        cells.append(Cell(across, down, rule.lift, text, href))
        rows.append(
            Row(
                [rule.given[0], rule.then, whole(rule.count), said(round(rule.lift, 2), "number")],
                href,
            )
        )
    return Chart(
        _("Pairs: how much more often than by chance"),
        heat(known.names, known.names, cells, "number", (_("is bought too"), _("who bought"))),
        Table([_("Who bought"), _("bought too"), _("Together"), _("Lift")], rows,
              frozenset({0, 1})),
        note=_("The lift: 1 is chance, 2 is twice as often. Empty: below the least support or"
               " confidence."),
        size="tall",
    ).wide()  # fmt: skip


def _rules(asked: Asked, known: Rules) -> Table:
    heads = [
        _("Rule"), _("Together"), _("Support"), _("Confidence"), _("Lift"), _("Leverage"),
        _("Conviction"), _("Expected profit per offer"),
    ]  # fmt: skip
    rows = [
        Row(
            [
                f"{' + '.join(rule.given)} → {rule.then}", whole(rule.count),
                said(rule.support, "share"), said(rule.confidence, "share"),
                said(round(rule.lift, 2), "number"), said(round(rule.leverage, 3), "number"),
                "∞" if rule.conviction is None else said(round(rule.conviction, 2), "number"),
                said(rule.expected_profit, "money"),
            ],
            _href(asked, rule),
        )
        for rule in known.rules[:MOST_RULES]
    ]  # fmt: skip
    return Table(heads, rows)


def _href(asked: Asked, rule: Rule) -> str:
    """Return where the customers stand to whom the rule's product should be offered."""
    leaf: Leaf = ("next_product", "in", [rule.then_key])
    return asked.down(leaf) if asked.question.on is None else ""
