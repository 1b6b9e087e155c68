"""Loyalty 忠诚度: why customers come back, how surely, and what nobody has asked them yet."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huike.analytics.figures.classes import Group
from huike.analytics.figures.loyalty import NOT_TYPED, Loyalty, loyalty
from huike.insight.estimator import Language
from huike.insight.loyalty import reason
from huike.insight.satisfaction.figures import FEWEST, Figure
from huike.ui.charts import Chart, Row, Series, Table, bars, said
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page

Text = str | Promise
INDICATORS: dict[str, tuple[Text, str]] = {  # what each is called, and its unit
    "repurchase": (gettext_lazy("Repurchase rate"), "share"),
    "per_purchase": (gettext_lazy("Amount per purchase"), "money"),
    "recommendation": (gettext_lazy("Recommendation rate"), "share"),
    "price_sensitivity": (gettext_lazy("Price sensitivity"), "share"),
    "return_rate": (gettext_lazy("Return rate"), "share"),
    "categories": (gettext_lazy("Kinds of goods"), "number"),
    "years": (gettext_lazy("Years with us"), "number"),
}
MISSING: tuple[tuple[Text, Text, Text], ...] = (
    (
        gettext_lazy("wallet share"),
        gettext_lazy("a survey: what they spend in all, with us and with others"),
        gettext_lazy("trust"),
    ),
    (
        gettext_lazy("alternatives known"),
        gettext_lazy("a survey, or that there is no other supplier"),
        gettext_lazy("monopoly"),
    ),
    (
        gettext_lazy("points and offers used"),
        gettext_lazy("cards and points, booked on orders"),
        gettext_lazy("interest"),
    ),
    (
        gettext_lazy("kin or staff"),
        gettext_lazy("ties between customers and our own people"),
        gettext_lazy("kinship"),
    ),
)


@insight_page("web/insight/firm/loyalty.html")
def show(asked: Asked) -> dict[str, Any]:
    """Show the types with their rules, the indicators, and what is missing."""
    found = loyalty(asked.question)
    if found is None:
        return {"closed": True}
    return {
        "says": _says(found),
        "types": _types(asked, found),
        "repurchase": found.told and "repurchase" in found.names and _repurchase(asked, found),
        "table": found.told and found.names and _table(asked, found),
        "fewest": FEWEST,
        "missing": Table(
            [_("What the rules ask for"), _("Where it would come from"),
             _("Which rules wait for it")],
            [Row(list(one)) for one in MISSING],
            frozenset({0, 1, 2}),
        ),
    }  # fmt: skip


def in_words(figure: Figure | None, unit: str) -> str:
    """Return a figure with its interval and n; a dash where too few stand behind it."""
    if figure is None or figure.value is None:
        return "—"
    value, low, high = (_text(v, unit) for v in (figure.value, figure.low, figure.high))
    return _("%(value)s (%(low)s to %(high)s, n=%(n)s)") % {
        "value": value, "low": low, "high": high, "n": whole(figure.n)
    }  # fmt: skip


def _text(value: float | None, unit: str) -> str:
    return said(value if value is None or unit == "share" else round(value, 2), unit)


def _says(found: Loyalty) -> list[str]:
    told = []
    again = found.everybody.get("repurchase")
    if "repurchase" in found.names and again and again.value is not None:
        told.append(
            _("Of %(n)s customers who bought within the last year, %(share)s came back for another"
              " purchase (95%% interval: %(low)s to %(high)s).")
            % {"n": whole(again.n), "share": _text(again.value, "share"),
               "low": _text(again.low, "share"), "high": _text(again.high, "share")}
        )  # fmt: skip
    often = sum(g.customers for g in found.types.groups if g.key not in ("", "none", "latent"))
    if found.types.customers:
        told.append(
            _("%(often)s of %(all)s customers buy in most quarters and are loyal in some way.")
            % {"often": whole(often), "all": whole(found.types.customers)}
        )
    return told


def _shown(found: Loyalty) -> list[Group]:
    return [group for group in found.types.all_groups if group.customers]


def _types(asked: Asked, found: Loyalty) -> Chart:
    language: Language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    shown = _shown(found)
    hrefs = [asked.down(*group.leaves) for group in shown]
    why = [
        reason(g.key, language) if g.key else _("first bought less than two quarters ago")
        for g in shown
    ]
    with_money = found.types.money is not None
    rows = [
        Row([str(g.label), rule, whole(g.customers), said(found.types.share(g), "share"),
             *([said(g.money, "money")] if with_money else [])], href)
        for g, rule, href in zip(shown, why, hrefs, strict=True)
    ]  # fmt: skip
    heads = [_("Type"), _("The rule that fired"), _("Customers"), _("Share")]
    series = Series(_("customers"), [g.customers for g in shown], hrefs, "1")
    return Chart(
        _("Loyalty types"),
        bars([str(g.label) for g in shown], [series], lying=True),
        Table(heads + (["CLV"] if with_money else []), rows, frozenset({0, 1})),
        note=_("The first rule that holds decides. “Buys again” means in at least half of the"
               " quarters since the first purchase."),
    ).wide()  # fmt: skip


def _of(found: Loyalty, key: str) -> Any:
    return found.told.get(key or NOT_TYPED, {})


def _repurchase(asked: Asked, found: Loyalty) -> Chart | None:
    shown = [g for g in _shown(found) if (f := _of(found, g.key).get("repurchase")) and f.shown]
    if not shown:
        return None
    figures = [_of(found, g.key)["repurchase"] for g in shown]
    hrefs = [asked.down(*group.leaves) for group in shown]
    rows = [
        Row([str(g.label), said(f.value, "share"), said(f.low, "share"), said(f.high, "share"),
             whole(f.n)], href)
        for g, f, href in zip(shown, figures, hrefs, strict=True)
    ]  # fmt: skip
    series = Series(_("Repurchase rate"), [f.value for f in figures], hrefs, "2")
    return Chart(
        _("Repurchase rate by type"),
        bars([str(g.label) for g in shown], [series], "share", lying=True),
        Table([_("Type"), _("Repurchase rate"), _("At least"), _("At most"), "n"], rows),
        note=_("Share of the buyers of the last 365 days who bought on two days or more; between"
               " the two bounds with 95 % certainty (Wilson)."),
    )  # fmt: skip


def _table(asked: Asked, found: Loyalty) -> Table:
    known = [(name, *INDICATORS[name]) for name in found.names]
    rows = [Row([_("everybody"), *(in_words(found.everybody.get(n), u) for n, _l, u in known)])]
    for group in _shown(found):
        told = _of(found, group.key)
        cells = [str(group.label), *(in_words(told.get(n), u) for n, _l, u in known)]
        rows.append(Row(cells, asked.down(*group.leaves)))
    return Table([_("Type"), *(label for _n, label, _u in known)], rows)
