"""The demo firm's contacts: calls, visits and notes around what customers bought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from huike.channels import demo_sealed
from huike.channels.models import Interaction
from huike.customers.demo import days_ago
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import chunks, create_all, save_all

SEED = 7
SAID = {
    "call": (
        "电话回访：车况良好，对服务满意",
        "提醒保养到期，客户说下周来",
        "未接通，改天再打",
        "询问新车优惠，已报价",
        "车险快到期，约好到店续保",
    ),
    "visit": (
        "到店看车，试驾了 S5",
        "到店保养，等待一小时",
        "上门拜访，谈车队置换",
        "带家人看车，关注儿童座椅",
    ),
    "note": (
        "客户喜欢自驾游，可邀请参加俱乐部活动",
        "对价格比较敏感",
        "太太是决策人",
        "换车计划在明年春节前",
    ),
    "sms": ("已发送保养提醒短信", "已发送生日祝福"),
}


def fill(say: Callable[[str], None]) -> None:
    """Make the interactions, and the next and last contact that follow from them."""
    rng = Random(SEED)
    with change(Actor.system("demo"), "channels.demo"):
        parties = list(Party.objects.filter(is_customer=True).order_by("pk"))
        rows = [row for party in parties for row in _contacts(rng, party)]
        for chunk in chunks(rows, 1000):
            create_all(chunk, clean=False, full_entries=False)
        for chunk in chunks(parties, 500):
            save_all(chunk)
    demo_sealed.fill()


def _contacts(rng: Random, party: Party) -> list[Interaction]:
    age = (timezone.now() - party.created_at).days
    rows = []
    for _n in range(rng.choice((1, 2, 3, 4, 6))):
        kind = rng.choices(list(SAID), (5, 2, 2, 1))[0]
        at = days_ago(
            rng.triangular(0, max(age, 1), 5 if rng.random() < 0.5 else age / 2),
            rng.randrange(9, 19),
        )
        rows.append(
            Interaction(
                party=party,
                kind=kind,
                at=at,
                created_at=at,
                author_id=party.owner_id,
                direction="out" if kind in {"call", "sms"} else "",
                subject="",
                body=rng.choice(SAID[kind]),
                minutes=rng.randrange(2, 40) if kind != "sms" else None,
            )
        )
    last = max(row.at for row in rows).date()
    party.last_contact_on = last
    if rng.random() < 0.55:
        party.next_contact_on = last + timedelta(days=party.contact_cycle or 60)
        if party.next_contact_on < timezone.localdate() - timedelta(days=20):
            party.next_contact_on = None
    return rows


def make_interaction(**given: Any) -> Interaction:
    """Return an unsaved interaction, for tests and docs."""
    return Interaction(**{"kind": "note", "body": "谈了新车", **given})


MAKERS = {Interaction: make_interaction}
