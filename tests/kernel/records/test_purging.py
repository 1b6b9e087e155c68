"""The bin is emptied after 30 days, never of what something else still needs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from huike.catalog.models import Product
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.jobs import claims
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records.record import Record
from huike.marketing.models import CampaignMember
from huike.office.models import Task
from huike.surveys.models import Answer
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast, Make


def binned(row: Record, days: int) -> Record:
    """Let a row have lain in the bin for so many days."""
    with change(SYSTEM, "test.bin"):
        row.binned_at = timezone.now() - timedelta(days=days)
        row.save()
    return row


def emptied() -> dict[str, int]:
    """Run the job and return what it says."""
    asked = enqueue(SYSTEM, "records.purge")
    job = claims.claim("test")
    assert job is not None
    execute(job)
    done = Job.objects.get(pk=asked.pk)
    assert done.state == "done", done.traceback
    told: dict[str, int] = done.result
    return told


def test_what_is_old_goes_with_what_belongs_to_it_and_is_journaled(cast: Cast, make: Make) -> None:
    old, young = make(Party, cast.alice), make(Party, cast.alice)
    note = make(Interaction, cast.alice, party=old)
    binned(old, 31)
    binned(young, 29)
    assert emptied() == {"deleted": 1, "kept": 0}
    assert not Party.everything.filter(pk=old.pk).exists()
    assert not Interaction.everything.filter(pk=note.pk).exists()
    assert Party.everything.filter(pk=young.pk).exists()
    gone = Entry.objects.filter(kind="purge").values_list("record", "record_id")
    assert set(gone) == {("customers.party", old.pk), ("channels.interaction", note.pk)}
    assert not list(broken_links())


def test_what_something_else_names_stays(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    make(Order, cast.alice, party=party)
    binned(party, 400)
    gone = binned(make(Product), 40)
    assert emptied() == {"deleted": 1, "kept": 1}
    assert Party.everything.filter(pk=party.pk).exists()
    assert not Product.everything.filter(pk=gone.pk).exists()


def test_an_answer_outlives_its_order_and_goes_with_its_customer(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    order, visit = make(Order, cast.alice, party=party), make(Interaction, cast.alice, party=party)
    answer = make(Answer, cast.alice, party=party, order=order, interaction=visit)
    binned(order, 31)
    assert emptied() == {"deleted": 1, "kept": 0}
    answer.refresh_from_db()
    assert (answer.order_id, answer.interaction_id) == (None, visit.pk)
    binned(party, 31)
    assert emptied() == {"deleted": 1, "kept": 0}
    assert not Answer.everything.exists()


def test_links_that_may_be_empty_are_emptied(cast: Cast, make: Make) -> None:
    task = make(Task, cast.alice)
    member = make(CampaignMember, cast.alice, task=task)
    binned(task, 31)
    assert emptied() == {"deleted": 1, "kept": 0}
    member.refresh_from_db()
    assert member.task is None


def test_an_empty_bin_leaves_no_trace(cast: Cast, make: Make) -> None:
    make(Party, cast.alice)
    before = Entry.objects.count()
    assert emptied() == {"deleted": 0, "kept": 0}
    assert Entry.objects.count() == before
