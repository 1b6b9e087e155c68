"""The page of a record: what it shows to whom, and how fields are edited on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from huike.customers.models import Party, Tag
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.models import Change
from huike.kernel.lists.models import Pin, Visit
from huike.staff.models import User
from tests.cast import Cast

Make = Callable[..., Any]


def signed_in(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def form_of(row: Party, **values: str) -> dict[str, str]:
    """Return what a form posts: the version, and each field as seen and as typed."""
    posted = {"version": str(row.version)}
    for name, typed in values.items():
        posted[name] = typed
        posted[f"seen.{name}"] = str(getattr(row, name) or "")
    return posted


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    row: Party = make(Party, cast.alice, name="王建国", phone="+8613812345678", city="杭州")
    return row


def address(row: Any) -> str:
    return f"/{row.label().replace('.', '/')}/{row.pk}/"


def test_the_page_shows_facts_timeline_and_purchases(cast: Cast, party: Party) -> None:
    page = signed_in(cast.alice).get(address(party)).content.decode()
    assert "王建国" in page
    assert "13812345678" in page
    assert "wang jian guo" in page
    assert 'id="timeline"' in page
    side = signed_in(cast.alice).get(f"{address(party)}side/").content.decode()
    assert 'id="purchases"' in side
    assert Visit.objects.get(user=cast.alice, record_id=party.pk).times == 1


def test_a_stranger_is_told_why_and_sees_nothing(cast: Cast, party: Party) -> None:
    for name in ("carol", "iris"):
        answer = signed_in(cast.users[name]).get(address(party))
        assert answer.status_code == 403
        assert "王建国" not in answer.content.decode()


@pytest.mark.parametrize(
    "part",
    ["", "side/", "head/", "peek/", "edit/", "field/phone/", "timeline/", "history/", "files/"],
)
def test_no_part_of_the_page_is_open_to_a_stranger(cast: Cast, party: Party, part: str) -> None:
    answer = signed_in(cast.carol).get(address(party) + part)
    assert answer.status_code == 403


def test_a_field_is_edited_in_place_and_undone(cast: Cast, party: Party) -> None:
    alice = signed_in(cast.alice)
    answer = alice.post(
        f"{address(party)}field/city/", form_of(party, city="宁波"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "宁波" in answer.content.decode()
    party.refresh_from_db()
    assert party.city == "宁波"
    told = json.loads(answer.headers["HX-Trigger"])["notices"][0]
    alice.post(f"/undo/{told['undo']}/", {"next": "/"})
    party.refresh_from_db()
    assert party.city == "杭州"


def test_a_wrong_value_is_said_beside_the_field_and_kept(cast: Cast, party: Party) -> None:
    answer = signed_in(cast.alice).post(
        f"{address(party)}field/phone/",
        form_of(party, phone="not a phone"),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "not a phone" in answer.content.decode()
    party.refresh_from_db()
    assert party.phone == "+8613812345678"


def test_who_may_only_look_gets_no_control(cast: Cast, party: Party) -> None:
    bob = signed_in(cast.bob)
    assert "data-edit" not in bob.get(address(party)).content.decode()
    bob.post(f"{address(party)}field/city/", form_of(party, city="宁波"))
    party.refresh_from_db()
    assert party.city == "杭州"


def test_a_masked_phone_leaks_nowhere(cast: Cast, party: Party) -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name="dora"), record="customers.party", field="phone", right="masked"
    )
    signed_in(cast.alice).post(f"{address(party)}edit/", form_of(party, phone="13987654321"))
    dora = signed_in(cast.dora)
    for part in ("", "history/", "peek/", "field/phone/", "timeline/", "edit/"):
        page = dora.get(address(party) + part).content.decode()
        assert "13812345678" not in page, part
        assert "13987654321" not in page, part
    found = dora.get("/lookup/customers/party/?q=王建国").json()["found"]
    assert "13987654321" not in json.dumps(found)


def test_a_hidden_field_is_not_in_the_history(cast: Cast, party: Party) -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name="dora"), record="customers.party", field="city", right="hidden"
    )
    signed_in(cast.alice).post(f"{address(party)}edit/", form_of(party, city="宁波"))
    page = signed_in(cast.dora).get(f"{address(party)}history/").content.decode()
    assert "宁波" not in page
    assert "杭州" not in page


def test_only_what_was_changed_is_written(cast: Cast, party: Party) -> None:
    posted = form_of(party, city="杭州", district="西湖区")
    signed_in(cast.alice).post(f"{address(party)}edit/", posted)
    entry = Change.objects.order_by("-pk")[0].entries.get()
    assert list(entry.fields) == ["district"]


def test_tags_are_picked_and_taken_off(cast: Cast, party: Party, make: Make) -> None:
    tag = make(Tag, None, name="vip")
    alice = signed_in(cast.alice)
    posted = {"version": "1", "seen.tags": "", "tags": str(tag.pk)}
    alice.post(f"{address(party)}field/tags/", posted)
    assert list(party.tags.all()) == [tag]
    posted = {"version": "2", "seen.tags": str(tag.pk)}
    alice.post(f"{address(party)}field/tags/", posted)
    assert list(party.tags.all()) == []


def test_pinning_and_taking_off(cast: Cast, party: Party) -> None:
    alice = signed_in(cast.alice)
    alice.post(f"{address(party)}pin/")
    assert Pin.objects.filter(user=cast.alice, record_id=party.pk).exists()
    assert "王建国" in alice.get("/").content.decode()
    alice.post(f"{address(party)}pin/")
    assert not Pin.objects.exists()


def test_markup_in_a_name_stays_text(cast: Cast, make: Make) -> None:
    evil = make(Party, cast.alice, name="<script>alert(1)</script>")
    alice = signed_in(cast.alice)
    for part in ("", "edit/", "history/", "peek/"):
        assert "<script>alert" not in alice.get(address(evil) + part).content.decode()
