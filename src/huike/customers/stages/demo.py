"""The demo firm's stages set by hand: people know what the figures can't."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from huike.customers.models import Party
from huike.customers.stages.models import StageOverride
from huike.kernel.access.models import Role
from huike.staff.demo import ALL_OPS, grant

SAID = (
    ("", "stable", "刚续签年度保养协议", 180),
    ("current", "", "车辆在途，已付定金", 60),
    ("", "decline", "竞品报价更低，正在比价", 45),
    ("lost", "", "已迁往外地", 365),
)


def fill() -> None:
    """Make rights, and some words of people."""
    for name, ops, reach in (
        ("总经理", ALL_OPS, "all"),
        ("部门经理", ALL_OPS, "below"),
        ("销售顾问", ("view", "add", "edit"), "own"),
        ("服务顾问", ("view",), "all"),
        ("客服专员", ("view", "add", "edit"), "all"),
        ("市场专员", ("view", "export"), "all"),
    ):
        role = Role.objects.get(name=name)
        grant(role, ("customers.stageoverride",), ops, reach)
        grant(role, ("customers.stagechange",), ("view", "export"), reach)
    today = timezone.localdate()
    parties = Party.objects.exclude(owner=None).filter(category__name="老车主").order_by("pk")
    for n, party in enumerate(parties[:24]):
        relation, stage, why, days = SAID[n % len(SAID)]
        StageOverride(
            party=party,
            relation=relation,
            stage=stage,
            remark=why,
            until=today + timedelta(days=days),
        ).save()
