"""Forecast 预测: what will be sold in the coming months or weeks, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huike.analytics.figures import demand as figures
from huike.analytics.figures.demand import Ahead, Demand, Sold, Unit
from huike.ui.charts import Chart, Row, Series, Table, said, short, trend
from huike.ui.words import day, month_name, whole
from huike.web.insight.frame import Asked, insight_page, list_address

UNITS = {"month": gettext_lazy("month"), "week": gettext_lazy("week")}
MEASURES: dict[str, Any] = {"amount": gettext_lazy("Amount"), "orders": gettext_lazy("Orders")}
DRAWN = {"month": 36, "week": 78}  # periods of the past in the picture
KINDS = {"amount": "money", "orders": "whole"}


@insight_page("web/insight/firm/forecast.html")
def forecast(asked: Asked) -> dict[str, Any]:
    """Show what was sold, what is foreseen, and how every model did before."""
    given = asked.params.get("unit", "")
    unit: Unit = "week" if given == "week" else "month"
    offered = figures.HORIZONS[unit]
    wanted = asked.params.get("ahead", "")
    horizon = next((n for n in offered if str(n) == wanted), offered[0])
    found = figures.demand(asked.question, unit, horizon)
    if found is None:
        return {"closed": True}
    told = {name: one for name, one in found.ahead.items() if len(one.starts)}
    return {
        "says": [_says(found, name, one) for name, one in told.items()],
        "why_not": _why_not(found) if not told else "",
        "charts": [_chart(asked, found, name) for name in found.ahead] if found.past else [],
        "tests": [_tested(found, name, one) for name, one in told.items()],
        "units": [(k, str(v)) for k, v in UNITS.items()],
        "unit": unit,
        "aheads": sorted(offered),
        "horizon": horizon,
        "kept": {k: v for k, v in asked.params.items() if k not in ("unit", "ahead")},
    }  # fmt: skip


def called(start: date, unit: str) -> str:
    """Return what a period is called: 2026年10月, or the days of a week."""
    if unit == "month":
        return month_name(start)
    return f"{start:%Y-%m-%d} – {start + timedelta(days=6):%m-%d}"


def _text(name: str, value: Any) -> str:
    if KINDS[name] == "whole" and value is not None:
        return said(round(value), "whole")
    return said(value if value is None else round(float(value), 2), "money")


def _says(found: Demand, name: str, one: Ahead) -> str:
    told = one.foreseen
    text = _(
        "%(what)s in %(period)s: about %(value)s; in four of five cases between %(low)s and"
        " %(high)s."
    ) % {
        "what": MEASURES[name],
        "period": called(one.starts[0], found.unit),
        "value": short(told.value[0]),
        "low": short(told.low[0]),
        "high": short(told.high[0]),
    }
    if found.under_way is not None and one.starts[0] == found.under_way.start:
        so_far = found.under_way.amount if name == "amount" else found.under_way.orders
        text += " " + _("So far %s.") % short(so_far or 0)
    return text


def _why_not(found: Demand) -> str:
    if not found.past:
        return _("There is no whole month or week of orders yet.")
    return _(
        "A forecast needs 8 whole months or weeks with orders, to be tested on; there are %s."
    ) % len(found.past)


def _chart(asked: Asked, found: Demand, name: str) -> Chart:
    one = found.ahead[name]
    past = list(found.past)[-DRAWN[found.unit] :]
    labels = [called(p.start, found.unit) for p in past]
    labels += [called(start, found.unit) for start in one.starts]
    empty: list[Any] = [None] * len(past)
    values, more = [_of(p, name) for p in past], list(one.foreseen.value)
    came = [found.came.get(start) for start in one.starts]
    values += [None if c is None else _of(c, name) for c in came]
    hrefs = [_href(asked, p) for p in past] + [_href(asked, c) if c else "" for c in came]
    joint = [*empty[:-1], values[len(past) - 1]] if more else empty
    series = [
        Series(_("sold"), values, hrefs, "1"),
        *([Series(_("foreseen"), [*joint, *more], (), "2", dashed=True)] if more else []),
    ]
    low, high = ([*empty, *edge] for edge in (one.foreseen.low, one.foreseen.high))
    band = (Series(_("80 % interval"), high, tone="2"), low) if more else None
    return Chart(
        _("%s by period, and what is foreseen") % MEASURES[name],
        trend(labels, series, KINDS[name], band),
        _table(asked, found, name),
        note=_note(found, name, one),
        size="tall",
    ).wide()


def _of(one: Sold, name: str) -> Any:
    return one.amount if name == "amount" else one.orders


def _href(asked: Asked, one: Sold) -> str:
    return list_address(*figures.orders_of(asked.question, one))


def _table(asked: Asked, found: Demand, name: str) -> Table:
    """Return what is foreseen on top, then the past, the newest first."""
    one = found.ahead[name]
    heads = [_("Period"), MEASURES[name], _("At least"), _("At most"), _("Returns")]
    rows = []
    told = zip(one.starts, one.foreseen.value, one.foreseen.low, one.foreseen.high, strict=True)
    for start, value, low, high in reversed(list(told)):
        label = _("%s (foreseen)") % called(start, found.unit)
        came = found.came.get(start)
        if came is not None:
            label = _("%(period)s (foreseen; came: %(came)s)") % {
                "period": called(start, found.unit), "came": _text(name, _of(came, name))
            }  # fmt: skip
        cells = [label, _text(name, value), _text(name, low), _text(name, high), ""]
        rows.append(Row(cells, _href(asked, came) if came else ""))
    for past in [*([found.under_way] if found.under_way else []), *reversed(found.past)]:
        label = called(past.start, found.unit)
        if past is found.under_way:
            label = _("%(period)s, so far") % {"period": label}
        cells = [label, _text(name, _of(past, name)), "", "", whole(past.returns)]
        rows.append(Row(cells, _href(asked, past) if past.orders or past.returns else ""))
    return Table(heads, rows)


def _note(found: Demand, name: str, one: Ahead) -> str:
    counted = _("Orders that you may see, as they stand now, cancelled ones left out;"
                " a period leads to its orders.")  # fmt: skip
    if name == "amount":
        counted += " " + _("Returns lower the amount.")
    if not len(one.starts):
        return counted
    used = _("Foreseen by “%(model)s” from %(n)s whole periods up to %(day)s.") % {
        "model": _model(one.foreseen.name),
        "n": len(found.past),
        "day": day(found.until, False),
    }
    return f"{used} {counted}"


def _model(name: str) -> str:
    from huike.insight.forecast import TITLES

    return TITLES[name][0 if (get_language() or "zh").startswith("zh") else 1]


def _tested(found: Demand, name: str, one: Ahead) -> dict[str, Any]:
    """Return the back-test of a measure: every model against the floor, and period by period."""
    told = one.foreseen
    title = _("How far to trust it: %s") % MEASURES[name]
    names = {m: _model("naive" if m == "floor" and told.season == 1 else m)
             for m in told.models["model"]}  # fmt: skip
    return {
        "title": title,
        "says": _judged(told),
        "models": _models(told, names, name),
        "steps": _steps(found, told, names, name),
        "steps_title": _("What each model said one period before: %s") % MEASURES[name],
    }


def _judged(told: Any) -> str:
    rows = told.models.set_index("model")
    if told.chosen == "floor":
        return _("No model came closer than “%s”; so that is used.") % _model(told.name)
    return _("“%(model)s” is used: its error was %(less)s less than that of “%(floor)s”.") % {
        "model": _model(told.chosen),
        "less": said(float(1 - rows.loc[told.chosen, "relative"]), "share"),
        "floor": _model("naive" if told.season == 1 else "floor"),
    }


def _models(told: Any, names: dict[str, str], name: str) -> Table:
    heads = [_("Model"), _("Mean error"), _("Against the floor"), _("Forecasts tested")]
    rows = [
        Row([
            _("%s (in use)") % names[one.model] if one.chosen else names[one.model],
            _text(name, one.mae), said(float(one.relative), "share"), whole(int(one.n)),
        ])
        for one in told.models.itertuples()
    ]  # fmt: skip
    return Table(heads, rows)


def _steps(found: Demand, told: Any, names: dict[str, str], name: str) -> Table:
    past: Sequence[Sold] = found.past
    rows = [
        Row([
            called(past[int(row["place"])].start, found.unit), _text(name, row["actual"]),
            *(_text(name, row[model]) for model in names),
        ])
        for row in reversed(told.steps.to_dict("records"))
    ]  # fmt: skip
    return Table([_("Period"), _("It was"), *names.values()], rows)
