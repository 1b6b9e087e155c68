"""A customer's page: what the analysis says of this customer, with its trend, each with “why”."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.analytics.entities import reasons_of
from huike.analytics.models import PastScore, Score
from huike.analytics.runs.results import sentence
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.titles import is_open, text_of
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel
from huike.web.rendering import actor_of, render

PAST = 13
WIDTH, HEIGHT = 120, 28
# field: the method that found it, and what its sentence gives away besides
WHY: dict[str, tuple[str, tuple[str, ...]]] = {
    "rfm_class": ("rfm", ("amount", "orders", "last_on")),
    "abc": ("abc", ("amount",)),
    "pyramid": ("spend_pyramid", ("amount",)),
    "profit_tier": ("profit_pyramid", ("profit",)),
    "matrix": ("value_matrix", ("current_profit", "clv")),
    "stage": ("stage", ("amount", "orders")),
    "p_alive": ("relation", ("relation", "last_on", "interval_days", "recency_days")),
    "clv": ("predicted_value", ("p_alive", "orders", "amount")),
    "churn_risk": ("churn_warning", ("churn_level", "expected_loss", "amount", "reasons_text")),
    "next_product": ("basket", ("next_lift",)),
}
CLASSES = ("rfm_class", "abc", "pyramid", "profit_tier", "matrix", "stage")


@dataclass(frozen=True)
class Line:
    """One number of the panel as the reader may read it."""

    name: str
    label: str
    text: str
    more: str = ""
    why: bool = False


@dataclass(frozen=True)
class Trend:
    """A small line of the past, drawn from left to right."""

    label: str
    points: str
    first: str
    last: str


def score_facts(opened: Open) -> dict[str, Any] | None:
    """Return the panel's facts (two queries); None without rights on scores or without a score."""
    actor = opened.actor
    if not may(actor, Score, Op.VIEW):
        return None
    row = visible(actor, Score).select_related("next_product").filter(party=opened.row.pk).first()
    if row is None:
        return None
    return {
        "lines": _lines(actor, row),
        "reasons": _reasons(actor, row),
        "trends": _trends(actor, opened.row.pk),
        "on": row.on if is_open(actor, row, "on") else None,
        "past": may(actor, PastScore, Op.VIEW),
    }


def _lines(actor: Actor, row: Score) -> list[Line]:
    found = [_line(actor, row, name) for name in (*CLASSES, "p_alive")]
    found.append(_line(actor, row, "clv", _interval(actor, row)))
    level = text_of(actor, row, "churn_level")
    found.append(_line(actor, row, "churn_risk", level))
    loss = _line(actor, row, "expected_loss")
    return [line for line in [*found, loss, _line(actor, row, "next_product")] if line.text]


def _line(actor: Actor, row: Score, name: str, more: str = "") -> Line:
    label = str(Score._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return Line(name, label, text_of(actor, row, name), more, may_ask_why(actor, name))


def _interval(actor: Actor, row: Score) -> str:
    if row.clv_low is None or row.clv_high is None:
        return ""
    if not (is_open(actor, row, "clv_low") and is_open(actor, row, "clv_high")):
        return ""
    low, high = text_of(actor, row, "clv_low"), text_of(actor, row, "clv_high")
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _reasons(actor: Actor, row: Score) -> str:
    return reasons_of(row) if is_open(actor, row, "reasons_text") else ""


def _trends(actor: Actor, party: int) -> list[Trend]:
    """Return amount and CLV of the past days, where they may be read."""
    names = [n for n in ("amount", "clv") if is_open(actor, PastScore, n)]
    if not names or not may(actor, PastScore, Op.VIEW) or not is_open(actor, PastScore, "on"):
        return []
    newest = visible(actor, PastScore).filter(party=party).order_by("-on")
    rows = list(newest.values("on", *names)[:PAST])[::-1]
    found = []
    for name in names:
        values = [row[name] for row in rows if row[name] is not None]
        if len(values) > 1:
            label = str(PastScore._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(_trend(label, values))
    return found


def _trend(label: str, values: list[Decimal]) -> Trend:
    low, high = min(values), max(values)
    span = float(high - low) or 1.0
    step = WIDTH / (len(values) - 1)
    points = " ".join(
        f"{n * step:.1f},{HEIGHT - 3 - float(value - low) / span * (HEIGHT - 6):.1f}"
        for n, value in enumerate(values)
    )
    return Trend(label, points, f"{values[0]:,.0f}", f"{values[-1]:,.0f}")


def may_ask_why(actor: Actor, name: str) -> bool:
    """Tell whether the sentence about a number gives away nothing that the actor may not read."""
    known = WHY.get(name)
    return known is not None and all(is_open(actor, Score, n) for n in (name, *known[1]))


@require_GET
def why(request: HttpRequest, party: int, name: str) -> HttpResponse:
    """Say in one sentence why a customer has a number."""
    actor = actor_of(request)
    row = visible(actor, Score).select_related("next_product").filter(party=party).first()
    if row is None or not may_ask_why(actor, name):
        raise Http404
    return render(
        request,
        "web/insight/why_page.html",
        part="web/insight/why.html",
        told=_told(actor, row, name),
        party=row.party_id,
    )


def _told(actor: Actor, row: Score, name: str) -> str:
    if name == "next_product" and (row.next_lift is None or row.next_lift <= 1):
        return _("Many customers who bought the same as this one also buy “%s”.") % text_of(
            actor, row, name
        )
    if name == "next_product":
        return _(
            "Customers who bought the same as this one buy “%(product)s” %(lift)s times as often"
            " as others."
        ) % {"product": text_of(actor, row, name), "lift": text_of(actor, row, "next_lift")}
    chinese = (get_language() or "zh").startswith("zh")
    told = sentence(row.party_id, WHY[name][0], "zh" if chinese else "en")
    return told or _("Why is kept with the next run of the analysis.")


def register() -> None:
    """Put the panel first at the side of a customer's page, in place of the lists of scores."""
    panel = Panel("web/insight/panel.html", score_facts, replaces=("score", "past_scores"))
    add_panel(Party.label(), panel)
