"""Two people edit one record: what does not overlap is merged, what does is asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from huike.customers.models import Party
from tests.cast import Cast
from tests.web.records.test_record_page import address, form_of, signed_in


@pytest.fixture
def party(cast: Cast, make: Callable[..., Any]) -> Party:
    row: Party = make(Party, cast.alice, name="李娜", city="杭州", district="西湖区")
    return row


def test_different_fields_are_both_kept(cast: Cast, party: Party) -> None:
    signed_in(cast.dora).post(f"{address(party)}edit/", form_of(party, city="宁波"))
    alice = signed_in(cast.alice)
    answer = alice.post(f"{address(party)}edit/", form_of(party, district="海曙区"), follow=True)
    assert "dora" in answer.content.decode()
    party.refresh_from_db()
    assert (party.city, party.district) == ("宁波", "海曙区")


def test_the_same_field_is_asked_about_and_nothing_typed_is_lost(cast: Cast, party: Party) -> None:
    signed_in(cast.dora).post(f"{address(party)}edit/", form_of(party, city="宁波"))
    alice = signed_in(cast.alice)
    answer = alice.post(f"{address(party)}edit/", form_of(party, city="温州", district="鹿城区"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "dora" in page
    assert "宁波" in page
    assert 'value="温州"' in page
    assert 'value="鹿城区"' in page
    party.refresh_from_db()
    assert (party.city, party.district) == ("宁波", "西湖区")


@pytest.mark.parametrize(("take", "city"), [("mine", "温州"), ("theirs", "宁波")])
def test_choosing_whose_value_stands(cast: Cast, party: Party, take: str, city: str) -> None:
    signed_in(cast.dora).post(f"{address(party)}edit/", form_of(party, city="宁波"))
    party.refresh_from_db()
    posted = form_of(party, city="温州", district="鹿城区") | {"take.city": take}
    signed_in(cast.alice).post(f"{address(party)}edit/", posted)
    party.refresh_from_db()
    assert (party.city, party.district) == (city, "鹿城区")


def test_in_place_the_same_holds(cast: Cast, party: Party) -> None:
    signed_in(cast.dora).post(f"{address(party)}edit/", form_of(party, city="宁波"))
    answer = signed_in(cast.alice).post(
        f"{address(party)}field/city/", form_of(party, city="温州"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "宁波" in answer.content.decode()
