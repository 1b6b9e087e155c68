"""Requests: their terms, the package, and an erasure that leaves orders and nothing of a person."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.duplicates.merges import merge, undo_merge
from huike.customers.models import Merge, Party, Tie
from huike.customers.privacy import carrying, deadlines, retention
from huike.customers.privacy.erasing import erase
from huike.customers.privacy.models import PartyView, PrivacyRequest, PrivacySetting, RetentionRule
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change, Entry
from huike.kernel.entity.attachments import hang
from huike.kernel.entity.entity import entity_of
from huike.kernel.files import StoredFile, keep, root
from huike.kernel.records.seeing import seen
from huike.kernel.records.undo import undo
from huike.kernel.search.find import find
from huike.office.models import Task
from huike.trade.models import Order
from tests.cast import Cast, Make

MARK = "zq7mark"


def test_terms_of_fifteen_working_days_and_of_a_month() -> None:
    # National Day 2025: 1 to 8 October off, 28 September and 11 October worked
    assert deadlines.workdays_after(date(2025, 9, 26), 15) == date(2025, 10, 23)
    assert deadlines.workdays_after(date(2040, 6, 1), 5) == date(2040, 6, 8)
    assert deadlines.a_month_after(date(2024, 1, 31)) == date(2024, 2, 29)
    assert deadlines.a_month_after(date(2026, 12, 15)) == date(2027, 1, 15)


def test_the_term_that_is_set_counts(cast: Cast, make: Make) -> None:
    PrivacySetting.objects.create(pk=1, term="month")
    row = make(PrivacyRequest, cast.mona, received_on=date(2026, 1, 31))
    assert row.due_on == date(2026, 2, 28)


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    """A customer about whom there is something in every room."""
    found: Party = make(
        Party, cast.alice, name=f"张{MARK}", phone="+8613800000001", about=f"备注 {MARK}"
    )
    make(Interaction, cast.alice, party=found, body=f"谈到 {MARK}")
    make(Task, cast.alice, party=found, title=f"给{MARK}打电话")
    make(Order, cast.alice, party=found, remark=f"送到 {MARK}")
    make(Tie, None, party=found, other=make(Party, cast.alice), remark=MARK)
    stored = keep(cast.actor("mona"), SimpleUploadedFile("scan.pdf", b"%PDF-" + MARK.encode()))
    hang(stored, found)
    return found


@pytest.fixture
def request_(cast: Cast, make: Make, party: Party) -> PrivacyRequest:
    given = {"party": party, "kind": "erase", "identity_checked": True, "number": "DS-1"}
    found: PrivacyRequest = make(PrivacyRequest, cast.mona, **given)
    return found


def _package(request: PrivacyRequest) -> zipfile.ZipFile:
    assert request.package is not None
    return zipfile.ZipFile(io.BytesIO(request.package.open().read()))


def test_the_package_holds_everything_about_a_person(
    cast: Cast, party: Party, request_: PrivacyRequest
) -> None:
    request_.kind = "export"
    package = _package(carrying.make_package(cast.actor("root"), request_))
    told = json.loads(package.read("data.json"))
    assert told["records"]["customers.party"][0]["phone"] == "+8613800000001"
    for record in ("channels.interaction", "office.task", "trade.order", "customers.tie"):
        assert MARK in json.dumps(told["records"][record], ensure_ascii=False), record
    assert any(name.endswith("scan.pdf") for name in package.namelist())
    assert MARK in package.read("readable.html").decode()


def test_a_masked_field_stays_out_of_the_package_and_is_named(
    cast: Cast, party: Party, request_: PrivacyRequest
) -> None:
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="customers.party", field="phone", right="masked")
    request_.kind = "export"
    package = _package(carrying.make_package(cast.actor("mona"), request_))
    text = package.read("data.json").decode()
    assert "13800000001" not in text
    assert "phone" in json.loads(text)["left_out"]["customers.party"]


def test_an_erasure_keeps_the_order_and_nothing_of_the_person(
    cast: Cast, party: Party, request_: PrivacyRequest
) -> None:
    mona = cast.actor("mona")
    seen(mona, party)
    place = root() / StoredFile.objects.get(record="customers.party").path
    assert find(cast.actor("root"), MARK, None, 5)
    done = carrying.carry_out(mona, request_)
    erased = Party.objects.get(pk=party.pk)
    assert (erased.phone, erased.about, MARK in erased.name) == ("", "", False)
    assert Order.objects.get(party=party).remark == ""
    assert not Tie.everything.exists()
    assert not PartyView.objects.exists()
    assert MARK not in str(list(Interaction.everything.values_list("subject", "body")))
    assert MARK not in str(list(Task.everything.values_list("title", "body")))
    assert MARK not in str(list(Entry.objects.values_list("fields", flat=True)))
    assert list(broken_links()) == []
    assert find(cast.actor("root"), MARK, None, 5) == []
    assert done.state == "done"
    undo(mona, Change.objects.get(action="customers.carry_out_erasure").group)
    assert PrivacyRequest.objects.get(pk=done.pk).state == "done"
    assert Party.objects.get(pk=party.pk).phone == ""
    assert _bytes(done)[:5] == b"%PDF-"
    assert len(done.outcome.rpartition(" ")[2]) == 64
    assert isinstance(place, Path)


def test_an_erasure_leaves_nothing_with_merges_and_they_are_not_undone(
    cast: Cast, make: Make
) -> None:
    mona = cast.actor("mona")
    living = make(Party, cast.alice, name="李四")
    erased = make(Party, cast.alice, name=f"张{MARK}", wechat=MARK, about=f"备注 {MARK}")
    twin = make(Party, cast.alice, name=f"小{MARK}", wechat=f"{MARK}2")
    undo_merge(mona, merge(mona, living, erased, ["name", "wechat"]))
    stays = merge(mona, erased, twin, ["wechat"])
    assert MARK in str(list(Merge.everything.values_list("footprint", flat=True)))
    erase(mona, Party.objects.get(pk=erased.pk))
    assert list(Merge.everything.values_list("footprint", flat=True)) == [{}, {}]
    assert MARK not in str(list(Entry.objects.values_list("fields", flat=True)))
    assert MARK not in str(list(Party.everything.values_list("name", "wechat", "about")))
    assert Party.objects.get(pk=living.pk).name == "李四"
    assert list(broken_links()) == []
    with pytest.raises(ValidationError):
        undo_merge(mona, stays)
    assert not entity_of(Merge).verb("undo").applies(Merge.objects.get(pk=stays.pk))


def _bytes(request: PrivacyRequest) -> bytes:
    assert request.certificate is not None
    return request.certificate.open().read()


def test_an_erasure_asks_who_asks_who_does_and_whether_it_is_locked(
    cast: Cast, party: Party, request_: PrivacyRequest
) -> None:
    mona = cast.actor("mona")
    with pytest.raises(PermissionDenied):
        carrying.carry_out(cast.actor("bob"), request_)
    Party.everything.filter(pk=party.pk).unjournaled_update(is_locked=True)
    with pytest.raises(ValidationError):
        carrying.carry_out(mona, PrivacyRequest.objects.get(pk=request_.pk))
    Party.everything.filter(pk=party.pk).unjournaled_update(is_locked=False)
    PrivacyRequest.everything.filter(pk=request_.pk).unjournaled_update(identity_checked=False)
    with pytest.raises(ValidationError):
        carrying.carry_out(mona, PrivacyRequest.objects.get(pk=request_.pk))
    assert MARK in Party.objects.get(pk=party.pk).name


def test_a_retention_rule_takes_only_who_shows_no_sign_of_life(cast: Cast, make: Make) -> None:
    old = timezone.now() - timedelta(days=2000)
    idle, called, ordered, locked = (
        make(Party, cast.alice, phone=f"+861380000001{n}") for n in range(4)
    )
    Party.everything.all().unjournaled_update(created_at=old)
    Party.everything.filter(pk=locked.pk).unjournaled_update(is_locked=True)
    make(Interaction, cast.alice, party=called, at=timezone.now())
    make(Order, cast.alice, party=ordered, on=timezone.now())
    rule = make(RetentionRule, None, months=36)
    assert [p.pk for p in retention.due(rule)] == [idle.pk]
    told = retention.carry_out(cast.actor("root"), rule)
    assert told == {"done": 1, "left": 0}
    assert Party.objects.get(pk=idle.pk).phone == ""
    assert Party.objects.get(pk=called.pk).phone != ""
    assert list(retention.due(rule)) == []


def test_views_are_counted_per_person_and_day(cast: Cast, party: Party) -> None:
    for _n in range(3):
        seen(cast.actor("mona"), party)
    seen(cast.actor("alice"), party)
    told = dict(PartyView.objects.values_list("who", "times"))
    assert told == {"mona": 3, "alice": 1}
