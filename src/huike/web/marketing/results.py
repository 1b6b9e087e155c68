"""What came of a campaign in sentences, pictures and links, as its page shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from huike.analytics.loop.result import Figure, Result
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.marketing.models import Campaign, CampaignMember
from huike.office.models import Task
from huike.ui.charts import Chart, Row, Series, Table, bars, lines, said


@dataclass(frozen=True)
class Words:
    """The sentence on top, with its tone, and what is to be said beside it."""

    sentence: str
    tone: str
    notes: list[str]


@dataclass(frozen=True)
class Group:
    """One group: how many were drawn, how many of them the reader sees, and where they are."""

    label: str
    drawn: int
    seen: int
    address: str

    @property
    def unseen(self) -> int:
        return self.drawn - self.seen


def words_of(found: Result) -> Words:
    """Say whether it helped, and how sure that is."""
    judged, notes = found.judged, []
    if found.last < found.first:
        return Words(_("The time of watching has not begun yet."), "", [])
    if judged is None:
        text = _("The groups are too small to say anything: each needs five customers at least.")
        return Words(text, "", [])
    if not found.is_final:
        notes.append(_("The campaign is still running: this may change until it ends."))
    if gain := found.gain:
        told = {"gain": _amount(gain[0]), "low": _amount(gain[1]), "high": _amount(gain[2])}
        text = _("Profit gained in all, cost of contact deducted: %(gain)s (%(low)s to %(high)s).")
        notes.append(text % told)
    if any(not one.is_alike for one in found.balance):
        notes.append(_("The groups differed before the campaign already; read with care."))
    return Words(_sentence(judged), _TONES[judged.verdict], notes)


_TONES = {"better": "good", "worse": "bad", "unclear": ""}


def _sentence(judged: Figure) -> str:
    effect = judged.effect
    told = {
        "treated": said(effect.treated, "share"),
        "held_out": said(effect.held_out, "share"),
        "gap": points(abs(effect.difference)),
        "low": points(effect.low),
        "high": points(effect.high),
    }
    if judged.verdict == "better":
        text = _(
            "It helped: %(treated)s of the treated customers bought, %(held_out)s of the hold-out;"
            " that is %(gap)s points more (between %(low)s and %(high)s)."
        )
    elif judged.verdict == "worse":
        text = _(
            "It harmed: %(treated)s of the treated customers bought, %(held_out)s of the hold-out;"
            " that is %(gap)s points less (between %(low)s and %(high)s)."
        )
    else:
        text = _(
            "It can't be shown that it helped: %(treated)s of the treated customers bought,"
            " %(held_out)s of the hold-out; the true difference lies between %(low)s and %(high)s"
            " points."
        )
    return text % told


def points(share: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{share * 100:.1f}"


def _amount(value: float) -> str:
    return said(value, "money")


def charts_of(found: Result) -> list[Chart]:
    """Return the pictures: who had bought by which day, and all figures with their intervals."""
    return [_bought(found), _curve(found)]


def _bought(found: Result) -> Chart:
    judged = found.figures[0].effect
    series = [
        Series(_("treated"), [judged.treated]),
        Series(_("hold-out"), [judged.held_out], tone="iron"),
    ]
    return Chart(
        _("Treated against hold-out"),
        bars([_("bought at all")], series, "share"),
        Table(
            [_("per customer"), _("treated"), _("hold-out"), _("difference"), _("95 % interval")],
            [_row(figure) for figure in found.figures],
        ),
        note=_("Everybody drawn counts in their group, whether the task was done or not."),
    ).wide()


def said_of(value: float, kind: str) -> str:
    """Return a figure as tables say it; numbers with two decimals."""
    places = 0 if abs(value) >= 100 else 2
    return said(round(value, places) if kind == "number" and math.isfinite(value) else value, kind)


def _row(figure: Figure) -> Row:
    e, kind = figure.effect, figure.kind
    interval = f"{said_of(e.low, kind)} … {said_of(e.high, kind)}"
    gap = said_of(e.difference, kind)
    gap = f"+{gap}" if e.difference > 0 else gap
    return Row([figure.label, said_of(e.treated, kind), said_of(e.held_out, kind), gap, interval])


def _curve(found: Result) -> Chart:
    days = [day for day, _treated, _held in found.curve]
    treated = [share * 100 for _day, share, _held in found.curve]  # so that the axis fits them
    held = [share * 100 for _day, _treated, share in found.curve]
    shown = [
        (Series(_("treated"), treated), days),
        (Series(_("hold-out"), held, tone="iron", dashed=True), days),
    ]
    steps = found.curve[:: max(1, len(found.curve) // 10)]
    return Chart(
        _("Who had bought by which day"),
        lines(shown, ("whole", "number"), (_("days"), _("bought at all, %")), step=True),
        Table(
            [_("day"), _("treated"), _("hold-out")],
            [Row([str(d), said(t, "share"), said(h, "share")]) for d, t, h in steps],
        ),
    )


def groups_of(actor: Actor, campaign: Campaign) -> list[Group]:
    """Return both groups with the way to their members; those out of reach are only counted."""
    if campaign.drawn_at is None:
        return []
    seen: dict[bool, int] = {True: 0, False: 0}
    if may(actor, CampaignMember, Op.VIEW):
        rows = visible(actor, CampaignMember).filter(campaign=campaign)
        for treated in seen:
            seen[treated] = rows.filter(is_treated=treated).count()
    return [
        Group(_("treated"), campaign.treated or 0, seen[True], _list(campaign, "yes")),
        Group(_("hold-out"), campaign.held_out or 0, seen[False], _list(campaign, "no")),
    ]


def _list(campaign: Campaign, treated: str) -> str:
    tree = f'{{"all":[["campaign","in",[{campaign.pk}]],["is_treated","{treated}"]]}}'
    return f"/marketing/campaignmember/?filter={quote(tree)}"


def tasks_address(campaign: Campaign, actor: Actor) -> str:
    """Return where the campaign's tasks are, or "" where the actor may not see tasks."""
    if not (may(actor, Task, Op.VIEW) and may(actor, CampaignMember, Op.VIEW)):
        return ""
    tree: Any = f'["memberships__campaign","in",[{campaign.pk}]]'
    return f"/office/task/?filter={quote(tree)}"
