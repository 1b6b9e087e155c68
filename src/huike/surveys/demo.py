"""The demo firm's answers: who buys often is mostly content, who stays away often was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.demo import days_ago
from huike.customers.models import Party
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.change.work import change
from huike.kernel.records.bulk import chunks, create_all
from huike.kernel.records.record import Record
from huike.staff.demo import grant
from huike.surveys.models import Answer
from huike.trade.models import Order

SEED = 23
ASKED = 0.16  # of the orders; invented, as the firm is
RECOMMEND = 0.22  # of the customers were asked once whether they would recommend the firm
SAID = {
    "content": ("服务顾问很热情，讲解清楚", "交车准时，车洗得干净", "保养快，价格透明", ""),
    "neutral": ("等待时间有点长", "休息区人多", "还可以，价格偏高", ""),
    "unhappy": ("等了两个多小时没人说明", "修完异响还在，要再跑一趟", "报价和结账不一样",
                "预约了还要排队", "电话一直打不通"),
}  # fmt: skip
QUESTIONS = {"csat": "您对这次服务满意吗？", "nps": "您会把我们推荐给亲友吗？"}


def fill(say: Callable[[str], None]) -> None:
    """Make the answers of two years, and let everybody read those of the customers they see."""
    _grants()
    rng = Random(SEED)
    with change(Actor.system("demo"), "surveys.demo"):
        for chunk in chunks(list(_answers(rng)), 1000):
            create_all(chunk, clean=False, full_entries=False)


def _grants() -> None:
    for role in Role.objects.filter(is_administrator=False):
        seen = role.grants.filter(record=Party.label(), op=Op.VIEW).first()
        if seen is None:
            continue
        exports = role.grants.filter(record=Party.label(), op=Op.EXPORT).exists()
        ops = [Op.VIEW, Op.EXPORT] if exports else [Op.VIEW]
        grant(role, [Answer.label()], ops, seen.reach)
    care = Role.objects.get(name="客服专员")
    grant(care, [Answer.label()], [Op.ADD, Op.EDIT, Op.DELETE], Reach.ALL)


def _answers(rng: Random) -> Iterator[Answer]:
    today = timezone.localdate()
    bought: dict[int, list[Order]] = {}
    for order in Order.objects.filter(kind="sale").exclude(party=None).order_by("on", "pk"):
        bought.setdefault(order.party_id or 0, []).append(order)
    for key, orders in sorted(bought.items()):
        days = [order.on.date() for order in orders]
        mood = 0.0
        for at, order in enumerate(orders):
            mood = _mood(rng, days, at, today)
            ago = (today - days[at]).days - rng.randrange(1, 6)
            if rng.random() < ASKED and 0 <= ago < 730:
                score = min(5, max(1, round(rng.gauss(mood, 0.7))))
                yield _answer(rng, key, "csat", score, ago, about="order", order_id=order.pk)
        if rng.random() < RECOMMEND:
            score = min(10, max(0, round(rng.gauss(mood * 2.1 - 0.4, 1.6))))
            yield _answer(rng, key, "nps", score, rng.randrange(5, 360), about="firm")


def _mood(rng: Random, days: list[date], at: int, today: date) -> float:
    """How content somebody is after an order, on 1 to 5: the longer until the next, the less."""
    if len(days) < 2:
        return rng.gauss(3.7, 0.4)
    usual = max((days[-1] - days[0]).days / (len(days) - 1), 20)
    later = days[at + 1] if at + 1 < len(days) else today
    gone = (later - days[at]).days / usual
    return rng.gauss(4.5 if gone < 1.2 else 3.9 if gone < 2 else 2.9, 0.4)


def _answer(rng: Random, party: int, kind: str, score: int, ago: int, **given: Any) -> Answer:
    row = Answer(
        party_id=party,
        kind=kind,
        score=Decimal(score),
        at=days_ago(ago, rng.randrange(9, 20)),
        question=QUESTIONS[kind],
        **given,
    )
    row.derive()
    if rng.random() < 0.4 or row.verdict == Answer.Verdict.UNHAPPY:
        row.body = rng.choice(SAID[row.verdict])
    return row


def make_answer(**given: Any) -> Answer:
    """Return an unsaved answer, for tests and docs."""
    return Answer(**{"score": Decimal(4), "body": "服务很好", **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {Answer: make_answer}
