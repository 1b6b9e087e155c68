"""Before a campaign starts: how small an effect its groups could show, and how many would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, QuerySet
from django.utils import timezone

from huike.analytics.loop.outcomes import LEAST
from huike.analytics.models import Score
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.titles import is_open
from huike.marketing.models import OBSERVED, Campaign, CampaignMember
from huike.marketing.segments import members
from huike.trade.models import Order

AIM = 0.8  # the chance to see what is there
ASSUMED = 0.1


@dataclass(frozen=True)
class Power:
    """What a campaign can show. Rates and differences are shares of customers who buy at all."""

    customers: int
    treated: int
    held_out: int
    usual: float  # the share that buys without the action
    source: str  # given, warning, history or assumed
    expected: float
    chance: float  # to see the expected difference
    smallest: float | None  # the least difference seen with a chance of AIM; None: not even all
    needed: int | None  # customers for the expected difference; None: no number does

    @property
    def is_enough(self) -> bool:
        return self.chance >= AIM


def foresee(actor: Actor, campaign: Campaign) -> Power:
    """Return what the campaign could show with the customers it has, or would have if drawn now.

    Raises ValidationError where the actor may not ask for the segment's customers.
    """
    from huike.insight import uplift  # here: SciPy takes a second to load

    share = float(campaign.held_out_share)
    customers = chosen(actor, campaign)
    number = _drawn(campaign) or customers.count()
    usual, source = usual_rate(actor, campaign, customers)
    expected = float(campaign.expected)
    held_out = campaign.held_out if campaign.drawn_at else round(number * share)
    settings = {"base_rate": usual, "expected_difference": expected, "held_out_share": share}
    return Power(
        customers=number,
        treated=number - (held_out or 0),
        held_out=held_out or 0,
        usual=usual,
        source=source,
        expected=expected,
        chance=uplift.power(number, **settings) if number else 0.0,
        smallest=smallest(number, usual, share),
        needed=uplift.needed(**settings, aim=AIM),
    )


def chosen(actor: Actor, campaign: Campaign) -> QuerySet[Party]:
    """Return the customers drawn, or before that those of the segment, that `actor` may see."""
    if campaign.drawn_at is None:
        return members(actor, campaign.segment)
    drawn = CampaignMember.objects.filter(campaign=campaign)
    return visible(actor, Party).filter(pk__in=drawn.values("party_id"))


def _drawn(campaign: Campaign) -> int:
    return (campaign.treated or 0) + (campaign.held_out or 0) if campaign.drawn_at else 0


def smallest(number: int, usual: float, share: float) -> float | None:
    """Return the least rise of a rate that `number` customers show with a chance of AIM."""
    from huike.insight import uplift

    def chance(difference: float) -> float:
        return uplift.power(
            number, base_rate=usual, expected_difference=difference, held_out_share=share
        )

    low, high = 0.0, 1.0 - usual
    held_out = round(number * share)
    if min(held_out, number - held_out) < LEAST or high <= 0 or chance(high) < AIM:
        return None
    for _step in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) >= AIM else (middle, high)
    return high


def usual_rate(actor: Actor, campaign: Campaign, customers: QuerySet[Party]) -> tuple[float, str]:
    """Return the share of `customers` expected to buy anyway, and where that comes from.

    Given in the campaign; else the churn warning's; else who bought in as many days before; else
    assumed to be 10 %.
    """
    if campaign.usual_rate is not None:
        return float(campaign.usual_rate), "given"
    if may(actor, Score, Op.VIEW) and is_open(actor, Score, "churn_risk"):
        scores = visible(actor, Score).filter(party__in=customers.values("pk"))
        risk = scores.aggregate(risk=Avg("churn_risk"))["risk"]
        if risk is not None:
            return 1.0 - float(risk), "warning"
    number = customers.count()
    if number and may(actor, Order, Op.VIEW):
        until = timezone.now()
        orders = visible(actor, Order).filter(
            on__gte=until - _length(campaign), on__lt=until, kind=Order.Kind.SALE
        )
        kept = orders.exclude(state=Order.State.CANCELLED).values("party_id")
        return customers.filter(pk__in=kept).count() / number, "history"
    return ASSUMED, "assumed"


def _length(campaign: Campaign) -> timedelta:
    if campaign.starts_on and campaign.ends_on:
        return campaign.ends_on - campaign.starts_on
    return OBSERVED
