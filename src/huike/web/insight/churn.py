"""Churn warning 流失预警: what is at stake, who is warned of and why, how good the warning is."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics import words
from huike.analytics.figures import churn as figures
from huike.analytics.figures.classes import Classes, by_class
from huike.analytics.models import Score
from huike.analytics.queries import values
from huike.analytics.settings import WARNINGS
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import cover, joined
from huike.ui.charts import Chart, Row, Series, Table, bars, lines, said
from huike.ui.words import whole
from huike.web.insight.frame import Asked, insight_page, list_address

MOST_WARNED = 25
MEASURES = (
    ("roc_auc", "ROC AUC", "number"),
    ("pr_auc", "PR AUC", "number"),
    ("lift_top_decile", "", "number"),
    ("brier", "Brier", "number"),
    ("contacted", "", "whole"),
    ("net", "", "money"),
)


@insight_page("web/insight/churn.html")
def churn(asked: Asked) -> dict[str, Any]:
    """Show who may leave, what it costs, and what can be done."""
    q = asked.question
    levels = by_class(q, "churn_level", words.Risk, "expected_loss")
    if levels is None:
        return {"closed": True}
    if q.on is not None and not levels.customers:
        return {"nothing": (_("No churn warning was kept for this day."),
                            _("Choose “newest” to see who may leave now."))}  # fmt: skip
    at_stake = figures.stake(q)
    cost, saved = _rates(asked)
    saving = figures.saving(q, cost, saved)
    tested = figures.backtest()
    owners, departments = figures.stakes(q, "owner"), figures.stakes(q, "department")
    return {
        "says": _says(at_stake, saving),
        "levels": _levels(asked, levels),
        "owners": owners and _stakes(asked, owners, _("Expected loss by owner"), _("Owner")),
        "departments": departments
        and _stakes(asked, departments, _("Expected loss by department"), _("Department")),
        "saving": saving,
        "saving_href": saving and asked.down(*saving.leaves),
        "cost": f"{cost.normalize():f}",
        "saved": saved,
        "warned": _warned(asked) if q.on is None else None,
        "warned_href": asked.down(figures.WARNED),
        "list_href": list_address(*q.on_scores(figures.WARNED), sort="-expected_loss"),
        "models": _models(tested),
        "calibration": _calibration(tested),
        "lift": _lift(tested),
        "kept": asked.params,
    }


def _rates(asked: Asked) -> tuple[Decimal, Decimal]:
    """Return cost of a contact and share kept: as asked in the address, else as set."""
    known = values()
    found = []
    for name, setting in (("cost", "churn.contact_cost"), ("saved", "churn.saved")):
        try:
            value = Decimal(asked.params.get(name) or str(known[setting]))
        except InvalidOperation:
            value = Decimal(str(known[setting]))
        if not value.is_finite() or not 0 <= value <= 1_000_000:
            value = Decimal(str(known[setting]))
        found.append(value)
    return found[0], min(found[1], Decimal(1))


def _says(at_stake: figures.Stake | None, saving: figures.Saving | None) -> list[str]:
    if at_stake is None:
        return []
    if not at_stake.customers:
        return [_("Nobody is warned of: no customer is likely to leave soon.")]
    told = [
        _("%(n)s customers may leave; %(loss)s a year would go with them.")
        % {"n": whole(at_stake.customers), "loss": said(at_stake.loss, "money")}
    ]
    if saving and saving.contacted:
        told.append(
            _("Contacting the %(n)s for whom it pays would bring about %(net)s after its cost.")
            % {"n": whole(saving.contacted), "net": said(saving.net, "money")}
        )
    return told


def _levels(asked: Asked, found: Classes) -> Chart:
    tones = {"high": "bad", "medium": "warn", "low": "good"}
    shown = found.groups
    hrefs = [asked.down(*g.leaves) for g in shown]
    with_money = found.money is not None
    heads = [_("Risk"), _("Customers")] + ([_("Expected loss")] if with_money else [])
    rows = [
        Row(
            [g.label, whole(g.customers)] + ([said(g.money, "money")] if with_money else []),
            href if g.customers else "",
        )
        for g, href in zip(shown, hrefs, strict=True)
    ]
    series = [
        Series(g.label, [g.customers], [href], tones[g.key])
        for g, href in zip(shown, hrefs, strict=True)
    ]
    spec = bars([_("customers")], series, lying=True)
    return Chart(_("How many may leave"), spec, Table(heads, rows), size="low")


def _stakes(asked: Asked, found: list[figures.Stake], title: str, head: str) -> Chart | None:
    if not found:
        return None
    hrefs = [asked.down_to(s.leaf, ("score__churn_level", *figures.WARNED[1:])) for s in found]
    if asked.question.on is not None:
        hrefs = ["" for _one in found]
    labels = [s.name or _("nobody") for s in found]
    rows = [
        Row([label, whole(s.customers), said(s.loss, "money")], href)
        for label, s, href in zip(labels, found, hrefs, strict=True)
    ]
    series = Series(_("Expected loss"), [s.loss for s in found], hrefs, "6")
    spec = bars(labels, [series], "money", lying=True)
    return Chart(title, spec, Table([head, _("Customers"), _("Expected loss")], rows)).wide()


def _warned(asked: Asked) -> Table | None:
    """Return the warned with their reasons, the largest expected loss first."""
    fields = entity_of(Score).fields(asked.actor)
    names = ("party", "churn_level", "churn_risk", "expected_loss", "reasons_text")
    shown = [fields[name] for name in names if name in fields]
    if not asked.question.open("expected_loss") or "party" not in fields:
        return None
    rows = joined(entity_of(Score), asked.question.rows(figures.WARNED), shown)
    found = list(rows.order_by("-expected_loss", "pk")[:MOST_WARNED])
    cover(asked.actor, shown, found)
    lines_ = [
        Row([f.text(row) for f in shown], f"/customers/party/{row.party_id}/") for row in found
    ]
    return Table([f.label for f in shown], lines_, frozenset({0, 1, len(shown) - 1}))


def _models(tested: dict[str, Any]) -> Table | None:
    rows = figures.ordered(tested.get("comparison") or [])
    if not rows:
        return None
    labels = {"lift_top_decile": _("Lift of the top tenth"), "contacted": _("Contacted"),
              "net": _("Net gain")}  # fmt: skip
    heads = [_("Model"), *(labels.get(key, label) for key, label, _unit in MEASURES)]
    return Table(
        heads,
        [
            Row(
                [
                    _model(row["model"], chosen=row["model"] == tested.get("chosen")),
                    *(said(row.get(key), unit) for key, _label, unit in MEASURES),
                ]
            )
            for row in rows
        ],
    )


def _model(name: str, *, chosen: bool = False) -> str:
    label = str(WARNINGS.get(name, name))
    return _("%s (in use)") % label if chosen else label


def _lift(tested: dict[str, Any]) -> Chart | None:
    rows = figures.ordered(tested.get("comparison") or [])
    if not rows:
        return None
    labels = [_model(row["model"]) for row in rows]
    series = Series(_("Lift of the top tenth"), [row.get("lift_top_decile") for row in rows])
    table = [
        Row([label, said(row.get("lift_top_decile"), "number")])
        for label, row in zip(labels, rows, strict=True)
    ]
    return Chart(
        _("Lift: how much better than guessing"),
        bars(labels, [series], "number", lying=True),
        Table([_("Model"), _("Lift of the top tenth")], table),
        note=_("How often the tenth warned of most really left, against everybody."),
        size="low",
    )


def _calibration(tested: dict[str, Any]) -> Chart | None:
    """Return said against happened, for the model in use."""
    rows = (tested.get("calibration") or {}).get(tested.get("chosen")) or []
    if not rows:
        return None
    said_, happened = [r["predicted"] for r in rows], [r["actual"] for r in rows]
    table = [
        Row([said(r["predicted"], "share"), said(r["actual"], "share"), whole(int(r["n"]))])
        for r in rows
    ]
    return Chart(
        _("Is the risk what it says? (calibration)"),
        lines(
            [
                (Series(_("the model in use"), happened, tone="1"), said_),
                (Series(_("exactly right"), [0, 1], tone="5", dashed=True), [0, 1]),
            ],
            ("share", "share"),
            (_("risk as said"), _("really left")),
        ),
        Table([_("Said"), _("Left"), _("Customers")], table, frozenset()),
        note=_("On customers and a period that the model had not seen."),
    )
