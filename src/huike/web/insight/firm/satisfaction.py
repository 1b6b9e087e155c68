"""Satisfaction 满意度: CSAT, NPS, what binds customers, and whom to speak with now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.figures.satisfaction import Asked as Told
from huike.analytics.figures.satisfaction import Satisfaction, last_answered, satisfaction
from huike.analytics.words import Loyalty
from huike.insight.satisfaction.figures import FEWEST, Figure
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import text_of, title
from huike.surveys.models import Answer
from huike.ui.charts import Chart, Row, Series, Table, bars, said, trend
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page, list_address

NAMES = {"csat": "CSAT", "nps": "NPS", "ces": "CES"}
TONES = {"content": "1", "neutral": "5", "unhappy": "2"}
SHAPES = {
    "convex": gettext_lazy(
        "Loyalty rises only at the top: merely content customers leave nearly as often as others."
    ),
    "concave": gettext_lazy(
        "Loyalty rises early and flattens: do away with what annoys before adding what delights."
    ),
    "straight": gettext_lazy("Each step of satisfaction brings about as much loyalty."),
}
SHOWN = 10


@insight_page("web/insight/firm/satisfaction.html")
def satisfied(asked: Asked) -> dict[str, Any]:
    """Show the figures of the last year, their course, the curve, and who is not satisfied."""
    found = satisfaction(asked.question)
    if found is None:
        return {"closed": True}
    if not found.asked:
        return {"unasked": True, "may_add": may(asked.actor, Answer, Op.ADD)}
    return {
        "says": _says(found),
        "stats": [_stat(one) for one in found.asked],
        "verdicts": _verdicts(asked, found),
        "course": _course(found),
        "curve": _curve(found),
        "types": _types(asked, found),
        "abouts": _abouts(found),
        "unhappy": _unhappy(asked, found),
        "unhappy_count": found.unhappy.count(),
        "unhappy_href": _unhappy_href(),
        "fewest": FEWEST,
    }


def _unhappy_href() -> str:
    """Return the list of the answers of the year that were not satisfied."""
    tree = {"all": [["verdict", "in", ["unhappy"]], ["at", "last", 365]]}
    return list_address(entity_of(Answer), tree)


def value_of(kind: str, value: float | None) -> str:
    """Return a figure as people read it: CSAT as a share, NPS in points, ease from 1 to 5."""
    if value is None:
        return "—"
    if kind == "csat":
        return said(value, "share")
    return f"{value:+.0f}" if kind == "nps" else said(round(value, 2), "number")


def _says(found: Satisfaction) -> list[str]:
    told = []
    for one in found.asked:
        if one.figure.shown and one.kind == "csat":
            told.append(_("%(share)s of %(n)s answers of the last year were satisfied.")
                        % {"share": value_of("csat", one.figure.value),
                           "n": whole(one.figure.n)})  # fmt: skip
        if one.figure.shown and one.kind == "nps":
            told.append(_("NPS %(nps)s: %(up)s would recommend us, %(down)s would advise against.")
                        % {"nps": value_of("nps", one.figure.value),
                           "up": whole(one.counts["content"]),
                           "down": whole(one.counts["unhappy"])})  # fmt: skip
    return told


def _stat(one: Told) -> tuple[str, str, str]:
    hint = ""
    if one.figure.shown:
        hint = _("%(low)s to %(high)s, n=%(n)s; a year before %(before)s") % {
            "low": value_of(one.kind, one.figure.low), "high": value_of(one.kind, one.figure.high),
            "n": whole(one.figure.n), "before": value_of(one.kind, one.before.value),
        }  # fmt: skip
    else:
        hint = _("fewer than %(n)s answers") % {"n": FEWEST}
    return NAMES[one.kind], value_of(one.kind, one.figure.value), hint


def _verdicts(asked: Asked, found: Satisfaction) -> Chart:
    """Draw how many answered what; each mark leads to the customers."""
    labels = [NAMES[one.kind] for one in found.asked]
    series, rows = [], []
    for verdict in Answer.Verdict:
        hrefs = [asked.down_to(*last_answered(verdict.value, one.kind)) for one in found.asked]
        counts = [one.counts[verdict.value] for one in found.asked]
        series.append(Series(str(verdict.label), counts, hrefs, TONES[verdict.value]))
        rows += [
            Row([f"{label} · {verdict.label}", whole(count)], href)
            for label, count, href in zip(labels, counts, hrefs, strict=True)
        ]
    return Chart(
        _("What they answered in the last year"),
        bars(labels, series),
        Table([_("Answer"), _("Answers")], rows),
        note=_("A mark leads to the customers who ever answered so. NPS: satisfied are 9 and 10,"
               " not satisfied 0 to 6."),
    )  # fmt: skip


def _course(found: Satisfaction) -> Chart | None:
    one = next((o for o in found.asked if o.kind == "csat"), None)
    course = one.course if one else []
    shown = [(f"{day.year} Q{(day.month + 2) // 3}", f) for day, f in course if f.shown]
    if len(shown) < 2:
        return None
    rows = [Row([name, said(f.value, "share"), *_bounds(f), whole(f.n)]) for name, f in shown]
    series = Series("CSAT", [f.value for _name, f in shown], tone="2")
    return Chart(
        _("CSAT by quarter"),
        trend([name for name, _f in shown], [series], "share"),
        Table([_("Quarter"), "CSAT", _("At least"), _("At most"), "n"], rows),
    )  # fmt: skip


def _bounds(figure: Figure) -> list[str]:
    return [said(figure.low, "share"), said(figure.high, "share")]


def _curve(found: Satisfaction) -> Chart | None:
    """Draw how many came back by how satisfied they had said to be."""
    levels = found.curve.levels.get("all", {}) if found.curve else {}
    shown = [(level, f) for level, f in sorted(levels.items()) if f.shown]
    if len(shown) < 2 or found.curve is None:
        return None
    rows = [Row([str(n), said(f.value, "share"), *_bounds(f), whole(f.n)]) for n, f in shown]
    series = Series(_("bought again"), [f.value for _level, f in shown], tone="1")
    return Chart(
        _("From satisfaction to loyalty"),
        bars([str(level) for level, _f in shown], [series], "share"),
        Table([_("Satisfaction"), _("bought again"), _("At least"), _("At most"), "n"], rows),
        says=_bend(found.curve.shape.get("all", ""), shown[0][1], shown[-1][1]),
        note=_("Share of the answers of the last two years, at least half a year old, after which"
               " the customer bought again within half a year."),
    )  # fmt: skip


def _bend(shape: str, least: Figure, most: Figure) -> str:
    """Say what the bend means, where the content come back more often than the others at all."""
    if (most.value or 0) <= (least.value or 0):
        return _("In these answers satisfaction does not go with coming back.")
    return str(SHAPES.get(shape, ""))


def _unhappy(asked: Asked, found: Satisfaction) -> Table | None:
    """List the newest answers that were not satisfied; each leads to its customer."""
    rows = [
        Row([text_of(asked.actor, one, "party"), title(asked.actor, one),
             text_of(asked.actor, one, "at"), text_of(asked.actor, one, "body"),
             _("yes") if one.task_id else "—"], f"/customers/party/{one.party_id}/")
        for one in found.unhappy.select_related("party", "task")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Answer"), _("When"), _("In their words"), _("Task")]
    return Table(heads, rows, frozenset(range(5))) if rows else None


def _types(asked: Asked, found: Satisfaction) -> Chart | None:
    labels = dict(Loyalty.choices)
    shown = [(key, f) for key, f in found.by_loyalty.items() if f.shown and key in labels]
    if not shown:
        return None
    hrefs = [asked.down(("loyalty", "in", [key])) for key, _f in shown]
    rows = [
        Row([str(labels[key]), said(f.value, "share"), *_bounds(f), whole(f.n)], href)
        for (key, f), href in zip(shown, hrefs, strict=True)
    ]
    series = Series("CSAT", [f.value for _key, f in shown], hrefs, "3")
    return Chart(
        _("CSAT by loyalty type"),
        bars([str(labels[key]) for key, _f in shown], [series], "share", lying=True),
        Table([_("Type"), "CSAT", _("At least"), _("At most"), "n"], rows),
        note=_("The types count satisfaction among their rules: see the page on loyalty."),
    )  # fmt: skip


def _abouts(found: Satisfaction) -> Table | None:
    labels = dict(Answer.About.choices)
    rows = [
        Row([f"{NAMES[one.kind]} · {labels.get(about, about)}", value_of(one.kind, f.value),
             value_of(one.kind, f.low), value_of(one.kind, f.high), whole(f.n)])
        for one in found.asked for about, f in one.groups.items() if f.shown
    ]  # fmt: skip
    heads = [_("About what"), _("Figure"), _("At least"), _("At most"), "n"]
    return Table(heads, rows) if rows else None
