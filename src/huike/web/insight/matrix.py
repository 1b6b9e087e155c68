"""CLV matrix 矩阵: every customer a dot, four cells with advice, and who moved between two days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics import words
from huike.analytics.figures.classes import Classes, by_class
from huike.analytics.figures.matrix import RANKS, Dots, dots, is_up
from huike.analytics.figures.moving import Move, movers, moves
from huike.analytics.models import PastScore
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import cover, joined
from huike.ui.charts import Chart, Dot, Node, Row, Series, Stream, Table, bars, flow, said
from huike.ui.charts import dots as scatter
from huike.ui.words import day, whole
from huike.web.insight.frame import Asked, insight_page

MOST_MOVERS = 25
ORDER = sorted(RANKS, key=lambda key: -RANKS[key])
ADVICE = {
    "gold": gettext_lazy("Earns now and will: keep close, best people, first to be served."),
    "platinum": gettext_lazy("Earns now, little to come: hold what there is, ask what is missing."),
    "iron": gettext_lazy("Earns little now, much to come: develop, offer more."),
    "lead": gettext_lazy("Earns little and will: serve cheaply, spend no effort."),
}


@insight_page("web/insight/matrix.html", two_days=True)
def matrix(asked: Asked) -> dict[str, Any]:
    """Show the matrix and how customers moved through it."""
    q = asked.question
    cells = by_class(q, "matrix", words.Tier, "clv")
    if cells is None:
        return {}
    found = dots(q)
    until = q.on or (asked.bar.days[0] if asked.bar.days else None)
    since = asked.bar.since
    went = moves(q, "matrix", since, until) if since and until else None
    return {
        "says": _says(cells, went, since),
        "cells": _cells(asked, cells),
        "advice": [(k, words.Tier(k).label, ADVICE[k], cells.of(k).customers) for k in ORDER],
        "dots": found and _dots(asked, found),
        "flow": _flow(asked, went, since, until) if went and since and until else None,
        "movers": _movers(asked, since, until) if went and since and until else None,
    }


def _says(cells: Classes, went: list[Move] | None, since: date | None) -> list[str]:
    gold, iron = cells.of("gold"), cells.of("iron")
    told = _("%(gold)s customers earn now and will; %(iron)s more could be developed.") % {
        "gold": whole(gold.customers),
        "iron": whole(iron.customers),
    }
    if not went or since is None:
        return [told]
    up = sum(m.customers for m in went if is_up(m.before, m.after))
    down = sum(m.customers for m in went if is_up(m.after, m.before))
    return [
        told,
        _("Since %(day)s, %(up)s moved up and %(down)s moved down.")
        % {"day": day(since, weekday=False), "up": whole(up), "down": whole(down)},
    ]


def _cells(asked: Asked, cells: Classes) -> Chart:
    shown = [cells.of(key) for key in ORDER]
    hrefs = [asked.down(*g.leaves) for g in shown]
    with_money = cells.money is not None
    heads = [_("Cell"), _("Customers"), _("Share")] + ([_("CLV")] if with_money else [])
    rows = [
        Row(
            [g.label, whole(g.customers), said(cells.share(g), "share")]
            + ([said(g.money, "money")] if with_money else []),
            href if g.customers else "",
        )
        for g, href in zip(shown, hrefs, strict=True)
    ]
    series = Series(_("customers"), [g.customers for g in shown], hrefs, "1")
    spec = bars([g.label for g in shown], [series], lying=True)
    return Chart(_("The four cells"), spec, Table(heads, rows), size="low")


def _dots(asked: Asked, found: Dots) -> Chart:
    marks = [
        Dot(d.now, d.later, d.name, d.tier, f"/customers/party/{d.party}/") for d in found.dots
    ]
    now = _("profit of the last year") if asked.question.on is None else _("profit")
    best = sorted(found.dots, key=lambda d: -d.later)[:12]
    rows = [
        Row([d.name, words.Tier(d.tier).label, said(d.now, "money"), said(d.later, "money")],
            f"/customers/party/{d.party}/")
        for d in best
    ]  # fmt: skip
    note = _("Both axes are logarithmic; amounts below 1 stand on the edge.")
    if len(found.dots) < found.customers:
        note += " " + _("Shown are %(some)s of %(all)s customers, evenly chosen.") % {
            "some": whole(len(found.dots)),
            "all": whole(found.customers),
        }
    return Chart(
        _("Every customer a dot"),
        scatter(
            marks,
            [(key, words.Tier(key).label) for key in ORDER],
            names=(now, _("CLV")),
            lines=found.lines,
        ),
        Table([_("Most to come"), _("Cell"), now, _("CLV")], rows, frozenset({0, 1})),
        note=note,
        size="tall",
    )


def _flow(asked: Asked, went: list[Move], since: date, until: date) -> Chart:
    label = {key: str(words.Tier(key).label) for key in ORDER}
    nodes = [Node(f"a:{k}", label[k], k) for k in ORDER] + [
        Node(f"b:{k}", label[k], k) for k in ORDER
    ]
    shown = sorted(went, key=lambda m: (ORDER.index(m.before), ORDER.index(m.after)))
    hrefs = {(m.before, m.after): asked.down_to(*m.leaves) for m in shown}
    streams = [
        Stream(f"a:{m.before}", f"b:{m.after}", m.customers, hrefs[m.before, m.after])
        for m in shown
    ]
    used = {s.source for s in streams} | {s.target for s in streams}
    heads = [_("From"), _("To"), _("Customers"), _("CLV")]
    rows = [
        Row([label[m.before], label[m.after], whole(m.customers), said(m.money, "money")],
            hrefs[m.before, m.after])
        for m in shown
    ]  # fmt: skip
    return Chart(
        _("From %(since)s to %(until)s") % {
            "since": day(since, weekday=False), "until": day(until, weekday=False)
        },
        flow([n for n in nodes if n.key in used], streams),
        Table(heads, rows, frozenset({0, 1})),
    )  # fmt: skip


def _movers(asked: Asked, since: date, until: date) -> Table:
    """Return who moved, the most to come first."""
    actor = asked.actor
    fields = entity_of(PastScore).fields(actor)
    named, later = fields.get("party"), fields.get("clv")
    shown = [f for f in (named, later) if f is not None]
    order = ["-clv", "pk"] if asked.question.at(until).open("clv") else ["pk"]
    rows = joined(entity_of(PastScore), movers(asked.question, "matrix", since, until), shown)
    found = list(rows.order_by(*order)[:MOST_MOVERS])
    cover(actor, shown, found)
    lines = [
        Row(
            [
                named.text(row) if named else "",
                "↑" if is_up(row.before, row.matrix) else "↓",
                str(words.Tier(row.before).label),
                str(words.Tier(row.matrix).label),
                later.text(row) if later else "",
            ],
            f"/customers/party/{row.party_id}/",
        )
        for row in found
    ]
    return Table([_("Customer"), "", _("From"), _("To"), _("CLV")], lines, frozenset({0, 1, 2, 3}))
