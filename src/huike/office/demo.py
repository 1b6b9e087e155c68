"""The demo firm's tasks: some done, some due, some late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all
from huike.office.models import Task

SEED = 11
TITLES = (
    "回访满意度",
    "提醒保养",
    "发送新车报价",
    "确认试驾时间",
    "办理会员卡",
    "跟进车险续保",
    "寄送发票",
    "安排上门取车",
)


def fill(say: Callable[[str], None]) -> None:
    """Make tasks around today for customers of every seller."""
    rng = Random(SEED)
    today = timezone.localdate()
    parties = rng.sample(list(Party.objects.filter(is_customer=True).order_by("pk")), 320)
    with change(Actor.system("demo"), "office.demo"):
        tasks = []
        for party in parties:
            days = rng.randrange(-25, 15)
            done = days < 0 and rng.random() < 0.8
            tasks.append(
                Task(
                    title=rng.choice(TITLES),
                    party=party,
                    due_on=today + timedelta(days=days),
                    state="done" if done else rng.choice(("open", "open", "doing")),
                    done_at=timezone.now() + timedelta(days=days) if done else None,
                    priority=rng.choice(("high", "normal", "normal", "low")),
                    owner_id=party.owner_id,
                    department_id=party.department_id,
                )
            )
        create_all(tasks)


def make_task(**given: Any) -> Task:
    """Return an unsaved task, for tests and docs."""
    return Task(**{"title": "打电话", **given})


MAKERS = {Task: make_task}
