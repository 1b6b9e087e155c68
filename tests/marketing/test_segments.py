"""Segments: who is in them for whom, frozen and by hand, and as a filter on every surface."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.view import ListView
from huike.kernel.records.undo import undo
from huike.marketing.freezing import freeze, put_in, refresh, take_out, thaw
from huike.marketing.models import Segment, SegmentMember
from huike.marketing.segments import members, overlaps
from tests.cast import SYSTEM, Cast, Make
from tests.contract.people import browser, words_of
from tests.marketing.conftest import Parties

VIP = '["level","in",["vip"]]'


def listed(actor: Any, segment: Segment, op: str = "in") -> set[int]:
    view = ListView(entity_of(Party), filter=["segment", op, [segment.pk]])
    return set(view.matching(actor).values_list("pk", flat=True))


def test_nobody_finds_more_in_a_segment_than_they_may_see(
    cast: Cast, make: Make, parties: Parties
) -> None:
    parties(3, cast.alice, level="vip")
    parties(2, cast.carol, level="vip")
    parties(4, cast.carol)
    segment = make(Segment, cast.mona, filter=VIP)
    assert segment.size == 5  # counted as its owner sees it
    assert members(cast.actor("carol"), segment).count() == 2
    assert members(cast.actor("bob"), segment).count() == 3
    assert not members(cast.actor("iris"), segment).exists()
    frozen = freeze(cast.actor("mona"), segment)
    assert members(cast.actor("carol"), frozen).count() == 2
    assert SegmentMember.objects.count() == 5


def test_its_size_is_counted_as_its_owner_sees(cast: Cast, make: Make, parties: Parties) -> None:
    parties(3, cast.alice, level="vip")
    parties(2, cast.carol, level="vip")
    segment = make(Segment, cast.carol, filter=VIP)
    assert segment.size == 2
    with change(SYSTEM, "test.hand_over"):
        segment.owner = cast.mona
        segment.save()
    assert segment.size == 5


def test_who_may_not_filter_by_a_field_may_not_ask_for_the_segment(
    cast: Cast, make: Make, parties: Parties
) -> None:
    parties(1, cast.alice, id_number="4477199")
    segment = make(Segment, cast.alice, filter='["id_number","starts","447719"]')
    role = cast.dora.roles.get()
    FieldLimit.objects.create(
        role=role, record="customers.party", field="id_number", right="masked"
    )
    for attempt in (members, listed):
        with pytest.raises(ValidationError, match="can't be filtered"):
            attempt(cast.actor("dora"), segment)
    page = browser(cast, "dora").get(f"/marketing/segment/{segment.pk}/")
    assert page.status_code == 200
    assert "can&#39;t be filtered by you" in words_of(page)
    assert "447719" not in words_of(page)


def test_live_follows_and_static_stays_until_refreshed(
    cast: Cast, make: Make, parties: Parties
) -> None:
    mona = cast.actor("mona")
    parties(2, cast.alice, level="vip")
    segment = make(Segment, cast.mona, filter=VIP)
    freeze(mona, segment)
    parties(3, cast.alice, level="vip")
    assert members(mona, segment).count() == 2
    refresh(mona, segment)
    assert (members(mona, segment).count(), segment.size) == (5, 5)
    thaw(mona, segment)
    parties(1, cast.alice, level="vip")
    assert members(mona, segment).count() == 6
    with pytest.raises(PermissionDenied):
        freeze(cast.actor("bob"), segment)


def test_freezing_refreshing_and_handwork_are_undone(
    cast: Cast, make: Make, parties: Parties
) -> None:
    mona = cast.actor("mona")
    first = parties(2, cast.alice, level="vip")
    segment = make(Segment, cast.mona, filter=VIP)
    with change(mona, "test.freeze") as frozen:
        freeze(mona, segment)
    parties(1, cast.alice, level="vip")
    with change(mona, "test.refresh") as again:
        refresh(mona, segment)
    assert undo(mona, again.group).left == []
    segment.refresh_from_db()
    assert members(mona, segment).count() == 2
    (stranger,) = parties(1, cast.alice)
    with change(mona, "test.hands") as hands:
        assert put_in(mona, segment, [stranger.pk, first[0].pk]) == 1
        assert take_out(mona, segment, [first[0].pk]) == 1
    assert set(members(mona, segment)) == {first[1], stranger}
    assert undo(mona, hands.group).left == []
    segment.refresh_from_db()
    assert set(members(mona, segment)) == set(first)
    assert undo(mona, frozen.group).left == []
    segment.refresh_from_db()
    assert (segment.kind, members(mona, segment).count()) == ("live", 3)


def test_nobody_is_put_in_or_taken_out_who_is_out_of_sight(
    cast: Cast, make: Make, parties: Parties
) -> None:
    (alices,), (carols,) = parties(1, cast.alice), parties(1, cast.carol)
    segment = make(Segment, cast.carol, filter='["is_customer","yes"]')
    freeze(cast.actor("carol"), segment)
    assert put_in(cast.actor("carol"), segment, [alices.pk]) == 0
    put_in(cast.actor("mona"), segment, [alices.pk])
    assert take_out(cast.actor("carol"), segment, [alices.pk, carols.pk]) == 1
    assert set(members(SYSTEM, segment)) == {alices}


def test_a_segment_may_ask_for_another_but_not_for_itself(
    cast: Cast, make: Make, parties: Parties
) -> None:
    parties(2, cast.alice, level="vip")
    parties(1, cast.alice)
    inner = make(Segment, cast.mona, filter=VIP)
    outer = make(Segment, cast.mona, filter=json.dumps(["segment", "out", [inner.pk]]))
    assert members(cast.actor("mona"), outer).count() == 1
    with change(SYSTEM, "test.ring"):
        inner.filter = json.dumps(["segment", "in", [outer.pk]])
        inner.save()
    assert inner.size is None
    for segment in (inner, outer):
        with pytest.raises(ValidationError, match="made of itself"):
            members(SYSTEM, segment)


def test_list_export_and_api_take_a_segment_as_a_filter(
    cast: Cast, make: Make, parties: Parties
) -> None:
    (vip,) = parties(1, cast.alice, level="vip", name="张大户")
    parties(1, cast.alice, name="李小户")
    segment = make(Segment, cast.mona, filter=VIP)
    other = make(Segment, cast.carol, filter=VIP)
    with pytest.raises(ValidationError, match="may not see"):
        listed(cast.actor("alice"), other)
    with pytest.raises(ValidationError, match="no link"):
        ListView(entity_of(Party), filter=["segment__name", "is", "x"]).matching(SYSTEM)
    client = browser(cast, "mona")
    query = quote(json.dumps(["segment", "in", [segment.pk]]))
    for address in (
        f"/customers/party/?filter={query}",
        f"/customers/party/export/?kind=csv&filter={query}",
        f"/api/v1/customers/party/?filter={query}",
    ):
        said = words_of(client.get(address))
        assert "张大户" in said, address
        assert "李小户" not in said, address
    catalogue = client.get("/customers/party/catalogue/").json()["groups"][0]["fields"]
    (told,) = [f for f in catalogue if f["name"] == "segment"]
    assert told["operators"] == ["in", "out"]
    assert listed(cast.actor("mona"), segment, "out") == set(
        Party.objects.exclude(pk=vip.pk).values_list("pk", flat=True)
    )


def test_overlaps_are_shares_of_both(cast: Cast, make: Make, parties: Parties) -> None:
    parties(2, cast.alice, level="vip", city="广州")
    parties(2, cast.alice, level="vip")
    parties(6, cast.alice, city="广州")
    vips = make(Segment, cast.mona, filter=VIP)
    make(Segment, cast.mona, filter='["city","is","广州"]')
    (one,) = overlaps(cast.actor("mona"), vips)
    assert (one.size, one.shared, one.share, one.share_of_other) == (8, 2, 0.5, 0.25)


@pytest.fixture
def client(cast: Cast) -> Client:
    return browser(cast, "mona")


@pytest.mark.parametrize(("kind", "size"), [("live", 2), ("static", 2), ("empty", 0)])
def test_a_segment_is_made_by_pointing(
    cast: Cast, client: Client, parties: Parties, kind: str, size: int
) -> None:
    parties(2, cast.alice, level="vip")
    parties(1, cast.alice)
    page = client.get(f"/marketing/segment/add/?filter={quote(VIP)}")
    assert page.status_code == 200
    assert "data-segment-form" in words_of(page)
    assert f">{2}</b>" in words_of(client.get(f"/marketing/segment/told/?filter={quote(VIP)}"))
    client.post("/marketing/segment/add/", {"name": "大户", "filter": VIP, "kind": kind})
    made = Segment.objects.get(name="大户")
    assert (made.kind, made.size) == ("live" if kind == "live" else "static", size)
    assert made.owner == cast.mona


def test_a_wrong_filter_is_refused_in_words_and_nothing_is_saved(client: Client) -> None:
    for wrong in ("nonsense", '["no_such_field","is","1"]', '{"all":[1]}'):
        answer = client.post("/marketing/segment/add/", {"name": "x", "filter": wrong})
        assert answer.status_code == 422
        assert 'role="alert"' in words_of(answer)
    assert client.post("/marketing/segment/add/", {"name": "", "filter": VIP}).status_code == 422
    assert not Segment.objects.exists()


def test_the_filter_is_changed_by_pointing_and_members_by_hand(
    cast: Cast, make: Make, client: Client, parties: Parties
) -> None:
    (one, two) = parties(2, cast.alice, level="vip")
    segment = make(Segment, cast.mona, filter='["is_customer","yes"]')
    here = f"/marketing/segment/{segment.pk}/"
    assert "data-segment-form" in words_of(client.get(f"{here}point/"))
    client.post(f"{here}point/", {"name": "改名", "filter": VIP, "about": "", "seen.x": ""})
    segment.refresh_from_db()
    assert (segment.name, segment.filter) == ("改名", VIP)
    client.post(f"{here}do/freeze/")
    client.post(f"{here}by-hand/", {"do": "out", "party": one.pk})
    segment.refresh_from_db()
    assert set(members(SYSTEM, segment)) == {two}
    assert browser(cast, "bob").get(f"{here}point/").status_code in {403, 404}
    answer = browser(cast, "bob").post(f"{here}by-hand/", {"do": "out", "party": two.pk})
    assert answer.status_code in {403, 404}
    assert set(members(SYSTEM, segment)) == {two}
