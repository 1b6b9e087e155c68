"""Big customers at risk 大客户风险: not every big customer is a good one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.figures.big import YEAR, Big, Bigs, bigs
from huike.analytics.figures.moving import change_leaf
from huike.analytics.queries import values
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover
from huike.ui.charts import Chart, Row, Series, Table, bars, said
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page

MOST = 50
SIGNALS = {
    "loss": gettext_lazy("no profit"),
    "dependence": gettext_lazy("we depend on it"),
    "churn": gettext_lazy("may leave"),
    "discount": gettext_lazy("discounts rise"),
    "margin": gettext_lazy("margin falls"),
}
SHOWN = ("profit", "churn_level", "expected_loss")


@insight_page("web/insight/firm/big.html")
def big(asked: Asked) -> dict[str, Any]:
    """Show the big customers with the signals that are up."""
    found = bigs(asked.question)
    if found is None or "party" not in asked.question.fields:
        return {"closed": True}
    cover(asked.actor, list(_fields(asked).values()), [one.row for one in found.found])
    known = values()
    return {
        "says": _says(found),
        "counts": [_count(asked, found, k) for k in SIGNALS],
        "table": found.found and _table(asked, found),
        "shares": found.top and _shares(asked, found),
        "share": said(known["big.share"], "share"),
        "drift": said(known["big.drift"], "share"),
        "nobody": not found.found,
    }


def _fields(asked: Asked) -> dict[str, Field]:
    fields = entity_of(asked.question.model).fields(asked.actor)
    return {name: fields[name] for name in ("party", "amount", *SHOWN) if name in fields}


def _says(found: Bigs) -> list[str]:
    if not found.found:
        return []
    risky = sum(len(one.signals) > 1 for one in found.found)
    return [
        _("%(n)s big customers bring %(share)s of the sales; %(risky)s of them show two signals of"
          " risk or more.")
        % {"n": whole(found.customers), "share": said(found.share, "share"), "risky": whole(risky)}
    ]  # fmt: skip


def _count(asked: Asked, found: Bigs, signal: str) -> tuple[str, str, str]:
    """Return a signal, how many show it, and where these stand."""
    n, leaves = found.with_signal(signal), found.leaves.get(signal)
    href = asked.down(*leaves) if leaves and n else ""
    if n and found.until and signal in ("discount", "margin") and asked.question.on is None:
        leaf = change_leaf(asked.question, signal, found.until - 2 * YEAR, found.until)
        href = asked.down_to(leaf)
    return str(SIGNALS[signal]), whole(n), href


def _table(asked: Asked, found: Bigs) -> Table:
    fields = _fields(asked)
    party, shown = fields["party"], [fields[n] for n in ("amount", *SHOWN) if n in fields]
    heads = [
        party.label, _("Signals"), _("Share of sales"), *(f.label for f in shown),
        _("Discount"), _("Difference"), _("Margin"), _("Difference"),
    ]  # fmt: skip
    rows = [
        Row(
            [
                party.text(one.row), "、".join(str(SIGNALS[s]) for s in one.signals) or "—",
                said(one.share, "share"), *(f.text(one.row) or "—" for f in shown), *_drift(one),
            ],
            f"/customers/party/{one.row.party_id}/",  # type: ignore[attr-defined]
        )
        for one in found.found[:MOST]
    ]  # fmt: skip
    return Table(heads, rows, frozenset({0, 1}))


def _drift(one: Big) -> list[str]:
    drift = one.drift
    if drift is None:
        return ["—"] * 4
    return [
        said(drift.discount, "share"), _points(drift.discount_change),
        said(drift.margin, "share"), _points(drift.margin_change),
    ]  # fmt: skip


def _points(change: float | None) -> str:
    return "—" if change is None else _("%+.1f points") % (100 * change)


def _shares(asked: Asked, found: Bigs) -> Chart:
    party = _fields(asked)["party"]
    names = [party.text(one.row) for one in found.top]
    hrefs = [f"/customers/party/{one.row.party_id}/" for one in found.top]  # type: ignore[attr-defined]
    rows = [
        Row([name, said(one.share, "share")], href)
        for name, one, href in zip(names, found.top, hrefs, strict=True)
    ]
    series = Series(_("share of sales"), [one.share for one in found.top], hrefs, "1")
    return Chart(
        _("On whom we depend most"),
        bars(names, [series], "share", lying=True),
        Table([party.label, _("Share of sales")], rows),
        size="tall",
    )
