"""Scorecard 记分卡: what changed in a period, against the last one, last year and the target."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.figures.bought import last_day
from huike.analytics.figures.scorecard import (
    MONTHS,
    Card,
    Measure,
    Period,
    card,
    newest_whole,
    periods,
)
from huike.analytics.models import Target
from huike.analytics.words import Figure
from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.links import Link
from huike.ui.charts import Chart, Row, Series, Table, bars, said
from huike.ui.words import month_name, whole
from huike.web.insight.frame import Asked, insight_page, list_address

UNITS = {
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
}
OF_PARTY = ("department", "owner", "level")
OF_SCORE = ("abc", "rfm_class")
WORSE = frozenset({"lost", "lost_rate", "downgraded", "downgraded_rate"})  # the less the better
MOST_GROUPS = 30


@insight_page("web/insight/firm/scorecard.html")
def scorecard(asked: Asked) -> dict[str, Any]:
    """Show what changed in a period."""
    until = last_day(asked.question) or date.today()
    unit = asked.params.get("unit", "")
    unit = unit if unit in MONTHS else "month"
    offered = periods(unit, until)
    wanted = asked.params.get("start", "")
    period = next((p for p in offered if str(p.start) == wanted), newest_whole(offered))
    ways = _ways(asked)
    by = asked.params.get("by", "")
    by = by if by in ways else next(iter(ways), "")
    found = card(asked.question, period, _path(by))
    kept = {k: v for k, v in asked.params.items() if k not in ("unit", "start", "by")}
    return {
        "card": found,
        "says": _says(found, period) if found else [],
        "table": found and _table(asked, found),
        "moves": found and _moves(found),
        "money": found and _money(found),
        "groups": found and by and _groups(asked, found, by, ways[by]),
        "units": [(k, str(v)) for k, v in UNITS.items()],
        "unit": unit,
        "periods": [(str(p.start), called(p)) for p in offered],
        "period": period,
        "ways": [(name, f.label) for name, f in ways.items()],
        "by": by,
        "kept": kept,
        "targets_href": "/analytics/target/" if may(asked.actor, Target, Op.VIEW) else "",
    }


def called(period: Period) -> str:
    """Return what a period is called: 2026年10月, 2026 Q3, 2026."""
    names = {
        "month": month_name(period.start),
        "quarter": f"{period.start.year} Q{(period.start.month + 2) // 3}",
        "year": str(period.start.year),
    }
    name = names[period.unit]
    return name if period.is_whole else _("%(period)s, so far") % {"period": name}


def unit_of(name: str) -> str:
    """Return how a figure is written."""
    if name in {"revenue", "profit_per_customer"}:
        return "money"
    return "share" if name.endswith(("_rate", "_share")) else "whole"


def _text(name: str, value: float | None) -> str:
    unit = unit_of(name)
    return said(round(value) if unit == "whole" and value is not None else value, unit)


def _says(found: Card, period: Period) -> list[str]:
    new, lost, kept = found.of("new"), found.of("lost"), found.of("retention_rate")
    told = []
    if new and lost and kept:
        told.append(
            _("%(period)s: %(new)s new customers, %(lost)s of those before did not come back,"
              " %(kept)s stayed.")
            % {
                "period": called(period),
                "new": _text("new", new.value),
                "lost": _text("lost", lost.value),
                "kept": _text("retention_rate", kept.value),
            }
        )  # fmt: skip
    missed = [m for m in found.measures if _reached(m) is False]
    if missed:
        names = ", ".join(str(Figure(m.name).label) for m in missed)
        told.append(_("Short of the target: %s.") % names)
    return told


def _reached(one: Measure) -> bool | None:
    if one.target is None or one.value is None:
        return None
    return one.value <= one.target if one.name in WORSE else one.value >= one.target


def _change(one: Measure, before: float | None) -> str:
    """Return the difference to an earlier value: in points for shares, in percent else."""
    if one.value is None or before is None:
        return "—"
    if unit_of(one.name) == "share":
        return _("%+.1f points") % (100 * (one.value - before))
    return f"{(one.value - before) / abs(before):+.1%}" if before else "—"


def _table(asked: Asked, found: Card) -> Table:
    with_target = any(one.target is not None for one in found.measures)
    heads = [
        _("Figure"),
        _("Now"),
        _("Last period"),
        _("Difference"),
        _("Last year"),
        _("Difference"),
    ]
    rows = []
    for one in found.measures:
        cells = [
            str(Figure(one.name).label), _text(one.name, one.value),
            _text(one.name, one.last_period), _change(one, one.last_period),
            _text(one.name, one.last_year), _change(one, one.last_year),
        ]  # fmt: skip
        if with_target:
            cells += [_text(one.name, one.target), _hit(one)]
        rows.append(Row(cells, _href(asked, one) if one.value else ""))
    return Table(heads + ([_("Target"), _("Reached")] if with_target else []), rows)


def _href(asked: Asked, one: Measure) -> str:
    if one.down_to is not None:
        return asked.down_to(one.down_to)
    return list_address(*one.down[0].down(*one.down[1])) if one.down else ""


def _hit(one: Measure) -> str:
    reached = _reached(one)
    return "—" if reached is None else (_("yes") if reached else _("no"))


def _moves(found: Card) -> Chart | None:
    course = found.course
    if not course or "new" not in course[0][1]:
        return None
    labels = [called(period) for period, _told in course]
    new, lost = ([told[name] for _period, told in course] for name in ("new", "lost"))
    rows = [
        Row([label, whole(round(told["customers"])), whole(round(told["new"])),
             whole(round(told["lost"]))])
        for label, (_period, told) in zip(labels, course, strict=True)
    ]  # fmt: skip
    series = [Series(_("new"), new, tone="good"), Series(_("lost"), lost, tone="bad")]
    return Chart(
        _("New and lost customers"),
        bars(labels, series),
        Table([_("Period"), _("Customers"), _("new"), _("lost")], rows),
        note=_("New: first purchase in the period. Lost: bought in the period of equal length"
               " before it, and not in it."),
    )  # fmt: skip


def _money(found: Card) -> Chart | None:
    course = found.course
    if not course or "revenue" not in course[0][1]:
        return None
    labels = [called(period) for period, _told in course]
    sums = [told["revenue"] for _period, told in course]
    rows = [Row([label, said(sum_, "money")]) for label, sum_ in zip(labels, sums, strict=True)]
    return Chart(
        _("Revenue by period"),
        bars(labels, [Series(_("Revenue"), sums, tone="1")], "money"),
        Table([_("Period"), _("Revenue")], rows),
    )


def _ways(asked: Asked) -> dict[str, Field]:
    """Return by what the figures may be told apart: fields that the reader may compare by."""
    party, score = entity_of(Party).fields(asked.actor), asked.question.fields
    found = {n: party[n] for n in OF_PARTY if n in party and party[n].is_comparable}
    return found | {n: score[n] for n in OF_SCORE if n in score and score[n].is_comparable}


def _path(by: str) -> str:
    return f"party__{by}" if by in OF_PARTY else by


def _groups(asked: Asked, found: Card, by: str, known: Field) -> Chart | None:
    shown = list(found.groups)[:MOST_GROUPS]
    if not shown:
        return None
    names = _names(known, [str(one["group"]) for one in shown])
    columns = [n for n in ("customers", "new", "lost", "retention_rate", "revenue",
                           "profit_per_customer") if n in shown[0]]  # fmt: skip
    rows, hrefs = [], []
    for one in shown:
        key = str(one["group"])
        leaf = (by, "in", [int(key) if key.isdigit() and isinstance(known.kind, Link) else key])
        down = asked.down_to if by in OF_PARTY else asked.down
        href = down(leaf if key else (by, "empty"))
        hrefs.append("" if asked.question.on and by in OF_PARTY else href)
        rows.append(Row([names[key], *(_text(n, one[n]) for n in columns)], hrefs[-1]))
    drawn = "revenue" if "revenue" in columns else "customers"
    series = Series(str(Figure(drawn).label), [one[drawn] for one in shown], hrefs, "1")
    labels = [names[str(one["group"])] for one in shown]
    unit = unit_of(drawn)
    heads = [known.label, *(str(Figure(n).label) for n in columns)]
    return Chart(
        _("By %(what)s") % {"what": known.label},
        bars(labels, [series], unit, lying=True),
        Table(heads, rows),
        note=_("By what customers belong to today; the groups add up to the whole."),
        size="tall" if len(shown) > 8 else "normal",
    ).wide()  # fmt: skip


def _names(known: Field, keys: list[str]) -> dict[str, str]:
    none = {"": _("none")}
    if isinstance(known.kind, Link):
        found = known.kind.names([int(k) for k in keys if k])
        return none | {str(key): str(name) for key, name in found.items()}
    options = known.kind.options if isinstance(known.kind, Choice) else {}
    return {k: str(options.get(k, k)) for k in keys} | none
