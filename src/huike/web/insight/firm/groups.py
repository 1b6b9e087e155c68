"""Groups and equity 客户分群与客户资产: who buys alike, what all are worth, why they come back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huike.analytics import words
from huike.analytics.figures import equity as figures
from huike.analytics.figures.classes import Classes, by_class
from huike.customers.models import Party
from huike.insight.estimator import Language
from huike.insight.loyalty import reason
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.choices import Choice
from huike.ui.charts import Cell, Chart, Row, Series, Table, bars, heat, said
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page

METHODS = {"abc": "ABC", "rfm": "RFM", "clv": "CLV"}


@insight_page("web/insight/firm/groups.html")
def groups(asked: Asked) -> dict[str, Any]:
    """Show who buys alike, what all customers are worth, and why they come back."""
    q = asked.question
    worth, found = figures.equity(q), figures.clusters(q)
    abc = by_class(q, "abc", words.Abc, "clv") if worth else None
    departments = figures.by_department(q)
    loyalty = by_class(q, "loyalty", words.Loyalty, "clv")
    return {
        "says": [*(_worth_says(worth) if worth else []), *(_says(found) if found else [])],
        "equity": worth,
        "by_abc": abc and abc.money is not None and _by_abc(asked, abc),
        "departments": departments and _departments(asked, departments),
        "clusters": found and _clusters(asked, found),
        "levels": found and _levels(asked, found),
        "loyalty": loyalty and _loyalty(asked, loyalty),
        "agreement": _agreement(asked),
        "foreseen": _foreseen(asked),
    }


def _worth_says(worth: figures.Equity) -> list[str]:
    told = _("The %(n)s customers are worth %(total)s in what they will still bring.") % {
        "n": whole(worth.customers), "total": said(worth.total, "money")
    }  # fmt: skip
    if worth.low is not None and worth.high is not None:
        told += " " + _("The 80%% interval reaches from %(low)s to %(high)s.") % {
            "low": said(Decimal(worth.low), "money"), "high": said(Decimal(worth.high), "money")
        }  # fmt: skip
    return [told]


def _says(found: list[figures.Cluster]) -> list[str]:
    if len(found) < 2:
        return []
    largest = max(found, key=lambda one: one.customers)
    return [
        _("Customers fall into %(n)s groups; the largest (%(customers)s): %(words)s.")
        % {
            "n": len(found),
            "customers": whole(largest.customers),
            "words": largest.words or largest.key,
        }
    ]


def _bars(asked: Asked, title: str, head: str, parts: list[tuple[str, int, Any, str]]) -> Chart:
    rows = [Row([name, whole(n), said(clv, "money")], href) for name, n, clv, href in parts]
    series = Series("CLV", [clv for _n, _c, clv, _h in parts], [p[3] for p in parts], "1")
    spec = bars([p[0] for p in parts], [series], "money", lying=True)
    return Chart(title, spec, Table([head, _("Customers"), "CLV"], rows)).wide()


def _by_abc(asked: Asked, found: Classes) -> Chart:
    parts = [(str(g.label), g.customers, g.money, asked.down(*g.leaves)) for g in found.groups]
    return _bars(asked, _("Customer equity by ABC class"), _("Class"), parts)


def _departments(asked: Asked, found: list[figures.Part]) -> Chart:
    is_now = asked.question.on is None
    parts = [
        (p.name or _("none"), p.customers, p.clv, asked.down_to(p.leaf) if is_now else "")
        for p in found
    ]
    return _bars(asked, _("Customer equity by department"), _("Department"), parts)


def _clusters(asked: Asked, found: list[figures.Cluster]) -> Chart:
    hrefs = [asked.down(one.leaf) for one in found]
    names = [_name(one) for one in found]
    rows = [
        Row(
            [name, one.words, whole(one.customers), said(_whole(one.recency_days)),
             said(one.orders and round(one.orders, 1), "number"),
             said(one.amount and Decimal(one.amount), "money")],
            href,
        )
        for name, one, href in zip(names, found, hrefs, strict=True)
    ]  # fmt: skip
    heads = [_("Group"), _("What sets it apart"), _("Customers"), _("Days since the last purchase"),
             _("Orders"), _("Amount each")]  # fmt: skip
    series = Series(_("customers"), [one.customers for one in found], hrefs, "1")
    return Chart(
        _("Groups that buy alike"),
        bars(names, [series], lying=True),
        Table(heads, rows, frozenset({0, 1})),
        note=_("Found from days since the last purchase, number of orders and amount per order"
               " (k-means); the figures are means."),
    ).wide()  # fmt: skip


def _name(one: figures.Cluster) -> str:
    return _("group %s") % one.key


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _levels(asked: Asked, found: list[figures.Cluster]) -> Chart | None:
    known = entity_of(Party).fields(asked.actor).get("level")
    counts = figures.against(asked.question, "level")
    if known is None or not isinstance(known.kind, Choice) or not counts:
        return None
    options = {k: str(v) for k, v in known.kind.options.items()}
    keys = [k for k in [*options, ""] if any(level == k for _g, level in counts)]
    across = [options.get(k, _("none")) for k in keys]
    cells, rows = [], []
    for down, one in enumerate(found):
        for place, key in enumerate(keys):
            n = counts.get((one.key, key), 0)
            if not n:
                continue
            level = ("level", "in", [key]) if key else ("level", "empty")
            href = asked.down_to(level, ("score__group", "is", one.key))
            share = n / one.customers
            cells.append(Cell(place, down, share, f"{share:.0%}\n{whole(n)}", href))
            rows.append(Row([_name(one), across[place], whole(n), said(share, "share")], href))
    return Chart(
        _("Groups against your own levels"),
        heat(across, [_name(one) for one in found], cells, "share", (known.label, _("Group"))),
        Table([_("Group"), known.label, _("Customers"), _("Share of the group")], rows,
              frozenset({0, 1})),
        note=_("Where a group lies across all levels, the levels do not follow how people buy."),
    )  # fmt: skip


def _loyalty(asked: Asked, found: Classes) -> Chart:
    shown = [g for g in found.groups if g.customers]
    language: Language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    hrefs = [asked.down(*g.leaves) for g in shown]
    rows = [
        Row([str(g.label), reason(g.key, language) if g.key else "", whole(g.customers),
             said(found.share(g), "share")], href)
        for g, href in zip(shown, hrefs, strict=True)
    ]  # fmt: skip
    series = Series(_("customers"), [g.customers for g in shown], hrefs, "1")
    return Chart(
        _("Loyalty types"),
        bars([str(g.label) for g in shown], [series], lying=True),
        Table([_("Type"), _("The rule that fired"), _("Customers"), _("Share")], rows,
              frozenset({0, 1})),
        note=_("By how regularly they buy; satisfaction, points and alternatives count as soon as"
               " they are recorded."),
    ).wide()  # fmt: skip


def _agreement(asked: Asked) -> Table | None:
    rows = [
        Row([f"{METHODS[one.first]} · {METHODS[one.second]}", whole(one.both), whole(one.size),
             said(one.both / one.size, "share")])
        for one in figures.agreement(asked.question)
    ]  # fmt: skip
    heads = [_("Methods"), _("in both top fifths"), _("of"), _("Agreement")]
    return Table(heads, rows) if rows else None


def _foreseen(asked: Asked) -> Chart | None:
    """Return which part of later profit came from the fifth that each method had drawn."""
    found = figures.foreseen(asked.question)
    if not found:
        return None
    rows = found["captured"]
    names = [METHODS[row["method"]] for row in rows]
    best = rows[0]["best"]
    table = [
        Row([name, whole(row["customers"]), said(Decimal(str(row["profit"])), "money"),
             said(row["share"], "share")])
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    table.append(Row([_("a perfect ranking"), whole(rows[0]["customers"]), "—",
                      said(best, "share")]))  # fmt: skip
    series = Series(_("share of later profit"), [*(row["share"] for row in rows), best])
    return Chart(
        _("Which method foresaw who would be profitable?"),
        bars([*names, _("a perfect ranking")], [series], "share", lying=True),
        Table([_("Method"), _("Customers drawn"), _("Their later profit"), _("Share")], table),
        note=_("The best fifth by each method as of %(day)s, and which part of the profit of the"
               " %(days)s days after it came from them. Nothing later went into the ranking.")
        % {"day": str(rows[0]["at"])[:10], "days": found["days"]},
    )  # fmt: skip
