"""The work that is killed, on a firm of a few hundred customers; `go_on` is the next worker."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.duplicates.merges import merge, undo_merge
from huike.customers.duplicates.models import Merge
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.backup.taking import take
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import write
from huike.kernel.exchange.importing import starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.recipes import recipe_called
from huike.kernel.jobs.models import LIVE, Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.jobs.worker import run_worker
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import create_all
from huike.kernel.records.undo import undo
from huike.trade.models import Order

BUSY = Actor.system("busy")
PARTIES, EACH, LINES, ORDERS, GROUP = 400, 2, 1200, 12, 40
LEASE = timedelta(seconds=1)
PATIENCE = 30  # seconds


def begin() -> None:
    """Make the database and its customers, each with notes and orders."""
    call_command("migrate", verbosity=0)
    with change(BUSY, "kills.begin"):
        parties = [Party(name=f"客户{n}", phone=f"139{n:08d}") for n in range(PARTIES)]
        create_all(parties)
        now = timezone.now()
        noted = [party for party in parties for _n in range(EACH)]
        create_all([Interaction(party=party, kind="note", body="…", at=now) for party in noted])
        for party in parties:
            Order(party=party, on=now, number=f"SEED-{party.pk}").save()


def bring_in(seed: int) -> None:
    """Import customers; a settled import is carried out whatever happens."""
    lines = "".join(f"新{n},I{seed}-{n}\n" for n in range(LINES))
    run = uploads.keep(BUSY, f"{seed}.csv", [f"name,code\n{lines}".encode()])
    recipe = recipe_called("customers")
    look = looking.look_at(run)
    starting.settle(BUSY, run, recipe, looking.plan_for(BUSY, recipe, look, None))
    starting.start(BUSY, run)
    run_worker(once=True, lease=LEASE)


def edit_many(seed: int) -> None:
    """Edit every seeded customer in the background, chunk by chunk."""
    keys = tuple(Party.objects.filter(phone__startswith="139").values_list("pk", flat=True))
    chosen = Selection(ListView(entity_of(Party)), keys)
    act = {"act": "edit", "field_name": "postcode", "given": f"M{seed}"}
    enqueue(BUSY, "lists.act", selection=chosen.as_json(), act=act)
    run_worker(once=True, lease=LEASE)


def merge_two(seed: int) -> None:
    """Merge one pair after the other."""
    rng = Random(seed)
    keys = list(Party.objects.filter(phone__startswith="139").values_list("pk", flat=True))
    for _n in range(5):
        one, two = (Party.objects.get(pk=pk) for pk in rng.sample(keys, 2))
        _try(lambda one=one, two=two: merge(BUSY, one, two))


def undo_merges(seed: int) -> None:
    """Take merges back, the newest first."""
    for made in list(Merge.objects.exclude(state="undone").order_by("-pk")[:5]):
        _try(lambda made=made: undo_merge(BUSY, made))


def undo_edit(seed: int) -> None:
    """Rename customers in one group of changes and take the whole group back."""
    group = uuid.uuid4()
    with change(BUSY, "kills.rename", group=group):
        for party in Party.objects.filter(phone__startswith="139")[:GROUP]:
            write(BUSY, entity_of(Party), party, {"district": f"U{seed}"})
    undo(BUSY, group)


def number(seed: int) -> None:
    """Write orders, each with the next number."""
    for _n in range(ORDERS):
        with change(BUSY, "kills.order"):
            write(BUSY, entity_of(Order), Order(on=timezone.now()), {"remark": f"{seed}"})


def back_up(seed: int) -> None:
    """Write a backup."""
    take(Path(settings.HOME) / "backups" / f"{seed}.backup", lambda _table, _rows: None)


def go_on() -> list[str]:
    """Do what the next worker does: carry out whatever was left, once its lease is over."""
    left = Job.objects.filter(state__in=LIVE, run_at__lt=timezone.now())
    until = time.monotonic() + PATIENCE
    while left.exists() and time.monotonic() < until:
        run_worker(once=True, lease=LEASE)
        time.sleep(0.1)
    return [f"job {job.name} is {job.state}: {job.error}" for job in left]


def _try(work: Callable[[], Any]) -> None:
    try:
        work()
    except ValidationError:
        return  # somebody was faster, or a later merge stands in the way: that is no fault


WORKS: dict[str, Callable[[int], None]] = {
    "import": bring_in,
    "bulk edit": edit_many,
    "merge": merge_two,
    "undo of merges": undo_merges,
    "undo of a group": undo_edit,
    "numbering": number,
    "backup": back_up,
}
