"""The demo firm's segments and campaigns: one that won customers back, one under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.db.models import Max
from django.utils import timezone

from huike.customers.demo import days_ago
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import save_all
from huike.kernel.records.record import Record
from huike.marketing import drawing, freezing, handing, segments
from huike.marketing.conditions import written
from huike.marketing.models import Campaign, CampaignMember, Segment
from huike.office.models import Task
from huike.staff.demo import ALL_OPS, grant
from huike.staff.models import User
from huike.trade.demo import VISITS, add_visits
from huike.trade.models import Order

SEED = 17
OWN = ("marketing.segment", "marketing.campaign")
BEGAN, ENDED = 120, 30  # days ago, of the campaign that is over
SILENT = 120  # days without an order before it began
RETURNING = 0.16  # of those who were called, beside those who come anyway: invented, as the firm is


def fill(say: Callable[[str], None]) -> None:
    """Make rights, segments, a campaign that has ended and one that runs."""
    _grants()
    rng, system = Random(SEED), Actor.system("demo")
    with change(system, "marketing.demo"):
        owner = User.objects.select_related("department").get(username="marketing")
        fleets, _sleeping, gone = _segments(owner)
        freezing.begin_empty(system, gone)
        freezing.put_in(system, gone, _silent_then())
        _win_back(rng, system, owner, gone)
        _running(rng, system, owner, fleets)
        for segment in Segment.objects.all():
            segments.count_now(segment)
            Segment.everything.unjournaled_save([segment], ["size", "sized_at"])


def _grants() -> None:
    """Marketing is run by its own people and by those who lead; others see what reaches them."""
    for name, ops, reach in (
        ("市场专员", ALL_OPS, "all"),
        ("总经理", ("view", "add", "edit", "export"), "all"),
        ("部门经理", ALL_OPS, "below"),
    ):
        role = Role.objects.get(name=name)
        grant(role, OWN, ops, reach)
        grant(role, ("marketing.campaignmember",), ("view", "export"), reach)
    grant(Role.objects.get(name="市场专员"), ("office.task",), ("add",), "own")
    for name, reach in (("销售顾问", "department"), ("服务顾问", "all"), ("客服专员", "all")):
        role = Role.objects.get(name=name)
        grant(role, ("marketing.campaignmember",), ("view",), reach)
        grant(role, OWN, ("view",), "all")


def _segments(owner: User) -> list[Segment]:
    customer, bought = ["is_customer", "yes"], ["orders__on", "filled"]
    fleets = {"all": [customer, ["kind", "is", "organisation"], bought]}
    sleeping = {"all": [customer, bought, {"none": [["orders__on", "last", 180]]}]}
    made = [
        ("企业客户", fleets, "有成交的公司客户"),
        ("半年未到店", sleeping, "买过但最近 180 天没有订单"),
        ("沉默客户（召回活动）", None, "活动开始时已沉默 120 天以上的客户，名单已冻结"),
    ]
    rows = [
        Segment(name=name, filter=written(tree), about=about, **_owned(owner))
        for name, tree, about in made
    ]
    for row in rows:
        row.save()
    return rows


def _owned(owner: User) -> dict[str, Any]:
    return {"owner": owner, "department": owner.department}


def _silent_then() -> list[int]:
    """Return who had bought, but not lately, on the day when the campaign began."""
    begin = days_ago(BEGAN, 0)
    last = Order.objects.filter(on__lt=begin).values("party_id").annotate(last=Max("on"))
    silent = last.filter(last__lt=begin - timedelta(days=SILENT)).order_by("party_id")
    return [row["party_id"] for row in silent if row["party_id"]]


def _win_back(rng: Random, system: Actor, owner: User, segment: Segment) -> None:
    """The campaign that is over: of those who were called some came back."""
    campaign = _campaign(
        system, "沉默客户召回", "win_back", segment, owner, "电话回访，邀请免费检测"
    )
    campaign.contact_cost, campaign.budget = 12, 12000
    _put(campaign, "ended", BEGAN, ENDED)
    tasks = _work(rng, campaign, BEGAN, 0.92)
    reached = [task.party for task in tasks if task.state == "done" and rng.random() < RETURNING]
    add_visits(
        rng,
        [
            (
                days_ago(rng.randrange(ENDED + 1, BEGAN - 3), 11),
                party,
                list(rng.choice(VISITS)),
                1.0,
            )
            for party in reached
            if party is not None
        ],
    )


def _running(rng: Random, system: Actor, owner: User, segment: Segment) -> None:
    """The campaign that runs: half of its tasks are done."""
    campaign = _campaign(system, "企业车队春检", "keep", segment, owner, "预约车队春季检查")
    campaign.contact_cost = 20
    _put(campaign, "running", 14, -76)
    _work(rng, campaign, 14, 0.5)


def _campaign(
    system: Actor, name: str, kind: str, segment: Segment, owner: User, task: str
) -> Campaign:
    campaign = Campaign(
        name=name, kind=kind, segment=segment, task_title=task, seed=SEED, **_owned(owner)
    )
    campaign.save()
    return drawing.draw(system, campaign)


def _put(campaign: Campaign, state: str, began: int, ended: int) -> None:
    today = timezone.localdate()
    campaign.starts_on = today - timedelta(days=began)
    campaign.ends_on = today - timedelta(days=ended)
    campaign.state = state
    campaign.save()


def _work(rng: Random, campaign: Campaign, began: int, done: float) -> list[Task]:
    """Hand the tasks out as of the day when the campaign began; a share of them gets done."""
    while handing.hand_out(campaign):
        pass
    rows = Task.objects.filter(membership__campaign=campaign).select_related("party")
    tasks = list(rows.order_by("pk"))
    for task in tasks:
        task.due_on = timezone.localdate() - timedelta(days=began - 14)
        if rng.random() < done:
            task.state = Task.State.DONE
            task.done_at = days_ago(began - rng.randrange(min(14, began)), 15)
    save_all(tasks)
    return tasks


def make_segment(**given: Any) -> Segment:
    """Return an unsaved segment, for tests and docs."""
    return Segment(**{"name": "老客户", "filter": '["is_customer","yes"]', **given})


def make_campaign(**given: Any) -> Campaign:
    """Return an unsaved campaign, for tests and docs."""
    return Campaign(**{"name": "召回", "task_title": "打电话回访", **given})


def make_member(**given: Any) -> CampaignMember:
    """Return an unsaved member of a campaign, for tests."""
    return CampaignMember(**{"is_treated": True, **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {
    Segment: make_segment,
    Campaign: make_campaign,
    CampaignMember: make_member,
}
