"""Value 价值: ABC, the 80/20 curve, the RFM grid and both pyramids."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huike.analytics import words
from huike.analytics.figures.classes import Classes, by_class
from huike.analytics.figures.value import Cell, Spread, rfm_grid, spread
from huike.ui.charts import Cell as Mark
from huike.ui.charts import Chart, Row, Series, Table, bars, heat, lines, pyramid, said, short
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page

Charts = list[Chart]


@insight_page("web/insight/value.html")
def value(asked: Asked) -> dict[str, Any]:
    """Show who brings the money."""
    q = asked.question
    curve, grid = spread(q), rfm_grid(q)
    abc = by_class(q, "abc", words.Abc)
    rfm = by_class(q, "rfm_class", words.Rfm)
    spend = by_class(q, "pyramid", words.Spend)
    profit = by_class(q, "profit_tier", words.Tier, "profit")
    return {
        "says": [*(_says(curve) if curve else []), *(_rfm_says(rfm) if rfm else [])],
        "curve": curve,
        "abc": abc and _abc(asked, abc),
        "lorenz": curve and _lorenz(asked, curve),
        "grid": grid and _grid(asked, grid),
        "rfm": rfm and _classes(asked, rfm, _("The eight RFM classes")),
        "pyramids": [
            _pyramid(asked, one, title, head)
            for one, title, head in (
                (spend, _("Customer pyramid by spend"), _("Amount")),
                (profit, _("Customer pyramid by profit"), _("Profit")),
            )
            if one is not None
        ],
    }


def _says(curve: Spread) -> list[str]:
    told = _(
        "The best fifth of %(n)s customers brings %(share)s of the amount; 80 %% of it comes from"
        " %(few)s of the customers."
    ) % {
        "n": whole(curve.customers),
        "share": said(curve.top_fifth, "share"),
        "few": said(curve.for_80, "share"),
    }
    if curve.gini >= 0.6:
        return [told + " " + _("Few carry much: losing one of them is felt.")]
    return [told]


def _rfm_says(rfm: Classes) -> list[str]:
    lost = rfm.of("001")
    if not lost.customers:
        return []
    money = "" if lost.money is None else said(lost.money, "money")
    if not money:
        text = ngettext(
            "%(n)s important customer has been silent for long and is worth winning back.",
            "%(n)s important customers have been silent for long and are worth winning back.",
            lost.customers,
        )
    else:
        text = ngettext(
            "%(n)s important customer who brought %(money)s has been silent for long: win back.",
            "%(n)s important customers who brought %(money)s have been silent for long: win back.",
            lost.customers,
        )
    return [text % {"n": whole(lost.customers), "money": money}]


def _table(asked: Asked, found: Classes, head: str, money: str) -> Table:
    """Return classes as a table; money only where it may be read."""
    with_money = found.money is not None
    heads = [head, _("Customers"), _("Share")] + ([money, _("Share")] if with_money else [])
    rows = []
    for group in found.all_groups:
        cells = [group.label, whole(group.customers), said(found.share(group), "share")]
        if with_money:
            cells += [said(group.money, "money"), said(found.money_share(group), "share")]
        rows.append(Row(cells, asked.down(*group.leaves) if group.customers else ""))
    return Table(heads, rows)


def _abc(asked: Asked, found: Classes) -> Chart:
    hrefs = [asked.down(*g.leaves) for g in found.groups]
    series = [Series(_("share of customers"), [found.share(g) for g in found.groups], hrefs, "5")]
    if found.money is not None:
        shares = [found.money_share(g) for g in found.groups]
        series.append(Series(_("share of the amount"), shares, hrefs, "1"))
    return Chart(
        _("ABC: who makes up the amount"),
        bars([g.label for g in found.groups], series, "share"),
        _table(asked, found, _("Class"), _("Amount")),
    )


def _lorenz(asked: Asked, curve: Spread) -> Chart:
    hrefs = [asked.down(*p.leaves) for p in curve.points]
    shown = Series(
        _("best customers first"), [0, *(p.amount_share for p in curve.points)], ["", *hrefs],
        "1", area=True,
    )  # fmt: skip
    even = Series(_("if all were alike"), [0, 1], tone="5", dashed=True)
    rows = [
        Row(
            [said(p.customer_share, "share"), whole(p.customers), said(p.amount, "money"),
             said(p.amount_share, "share"), said(p.least, "money")],
            href,
        )
        for p, href in zip(curve.points, hrefs, strict=True)
    ]  # fmt: skip
    heads = [_("Best"), _("Customers"), _("Amount"), _("Share"), _("Each at least")]
    return Chart(
        _("How the amount is spread (Lorenz curve)"),
        lines(
            [(shown, [0, *(p.customer_share for p in curve.points)]), (even, [0, 1])],
            ("share", "share"),
            (_("share of customers"), _("share of the amount")),
        ),
        Table(heads, rows, frozenset()),
        note=_("Gini coefficient %(gini)s (0: all customers alike, 1: one brings everything).")
        % {"gini": said(curve.gini, "number")},
    )


def _grid(asked: Asked, cells: list[Cell]) -> Chart:
    top = max(max(c.r, c.f) for c in cells)
    scores = [str(n) for n in range(1, top + 1)]
    hrefs = [asked.down(*c.leaves) for c in cells]
    marks = [
        Mark(c.f - 1, top - c.r, c.customers, _cell_text(c), href)
        for c, href in zip(cells, hrefs, strict=True)
    ]
    with_money = any(c.amount is not None for c in cells)
    heads = ["R × F", _("Customers")] + ([_("Amount")] if with_money else [])
    rows = [
        Row(
            [f"R{c.r} F{c.f}", whole(c.customers)]
            + ([said(c.amount, "money")] if with_money else []),
            href,
        )
        for c, href in zip(cells, hrefs, strict=True)
    ]
    return Chart(
        _("RFM grid"),
        heat(scores, scores[::-1], marks, names=(_("F: how often"), _("R: how lately"))),
        Table(heads, rows),
        note=_("5 is best. Right on top: they buy often and bought lately."),
    )


def _cell_text(cell: Cell) -> str:
    if cell.amount is None:
        return whole(cell.customers)
    return f"{whole(cell.customers)}\n{short(cell.amount)}"


def _classes(asked: Asked, found: Classes, title: str) -> Chart:
    hrefs = [asked.down(*g.leaves) for g in found.groups]
    spec = bars(
        [g.label for g in found.groups],
        [Series(_("customers"), [g.customers for g in found.groups], hrefs, "1")],
        lying=True,
    )
    return Chart(title, spec, _table(asked, found, _("Class"), _("Amount")))


def _pyramid(asked: Asked, found: Classes, title: str, money: str) -> Chart:
    shown = found.groups
    texts = []
    for group in shown:
        told = _("%(n)s customers") % {"n": whole(group.customers)}
        if (share := found.money_share(group)) is not None:
            told += f" · {money} {said(share, 'share')}"
        texts.append(told)
    return Chart(
        title,
        pyramid(
            [g.label for g in shown], [g.customers for g in shown], texts,
            [asked.down(*g.leaves) for g in shown],
        ),
        _table(asked, found, _("Tier"), money),
    ).wide()  # fmt: skip
