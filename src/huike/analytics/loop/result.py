"""What came of a campaign: treated less hold-out with intervals, and how alike the groups were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.analytics.loop.outcomes import LEAST, Numbers, Outcomes, outcomes
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.titles import is_open
from huike.marketing.models import Campaign, CampaignMember
from huike.office.models import Task
from huike.trade.models import Order

if TYPE_CHECKING:
    from huike.insight.uplift import Effect

BEFORE = timedelta(days=365)
ALIKE = 0.2  # standardised differences beyond it deserve a word

Label = str | Promise


@dataclass(frozen=True)
class Figure:
    """One outcome: its kind (share, number or money), and its effect per customer."""

    name: str
    label: Label
    kind: str
    effect: Effect

    @property
    def verdict(self) -> str:
        """Return better, worse or unclear."""
        if self.effect.low > 0:
            return "better"
        return "worse" if self.effect.high < 0 else "unclear"


@dataclass(frozen=True)
class Balance:
    """One thing that both groups should have had alike before: mean by group, and the gap.

    `gap` is in standard deviations of one customer (Cohen's d).
    """

    label: Label
    kind: str
    treated: float
    held_out: float
    gap: float

    @property
    def is_alike(self) -> bool:
        return not abs(self.gap) > ALIKE


@dataclass(frozen=True)
class Result:
    """What is known of a campaign on one day."""

    first: date
    last: date
    is_final: bool
    treated: int
    held_out: int
    figures: Sequence[Figure]
    balance: Sequence[Balance]
    curve: Sequence[tuple[int, float, float]]  # day, share of treated and held out who had bought
    tasks: int
    tasks_done: int
    cost: float | None  # of all contacts; None where the reader may not see money

    @property
    def judged(self) -> Figure | None:
        """The figure that decides: whether more customers bought at all."""
        return self.figures[0] if self.figures else None

    def figure(self, name: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.name == name), None)

    @property
    def gain(self) -> tuple[float, float, float] | None:
        """Return (estimate, low, high) of the profit gained in all, cost of contact deducted."""
        profit = self.figure("profit")
        if profit is None or not math.isfinite(profit.effect.difference):
            return None
        e = profit.effect
        return e.difference * self.treated, e.low * self.treated, e.high * self.treated


def measure(actor: Actor, campaign: Campaign) -> Result | None:
    """Return what came of a campaign that has started, or None where the actor may not know.

    Whoever sees the campaign and orders sees averages over all of its customers, also of those out
    of reach, who are counted and never named; money only with the right to read it. Everybody drawn
    counts in the group drawn, whether the task was done or not.
    """
    if campaign.starts_on is None or not may(actor, Order, Op.VIEW):
        return None
    first, today = campaign.starts_on, timezone.localdate()
    last = min(campaign.ends_on or today, today)
    treated, held_out = outcomes(campaign, first, last)
    tasks, done = _tasks(campaign)
    spent = is_open(actor, Campaign, "contact_cost")
    cost = float(campaign.contact_cost) * tasks if spent else None
    enough = min(len(treated), len(held_out)) >= LEAST
    return Result(
        first=first,
        last=last,
        is_final=campaign.state == Campaign.State.ENDED or campaign.is_over,
        treated=len(treated),
        held_out=len(held_out),
        figures=_figures(actor, treated, held_out, cost) if enough else (),
        balance=balance(actor, campaign) if enough else (),
        curve=curve(treated, held_out, (last - first).days) if enough else (),
        tasks=tasks,
        tasks_done=done,
        cost=cost,
    )


def _tasks(campaign: Campaign) -> tuple[int, int]:
    rows = CampaignMember.objects.filter(campaign=campaign, task__isnull=False)
    made = rows.filter(task__binned_at=None)
    return made.count(), made.filter(task__state=Task.State.DONE).count()


def _figures(
    actor: Actor, treated: Outcomes, held_out: Outcomes, cost: float | None
) -> list[Figure]:
    from huike.insight.uplift import difference  # here: SciPy takes a second to load

    found = [
        Figure("bought", _("bought at all"), "share", difference(treated.bought, held_out.bought)),
        Figure("orders", _("orders"), "number", difference(treated.orders, held_out.orders)),
    ]
    if is_open(actor, Order, "total"):
        effect = difference(treated.revenue, held_out.revenue)
        found.append(Figure("revenue", _("revenue"), "money", effect))
    if is_open(actor, Order, "total") and is_open(actor, Order, "cost") and cost is not None:
        each = cost / len(treated)  # contacts that were made, spread over all treated
        effect = difference(treated.profit - each, held_out.profit)
        found.append(Figure("profit", _("profit less cost of contact"), "money", effect))
    return found


def curve(treated: Outcomes, held_out: Outcomes, days: int) -> list[tuple[int, float, float]]:
    """Return for each day the shares of both groups who had bought by then."""

    def share(group: Outcomes, day: int) -> float:
        return float(np.mean(group.first <= day))

    return [(day, share(treated, day), share(held_out, day)) for day in range(days + 1)]


def balance(actor: Actor, campaign: Campaign) -> list[Balance]:
    """Return how alike the groups were in the year before the campaign was watched."""
    drawn = timezone.localtime(campaign.drawn_at).date() if campaign.drawn_at else None
    day = campaign.starts_on or drawn
    if day is None or not may(actor, Order, Op.VIEW):
        return []
    last = min(day, timezone.localdate()) - timedelta(days=1)
    treated, held_out = outcomes(campaign, last - BEFORE, last)
    if min(len(treated), len(held_out)) < LEAST:
        return []
    told: list[tuple[Label, str, Numbers, Numbers]] = [
        (_("bought at all"), "share", treated.bought, held_out.bought),
        (_("orders"), "number", treated.orders, held_out.orders),
        (_("days since the last order"), "number", treated.silent, held_out.silent),
    ]
    if is_open(actor, Order, "total"):
        told.append((_("revenue"), "money", treated.revenue, held_out.revenue))
    return [_balance(*one) for one in told]


def _balance(label: Label, kind: str, treated: Numbers, held_out: Numbers) -> Balance:
    a, b = treated[np.isfinite(treated)], held_out[np.isfinite(held_out)]
    if not len(a) or not len(b):
        return Balance(label, kind, math.nan, math.nan, math.nan)
    spread = math.sqrt((float(a.var()) + float(b.var())) / 2)
    gap = float(a.mean() - b.mean())
    distance = gap / spread if spread else math.copysign(math.inf, gap) if gap else 0.0
    return Balance(label, kind, float(a.mean()), float(b.mean()), distance)
