"""Did it help: figures equal to a hand calculation, the power before, and who may see what."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from huike.analytics.loop.outcomes import outcomes
from huike.analytics.loop.power import AIM, foresee, smallest
from huike.analytics.loop.result import Result, measure
from huike.analytics.models import Score
from huike.insight import uplift
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.work import change
from huike.marketing.drawing import draw
from huike.marketing.models import Campaign
from tests.cast import SYSTEM, Cast, Make
from tests.contract.people import browser, words_of
from tests.marketing.conftest import Buy, Parties


def run(cast: Cast, campaign: Campaign, days: int = 30, cost: str = "10") -> None:
    """Draw the groups and let the campaign have run for so many days."""
    draw(cast.actor("mona"), campaign)
    with change(SYSTEM, "test.run"):
        campaign.state = "running"
        campaign.contact_cost = Decimal(cost)
        campaign.starts_on = timezone.localdate() - timedelta(days=days)
        campaign.ends_on = timezone.localdate() + timedelta(days=days)
        campaign.save()


def measured(cast: Cast, campaign: Campaign, who: str = "mona") -> Result:
    found = measure(cast.actor(who), campaign)
    assert found is not None
    return found


def test_the_figures_are_those_of_a_hand_calculation(
    cast: Cast, campaign: Campaign, parties: Parties, buy: Buy
) -> None:
    parties(20, cast.alice)  # 15 treated, 5 held out
    run(cast, campaign)
    treated = [m.party for m in campaign.members.filter(is_treated=True).order_by("pk")]
    held = [m.party for m in campaign.members.filter(is_treated=False).order_by("pk")]
    for party in treated[:9]:
        buy(party, "100", "60", days=5)
    buy(treated[0], "200", "100", days=4)
    buy(treated[1], "-30", "-20", days=3, kind="return")
    buy(treated[2], "50", days=2)  # tells no cost: 30 % of it counts as profit
    buy(held[0], "100", "60", days=5)
    buy(held[1], "999", "1", days=2, state="cancelled")
    buy(held[2], "999", "1", days=60)  # before the watching
    found = measured(cast, campaign)
    assert (found.treated, found.held_out, found.is_final) == (15, 5, False)
    got = {f.name: f.effect for f in found.figures}
    assert (got["bought"].treated, got["bought"].held_out) == (9 / 15, 1 / 5)
    assert got["bought"].difference == pytest.approx(0.4)
    assert (got["orders"].treated, got["orders"].held_out) == (pytest.approx(11 / 15), 1 / 5)
    assert got["revenue"].treated == pytest.approx((900 + 200 - 30 + 50) / 15)
    assert got["revenue"].held_out == pytest.approx(100 / 5)
    assert got["profit"].treated == pytest.approx((9 * 40 + 100 - 10 + 0.3 * 50) / 15)
    assert got["profit"].held_out == pytest.approx(40 / 5)
    # Agresti and Caffo: one success and one failure are added to each group
    p, q = 10 / 17, 2 / 7
    error = math.sqrt(p * (1 - p) / 17 + q * (1 - q) / 7)
    assert got["bought"].low == pytest.approx(p - q - 1.959964 * error, abs=1e-5)
    assert got["bought"].high == pytest.approx(p - q + 1.959964 * error, abs=1e-5)
    assert found.curve[0] == (0, 0, 0)
    assert found.curve[-1] == (30, pytest.approx(9 / 15), pytest.approx(1 / 5))


def test_the_cost_of_contact_is_taken_from_the_treated(
    cast: Cast, campaign: Campaign, parties: Parties, make: Make
) -> None:
    parties(20, cast.alice)
    run(cast, campaign, cost="30")
    from huike.marketing.handing import hand_out

    with change(SYSTEM, "test.hand_out"):
        assert len(hand_out(campaign)) == 15
    found = measured(cast, campaign)
    assert (found.tasks, found.tasks_done, found.cost) == (15, 0, 450)
    profit = found.figure("profit")
    assert profit is not None
    assert profit.effect.difference == pytest.approx(-30)
    assert found.gain == pytest.approx((-450, -450, -450))


def test_averages_hold_for_all_and_money_needs_its_right(
    cast: Cast, campaign: Campaign, parties: Parties, buy: Buy
) -> None:
    alices, carols = parties(10, cast.alice), parties(10, cast.carol)
    run(cast, campaign)
    for party in (*alices, *carols):
        buy(party, "100", "60", days=5)
    assert measured(cast, campaign, "carol").figures == measured(cast, campaign).figures
    close = {"role": cast.mona.roles.get(), "record": "trade.order", "right": "masked"}
    limit = FieldLimit.objects.create(field="cost", **close)
    assert [f.name for f in measured(cast, campaign).figures] == ["bought", "orders", "revenue"]
    limit.field = "total"
    limit.save()
    assert [f.name for f in measured(cast, campaign).figures] == ["bought", "orders"]
    cast.mona.roles.get().grants.filter(record="trade.order").delete()
    assert measure(cast.actor("mona"), campaign) is None
    page = browser(cast, "mona").get(f"/marketing/campaign/{campaign.pk}/result/")
    assert "nothing to show" in words_of(page)


def test_groups_of_a_few_say_nothing(cast: Cast, campaign: Campaign, parties: Parties) -> None:
    parties(12, cast.alice)  # 9 treated, 3 held out
    run(cast, campaign)
    found = measured(cast, campaign)
    assert (found.figures, found.balance, found.gain) == ((), (), None)
    page = browser(cast, "mona").get(f"/marketing/campaign/{campaign.pk}/result/")
    assert "too small" in words_of(page)


def test_the_page_says_whether_it_helped_and_names_nobody_out_of_reach(
    cast: Cast, campaign: Campaign, parties: Parties, buy: Buy
) -> None:
    parties(40, cast.alice, name="爱丽丝的客户")
    parties(40, cast.carol, name="卡罗尔的客户")
    run(cast, campaign)
    for member in campaign.members.filter(is_treated=True):
        buy(member.party, "100", "60", days=5)
    with change(SYSTEM, "test.hand_over"):
        campaign.owner, campaign.department = cast.carol, cast.carol.department
        campaign.save()
    client = browser(cast, "carol")
    said = words_of(client.get(f"/marketing/campaign/{campaign.pk}/result/"))
    assert "It helped: 100.0% of the treated customers bought, 0.0% of the hold-out" in said
    assert "out of your reach: counted, not named" in said
    members = words_of(
        client.get(f'/marketing/campaignmember/?filter=["campaign","in",[{campaign.pk}]]')
    )
    assert "爱丽丝" not in said + members
    assert (
        browser(cast, "alice").get(f"/marketing/campaign/{campaign.pk}/result/").status_code == 403
    )
    listed = words_of(client.get("/marketing/win-back/results/"))
    assert campaign.name in listed
    assert "It helped: 100.0% of the treated customers bought" in listed
    others = words_of(browser(cast, "alice").get("/marketing/win-back/results/"))
    assert campaign.name not in others


def test_a_difference_before_the_campaign_is_said(
    cast: Cast, campaign: Campaign, parties: Parties, buy: Buy
) -> None:
    parties(20, cast.alice)
    run(cast, campaign)
    for member in campaign.members.filter(is_treated=True):
        buy(member.party, "100", "60", days=100)
    found = measured(cast, campaign)
    assert [b.is_alike for b in found.balance] == [False, False, True, False]
    before, _after = outcomes(
        campaign, *[timezone.localdate() - timedelta(days=d) for d in (120, 90)]
    )
    assert before.orders.sum() == 15
    page = browser(cast, "mona").get(f"/marketing/campaign/{campaign.pk}/result/")
    assert "differed before the campaign already" in words_of(page)


@pytest.mark.parametrize(("number", "usual", "share"), [(400, 0.1, 0.2), (5000, 0.3, 0.5)])
def test_the_smallest_effect_is_seen_as_often_as_said(
    number: int, usual: float, share: float
) -> None:
    least = smallest(number, usual, share)
    assert least is not None
    settings = {"base_rate": usual, "held_out_share": share}
    assert uplift.power(number, expected_difference=least, **settings) == pytest.approx(AIM)
    assert uplift.power(number, expected_difference=least * 0.9, **settings) < AIM
    assert smallest(4, usual, share) is None


def test_the_usual_rate_is_given_or_warned_of_or_read_from_the_past(
    cast: Cast, campaign: Campaign, parties: Parties, buy: Buy, make: Make
) -> None:
    mona, found = cast.actor("mona"), parties(10, cast.alice)
    for party in found[:3]:
        buy(party, "10", days=20)
    buy(found[4], "10", days=200)
    power = foresee(mona, campaign)
    assert (power.usual, power.source, power.customers) == (0.3, "history", 10)
    assert (power.treated, power.held_out) == (8, 2)
    for party, risk in zip(found[:2], ("0.5", "0.7"), strict=True):
        make(Score, party=party, churn_risk=Decimal(risk))
    assert (foresee(mona, campaign).usual, foresee(mona, campaign).source) == (
        pytest.approx(0.4),
        "warning",
    )
    campaign.usual_rate = Decimal("0.25")
    assert (foresee(mona, campaign).usual, foresee(mona, campaign).source) == (0.25, "given")
    settings = {"base_rate": 0.25, "expected_difference": 0.05, "held_out_share": 0.25}
    assert foresee(mona, campaign).needed == uplift.needed(**settings)
    assert foresee(mona, campaign).chance == uplift.power(10, **settings)
    page = browser(cast, "mona").get(f"/marketing/campaign/{campaign.pk}/")
    assert "What it could show" in words_of(page)
