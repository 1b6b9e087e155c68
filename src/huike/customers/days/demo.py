"""The demo firm's days that matter: lunar birthdays, cars delivered, and who was greeted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from django.utils import timezone

from huike.customers.days.models import Anniversary, Occasion
from huike.customers.days.occasions import CHUNK, parties_in_sight, refresh
from huike.customers.models import Party
from huike.kernel.access.models import Role
from huike.kernel.days import lunar
from huike.kernel.records.bulk import chunks, create_all
from huike.staff.demo import ALL_OPS, grant

SEED = 8
RECORDS = ("customers.anniversary", "customers.occasion")


def give_lunar_birthdays(people: Sequence[Party]) -> None:
    """Let every fifth person keep the birthday by the lunar calendar."""
    for person in people[::5]:
        if person.birthday:
            person.lunar_birthday = lunar.of(person.birthday).code


def fill() -> None:
    """Make rights, anniversaries, and the occasions of the next weeks."""
    for name, ops, seen, changed in (
        ("总经理", ("view", "add", "edit", "export"), "all", "all"),
        ("部门经理", ALL_OPS, "below", "below"),
        ("销售顾问", ("view", "add", "edit"), "department", "own"),
        ("服务顾问", ("view", "add", "edit"), "all", "department"),
        ("客服专员", ("view", "add", "edit", "export"), "all", "all"),
        ("市场专员", ("view", "export"), "all", "own"),
    ):
        role = Role.objects.get(name=name)
        looking = [op for op in ops if op in {"view", "export"}]
        grant(role, RECORDS, looking, seen)
        grant(role, RECORDS, [op for op in ops if op not in looking], changed)
    _anniversaries()
    today = timezone.localdate()
    for chunk in chunks(parties_in_sight(today), CHUNK):
        refresh(chunk, today)
    _greeted()


def _anniversaries() -> None:
    rng, today = Random(SEED), timezone.localdate()
    rows = []
    owners = Party.objects.filter(category__name="老车主").order_by("pk")[:260]
    firms = Party.objects.filter(kind="organisation", is_customer=True).order_by("pk")[:60]
    for kind, parties in (("delivery", owners), ("contract", firms)):
        for party in parties:
            on = today - timedelta(days=365 * rng.randrange(1, 5) - rng.randrange(-60, 60))
            rows.append(Anniversary(party=party, kind=kind, on=on, remind_days=7))
    for party in owners[:20]:
        on = today - timedelta(days=365 * 9 + rng.randrange(200))
        rows.append(Anniversary(party=party, kind="wedding", on=on, is_lunar=True))
    for chunk in chunks(rows, 500):
        create_all(chunk, full_entries=False)


def _greeted() -> None:
    """Tick off every second of the occasions of today."""
    today = timezone.localdate()
    rows = list(Occasion.objects.filter(on=today).select_related("party").order_by("pk")[::2])
    for row in rows:
        row.greeted_on, row.greeted_by_id = today, row.party.owner_id
        row.remark = "已发微信祝福"
        row.save()
