"""The timeline: what is written on it, who is told, and how it is read in pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from huike.channels.models import Interaction, Notice
from huike.channels.queries import PAGE, timeline
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.records.bulk import create_all
from huike.office.models import Task
from tests.cast import SYSTEM, Cast
from tests.web.records.test_record_page import address, signed_in

HX = {"HX-Request": "true"}


@pytest.fixture
def party(cast: Cast, make: Callable[..., Any]) -> Party:
    row: Party = make(Party, cast.alice, name="赵敏", contact_cycle=30)
    return row


def test_a_call_moves_the_contact_dates(cast: Cast, party: Party) -> None:
    given = {"kind": "call", "body": "谈了保养", "minutes": "5"}
    answer = signed_in(cast.alice).post(f"{address(party)}compose/", given, headers=HX)
    assert "谈了保养" in answer.content.decode()
    party.refresh_from_db()
    today = timezone.localdate()
    assert party.last_contact_on == today
    assert party.next_contact_on == today + timedelta(days=30)


def test_a_follow_up_date_sets_the_next_contact(cast: Cast, party: Party) -> None:
    on = timezone.localdate() + timedelta(days=3)
    given = {"kind": "note", "body": "下周再谈", "follow_up_on": on.isoformat()}
    signed_in(cast.alice).post(f"{address(party)}compose/", given)
    party.refresh_from_db()
    assert party.next_contact_on == on
    assert party.last_contact_on is None


def test_who_is_mentioned_is_told(cast: Cast, party: Party) -> None:
    given = {"kind": "note", "body": "@dora 请看一下"}
    signed_in(cast.alice).post(f"{address(party)}compose/", given)
    assert Notice.objects.get().user == cast.dora
    page = signed_in(cast.dora).get("/").content.decode()
    assert "请看一下" in page


def test_a_mention_shows_nothing_of_what_the_reader_may_not_see(cast: Cast, party: Party) -> None:
    given = {"kind": "note", "body": "@carol 机密"}
    signed_in(cast.alice).post(f"{address(party)}compose/", given)
    page = signed_in(cast.carol).get("/").content.decode()
    assert "alice" in page
    assert "机密" not in page


def test_nothing_written_is_refused_and_the_date_kept(cast: Cast, party: Party) -> None:
    given = {"kind": "call", "body": "", "follow_up_on": "2030-01-02"}
    answer = signed_in(cast.alice).post(f"{address(party)}compose/", given, headers=HX)
    assert answer.status_code == 422
    assert "2030-01-02" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_a_task_is_made_from_the_composer(cast: Cast, party: Party) -> None:
    given = {"kind": "task", "body": "寄资料\n两份", "follow_up_on": "2030-01-02"}
    signed_in(cast.alice).post(f"{address(party)}compose/", given)
    task = Task.objects.get()
    assert (task.title, task.body, task.party, task.owner) == ("寄资料", "两份", party, cast.alice)


def test_a_file_is_sent_only_to_who_sees_the_customer(cast: Cast, party: Party) -> None:
    upload = SimpleUploadedFile("合同.pdf", b"%PDF-1.7 x")
    signed_in(cast.alice).post(f"{address(party)}compose/", {"kind": "file", "file": upload})
    stored = Interaction.objects.get().file
    assert stored is not None
    answer = signed_in(cast.alice).get(f"/files/{stored.pk}/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert signed_in(cast.carol).get(f"/files/{stored.pk}/").status_code == 404


def test_pages_of_a_long_timeline_hold_each_line_once(cast: Cast, party: Party) -> None:
    at = timezone.now()
    with change(SYSTEM, "test.fill"):
        create_all([Interaction(party=party, body=f"{n}", at=at) for n in range(95)])
    actor, entity = cast.actor("alice"), entity_of(Party)
    fields, seen, after = entity.fields(actor), [], ""
    while True:
        page = timeline(actor, entity, party, fields, after=after)
        seen += [(line.source, line.pk) for line in page.lines]
        if not (after := page.next):
            break
        assert len(page.lines) == PAGE
    assert len(seen) == len(set(seen)) == 96  # the creation of the customer is told too


def test_changes_are_told_in_words(cast: Cast, party: Party) -> None:
    from tests.web.records.test_record_page import form_of

    alice = signed_in(cast.alice)
    alice.post(f"{address(party)}edit/", form_of(party, city="宁波"))
    page = alice.get(f"{address(party)}timeline/?kind=changes", headers=HX).content.decode()
    assert "宁波" in page
    assert "alice" in page
