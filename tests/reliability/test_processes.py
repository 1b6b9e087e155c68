"""Several processes on one database: numbers, journal, locks and bulk work, also when killed."""

from __future__ import annotations

import time

import pytest

from tests.reliability.conftest import Firm

ORDERS = """
import random, sys
from django.utils import timezone
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import write
from huike.kernel.change.work import change
from huike.trade.models import Order
actor, entity, rng = Actor.system("process"), entity_of(Order), random.Random({seed})
class Never(Exception): pass
for n in range(25):
    try:
        with change(actor, "test.order"):
            write(actor, entity, Order(on=timezone.now()), {{"remark": "x"}})
            if rng.random() < 0.3:
                raise Never
    except Never:
        pass
"""


@pytest.fixture(scope="module")
def busy(firm: Firm) -> Firm:
    """The firm after four processes wrote orders at once, giving up some of them."""
    workers = [firm.start(ORDERS.format(seed=seed)) for seed in range(4)]
    for worker in workers:
        _out, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    return firm


@pytest.mark.long
def test_numbers_have_no_gaps_and_no_doubles_though_work_is_given_up(busy: Firm) -> None:
    numbers = busy.run(
        "from huike.trade.models import Order\n"
        "print(*sorted(int(n[-4:]) for n in Order.objects.values_list('number', flat=True)))"
    ).split()
    assert 40 < len(numbers) < 100  # some were rolled back
    assert [int(n) for n in numbers] == list(range(1, len(numbers) + 1))


@pytest.mark.long
def test_the_journal_of_several_processes_is_one_chain(busy: Firm) -> None:
    out = busy.run(
        "from huike.kernel.change.journal import broken_links\n"
        "from huike.kernel.change.models import Change, Entry\n"
        "print(Change.objects.count() == Entry.objects.filter(kind='create').count() > 0,"
        " list(broken_links()))"
    )
    assert out == "True []"


PARTIES = """
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all, edit_all
from huike.customers.models import Party
"""


@pytest.mark.long
def test_a_bulk_edit_that_is_killed_changed_nothing(firm: Firm) -> None:
    firm.run(
        PARTIES + "with change(Actor.system('t'), 't.make'):\n"
        "    create_all([Party(name=f'n{n}') for n in range(3000)])"
    )
    process = firm.start(
        PARTIES + "with change(Actor.system('t'), 't.edit'):\n"
        "    edit_all(Party.objects.all(), {'level': 'vip'})\n"
        "    print('edited', flush=True)\n"
        "    import time; time.sleep(60)"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "edited\n"
    process.kill()
    process.wait()
    time.sleep(0.2)
    out = firm.run(
        "from huike.customers.models import Party\n"
        "from huike.kernel.change.models import Change\n"
        "from huike.kernel.change.journal import broken_links\n"
        "print(Party.objects.filter(level='vip').count(),"
        " Change.objects.filter(action='t.edit').count(), list(broken_links()))"
    )
    assert out == "0 0 []"


SAVE = """
import sys, time
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import write
from huike.kernel.records.record import Conflict
from huike.customers.models import Party
row = Party.objects.latest("pk")
print("read", flush=True); sys.stdin.readline()
try:
    write(Actor.system("{who}"), entity_of(Party), row, {{"name": "{who}"}})
    print("saved")
except Conflict:
    print("conflict")
"""


@pytest.mark.long
def test_two_processes_saving_one_row_one_wins_and_one_is_told(firm: Firm) -> None:
    firm.run(
        PARTIES + "with change(Actor.system('t'), 't.one'):\n    create_all([Party(name='one')])"
    )
    both = [firm.start(SAVE.format(who=who)) for who in ("one", "two")]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "read\n"
    outcomes = sorted(process.communicate("go\n", timeout=60)[0].strip() for process in both)
    assert outcomes == ["conflict", "saved"]


BROUGHT = """
from tests.importing import draft, work_on
from huike.kernel.actor import Actor
from huike.kernel.exchange.importing import running, starting
text = "name,code\\n" + "".join(f"N{n},U{n}\\n" for n in range(3000))
run = draft(text, "customers")
running.bring_in(work_on(Actor.system("t"), "exchange.import", run), run=run.pk)
run.refresh_from_db()
starting.start_undo(Actor.system("t"), run)
"""
TAKE_BACK = """
import os, time
from datetime import timedelta
from huike.kernel.jobs.claims import claim
from huike.kernel.jobs.execute import execute
lease = timedelta(seconds=1)
job = None
while job is None or job.name != "exchange.undo":
    job = claim("here", lease=lease)
    time.sleep(0.1)
execute(job, lease=lease, watch=lambda done, total, note: {watch})
job.refresh_from_db()
print(job.state, job.result["undone"])
"""


@pytest.mark.long
def test_an_undo_that_is_killed_goes_on_after_its_last_step(firm: Firm) -> None:
    firm.run(BROUGHT)
    killed = firm.start(TAKE_BACK.format(watch="os.kill(os.getpid(), 9)"))
    _out, errors = killed.communicate(timeout=60)
    assert killed.returncode == -9, errors
    left = "from huike.customers.models import Party\n"
    left += "print(Party.objects.filter(code__startswith='U').count())"
    assert firm.run(left) == "2000"  # one step of 1,000 is kept
    assert firm.run(TAKE_BACK.format(watch="None")) == "done 3000"
    assert firm.run(left) == "0"
    assert firm.run(
        "from huike.kernel.change.journal import broken_links; print(list(broken_links()))"
    ) == "[]"  # fmt: skip
