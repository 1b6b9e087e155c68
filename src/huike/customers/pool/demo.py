"""The demo firm's pool: rules in force, what they took, a trail over months, and rights."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.collaborators.models import Collaborator
from huike.customers.models import Category, Party
from huike.customers.pool import recycling, seeding
from huike.customers.pool.models import ClaimLimit, OwnerChange, PoolRule
from huike.customers.pool.standing import CHUNK, held, near, rules_in_force
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import chunks, create_all, edit_all
from huike.staff.demo import ALL_OPS, grant
from huike.staff.models import Department, User

SEED = 41
TRAILED = 90  # customers whose owner changed in the months before
Why = OwnerChange.Why


def fill() -> None:
    """Make rights, rules and trail, and let the rules take what they take."""
    _grants()
    _levels()
    _rules()
    _past()
    _recycle()
    _collaborators()


def _grants() -> None:
    """Everybody in sales sees the pool, phones masked until claimed; who leads makes the rules."""
    for name, ops, reach in (
        ("总经理", ("view", "export"), "all"),
        ("部门经理", ("view", "export"), "below"),
        ("销售顾问", ("view",), "department"),
        ("服务顾问", ("view",), "all"),
        ("客服专员", ("view",), "all"),
        ("市场专员", ("view", "export"), "all"),
    ):
        role = Role.objects.get(name=name)
        grant(role, ("customers.poolparty",), ops, "all")
        grant(role, ("customers.ownerchange",), ops, reach)
        if name in {"总经理", "部门经理"}:
            grant(role, ("customers.poolrule", "customers.claimlimit"), ALL_OPS, "all")
        else:
            FieldLimit.objects.create(
                role=role, record="customers.poolparty", field="phone", right="masked"
            )


def _levels() -> None:
    """Tell some customers' tier: club members are key, fleets are major."""
    for name, level in (("俱乐部会员", "vip"), ("企业车队", "major"), ("政府机关", "major")):
        edit_all(Party.objects.filter(category__name=name, is_customer=True), {"level": level})


def _rules() -> None:
    stay, major, _month = seeding.usual_rules(is_active=True)
    month = PoolRule(
        name="意向客户一个月至少联系一次",
        position=9,
        category=Category.objects.get(name="意向客户"),
        is_active=True,
        remark="三十天没有联系就回到公海",
    )
    for rule in (stay, major, month):
        rule.days = 365 if rule is major else rule.days
        rule.save()
    edit_all(PoolRule.objects.filter(position=2), {"name": "主要客户：一年内要有联系"})
    edit_all(PoolRule.objects.filter(position=1), {"name": "VIP 客户不进公海"})
    seeding.usual_limit().save()
    sales = Department.objects.get(name="展厅二组")
    ClaimLimit(department=sales, per_day=10, most_held=600, lock_days=30, remark="展厅二组").save()


def _past() -> None:
    """Invent changes of owner of the months before: handed over, or recycled and claimed."""
    rng, now = Random(SEED), timezone.now()
    sellers = list(User.objects.filter(username__startswith="sales"))
    parties = list(held().filter(owner__in=sellers).order_by("pk")[: TRAILED * 7 : 7])
    rows = []
    for party in parties:
        first = rng.choice([s for s in sellers if s.pk != party.owner_id])
        at = now - timedelta(days=rng.randrange(60, 200))
        pair: list[tuple[Any, Any, Why, datetime, str, int | None]]
        if rng.random() < 0.4:
            pair = [(first.pk, party.owner_id, Why.HANDED, at, "", None)]
        else:
            back = at + timedelta(days=rng.randrange(1, 20))
            pair = [
                (first.pk, None, Why.RECYCLED, at, "意向客户一个月至少联系一次", 31),
                (None, party.owner_id, Why.CLAIMED, back, "", None),
            ]
        for before, after, why, on, rule, days in pair:
            rows.append(
                OwnerChange(
                    party=party,
                    before_id=before,
                    after_id=after,
                    why=why,
                    at=on,
                    rule=rule,
                    days=days,
                    by="陈静" if why == Why.HANDED else ("" if days else str(party.owner_id)),
                    created_at=on,
                    changed_at=on,
                    created_by="demo",
                )
            )
    names = {str(s.pk): s.name for s in sellers}
    for row in rows:
        row.by = names.get(row.by, row.by or "schedule")
    OwnerChange.everything.all().unjournaled_create(rows)


def _recycle() -> None:
    """Do what the job does at night: take back whom the rules take by today."""
    rules, today = rules_in_force(), timezone.localdate()
    condition = near(rules, today, warned=False)
    if condition is None:
        return
    keys = list(held().filter(condition).order_by("pk").values_list("pk", flat=True))
    with change(Actor.system("schedule"), recycling.ACTION):
        for chunk in chunks(keys, CHUNK):
            recycling.take(rules, chunk, today)


def _collaborators() -> None:
    """Let colleagues of other departments help with some fleets and key customers."""
    people = {u.username: u for u in User.objects.filter(username__in=("service", "sales2"))}
    owned = Party.objects.exclude(owner=None).filter(is_customer=True)
    fleets = list(owned.filter(level="major").order_by("pk")[:12])
    until = timezone.localdate() + timedelta(days=90)
    with change(Actor.system("demo"), "customers.demo"):
        create_all(
            [
                Collaborator(
                    party=party,
                    user=people["service"],
                    may_edit=n % 2 == 0,
                    until=until if n % 3 else None,
                    remark="负责车队的售后对接",
                )
                for n, party in enumerate(fleets)
                if party.owner_id != people["service"].pk
            ]
        )
