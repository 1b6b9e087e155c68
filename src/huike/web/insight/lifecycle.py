"""Lifecycle 生命周期: relation and stage, how customers move on, cohorts, survival, endings."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics import words
from huike.analytics.figures.classes import Classes, by_class
from huike.analytics.figures.life import Cohort, Cohorts, Survival, cohorts, survival
from huike.analytics.figures.moving import Move, counts, moves
from huike.insight.lifecycle.stage import markov
from huike.ui.charts import Cell, Chart, Row, Series, Table, bars, heat, lines, said
from huike.ui.words import day, month_name, whole
from huike.web.insight.frame import Asked, insight_page

YEAR = 365


@insight_page("web/insight/lifecycle.html", two_days=True)
def lifecycle(asked: Asked) -> dict[str, Any]:
    """Show where the relationships stand and how they go on."""
    q = asked.question
    relation = by_class(q, "relation", words.Relation)
    stage = by_class(q, "stage", words.Stage)
    ending = by_class(q, "ending", words.Ending) if q.on is None else None
    curve, born = survival(q), cohorts(q)
    since = asked.bar.since
    until = q.on or (asked.bar.days[0] if asked.bar.days else None)
    went = moves(q, "stage", since, until) if since and until else None
    return {
        "says": [*(_stage_says(stage) if stage else []), *(_curve_says(curve) if curve else [])],
        "relation": relation and _classes(asked, relation, _("Relation"), ""),
        "stage": stage and _classes(asked, stage, _("Stage"), ""),
        "moves": _moves(asked, went, since, until) if went and since and until else None,
        "steady": _steady(stage, went) if went and stage else None,
        "cohorts": born and _cohorts(asked, born),
        "survival": curve and _survival(curve),
        "ending": _ending(asked, ending) if ending and ending.customers else None,
    }


def _stage_says(stage: Classes) -> list[str]:
    fading, steady = stage.of("decline"), stage.of("stable")
    return [
        _("%(steady)s customers are stable, %(fading)s are in decline: talk to these first.")
        % {"steady": whole(steady.customers), "fading": whole(fading.customers)}
    ]


def _curve_says(curve: Survival) -> list[str]:
    kept = curve.share[bisect_right(curve.days, YEAR) - 1]
    told = _("%(share)s of customers are still here a year after their first purchase.") % {
        "share": said(float(kept), "share")
    }
    if curve.median is not None:
        told += " " + _("Half of them stay longer than %(n)s days.") % {
            "n": whole(round(curve.median))
        }
    return [told]


def _classes(asked: Asked, found: Classes, title: str, note: str) -> Chart:
    hrefs = [asked.down(*g.leaves) for g in found.groups]
    heads = [title, _("Customers"), _("Share")]
    with_money = found.money is not None
    if with_money:
        heads.append(_("Amount"))
    rows = [
        Row(
            [g.label, whole(g.customers), said(found.share(g), "share")]
            + ([said(g.money, "money")] if with_money else []),
            href if g.customers else "",
        )
        for g, href in ((g, asked.down(*g.leaves)) for g in found.all_groups)
    ]
    series = Series(_("customers"), [g.customers for g in found.groups], hrefs, "1")
    spec = bars([g.label for g in found.groups], [series], lying=True)
    return Chart(title, spec, Table(heads, rows), note=note, size="low").wide()


def _ending(asked: Asked, found: Classes) -> Chart:
    note = _("Of those who are lost: after fewer than 3 orders, while growing, before or after the"
             " median of those who had become steady.")  # fmt: skip
    return _classes(asked, Classes(found.groups), _("How relationships ended"), note)


def _moves(asked: Asked, went: list[Move], since: date, until: date) -> Chart:
    names = list(words.Stage.values)
    labels = [str(label) for label in words.Stage.labels]
    sums = {key: sum(m.customers for m in went if m.before == key) for key in names}
    cells, rows = [], []
    for move in went:
        share, href = move.customers / sums[move.before], asked.down_to(*move.leaves)
        here, there = names.index(move.before), names.index(move.after)
        cells.append(Cell(there, here, share, f"{share:.0%}\n{whole(move.customers)}", href))
        told = [labels[here], labels[there], whole(move.customers), said(share, "share")]
        rows.append(((here, there), Row(told, href)))
    return Chart(
        _("How customers moved on from %(since)s to %(until)s") % {
            "since": day(since, weekday=False), "until": day(until, weekday=False)
        },
        heat(labels, labels, cells, "share", (_("to"), _("from"))),
        Table(
            [_("From"), _("To"), _("Customers"), _("Share")],
            [row for _place, row in sorted(rows, key=lambda pair: pair[0])],
            frozenset({0, 1}),
        ),
        note=_("Each row shares out the customers of one stage."),
    )  # fmt: skip


def _steady(stage: Classes, went: list[Move]) -> Chart | None:
    """Return the shares now and those to which the moves would lead if they went on so."""
    table = counts(went, words.Stage)
    if not table.sum():
        return None
    _rows, steady = markov(table)
    groups = [stage.of(key) for key in words.Stage.values]
    now = [stage.share(g) for g in groups]
    then = [steady[g.key] for g in groups]
    rows = [
        Row([g.label, said(a, "share"), said(b, "share")])
        for g, a, b in zip(groups, now, then, strict=True)
    ]
    series = [Series(_("now"), now, tone="5"), Series(_("in the long run"), then, tone="1")]
    return Chart(
        _("Where this leads"),
        bars([g.label for g in groups], series, "share"),
        Table([_("Stage"), _("Now"), _("In the long run")], rows),
        note=_("If everybody went on moving as between these two days, and nobody new came"
               " (the steady state of a Markov chain)."),
    )  # fmt: skip


def _cohorts(asked: Asked, found: Cohorts) -> Chart:
    down = [_period(c, found.by_quarter) for c in found.cohorts]
    reached = max(sum(a is not None for a in c.active) for c in found.cohorts)
    across = [str(n) for n in range(reached)]
    cells, rows = [], []
    for index, cohort in enumerate(found.cohorts):
        href = asked.down(*cohort.leaves)
        told = [down[index], whole(cohort.size)]
        for n, active in enumerate(cohort.active[:reached]):
            if active is None:
                told.append("")
                continue
            share = active / cohort.size if cohort.size else 0.0
            told.append(f"{share:.0%}")
            if n:
                cells.append(Cell(n - 1, index, share, f"{share:.0%}", href))
        rows.append(Row(told, href))
    unit = (
        _("quarters since the first purchase")
        if found.by_quarter
        else _("months since the first purchase")
    )
    return Chart(
        _("Cohorts: who still buys"),
        heat(across[1:], down, cells, "share", (unit, "")),
        Table([_("First purchase"), _("Customers"), *across], rows),
        note=_("Share of each cohort that bought in the period; the first is all of them."),
        size="tall",
    ).wide()  # fmt: skip


def _period(cohort: Cohort, by_quarter: bool) -> str:
    if by_quarter:
        return f"{cohort.start.year} Q{(cohort.start.month + 2) // 3}"
    return month_name(cohort.start)


def _survival(curve: Survival) -> Chart:
    at = _thinned(curve.days)
    days = [curve.days[n] for n in at]
    share, low, high = ([c[n] for n in at] for c in (curve.share, curve.low, curve.high))
    rows = []
    for n in range(0, int(curve.days[-1]) + 1, max(30, int(curve.days[-1]) // 12 // 30 * 30)):
        here = bisect_right(curve.days, n) - 1
        rows.append(
            Row([whole(n), said(curve.share[here], "share"), said(curve.low[here], "share"),
                 said(curve.high[here], "share")])
        )  # fmt: skip
    return Chart(
        _("Survival curve"),
        lines(
            [
                (Series(_("still a customer"), share, tone="1", area=True), days),
                (Series(_("at least"), low, tone="5", dashed=True), days),
                (Series(_("at most"), high, tone="5", dashed=True), days),
            ],
            ("whole", "share"),
            (_("days since the first purchase"), ""),
            step=True,
        ),
        Table([_("Days"), _("Still here"), _("at least"), _("at most")], rows, frozenset()),
        note=_("Kaplan-Meier over %(n)s customers, %(lost)s of whom are lost; 95 %% interval.")
        % {"n": whole(curve.customers), "lost": whole(curve.lost)},
    )


def _thinned(days: Any) -> list[int]:
    """Return at most 200 places of a long curve, the last among them."""
    step = max(1, len(days) // 200)
    found = list(range(0, len(days), step))
    return found if found[-1] == len(days) - 1 else [*found, len(days) - 1]
