"""The net of ties: two steps deep, and nothing in it or behind it that the reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huike.channels.models import Interaction
from huike.channels.queries import filters_of
from huike.customers.models import Party, Tie
from huike.customers.network import net_of
from huike.kernel.change.work import change
from tests.cast import SYSTEM, Cast
from tests.web.records.test_record_page import address, signed_in


def tied(*pairs: tuple[Party, Party]) -> None:
    with change(SYSTEM, "test.ties"):
        for one, other in pairs:
            Tie(party=one, kind="referred_by", other=other).save()


def test_two_steps_and_nothing_out_of_sight(cast: Cast, make: Callable[..., Any]) -> None:
    own = [make(Party, cast.alice, name=name) for name in ("甲", "乙", "丙", "丁")]
    foreign = make(Party, cast.carol, name="外人")
    behind = make(Party, cast.alice, name="外人之后")
    tied(*((own[n], own[n + 1]) for n in range(3)), (own[0], own[2]))
    tied((own[0], foreign), (foreign, behind))
    found = net_of(cast.actor("alice"), own[0])
    assert {p.name: step for p, step in found.parties.items()} == {
        "甲": 0,
        "乙": 1,
        "丙": 1,
        "丁": 2,
    }
    assert len(found.ties) == 4
    everything = net_of(cast.actor("root"), own[0])
    assert {p.name for p in everything.parties} >= {"外人", "外人之后", "丁"}
    assert not net_of(cast.actor("root"), own[0], most=3).is_whole

    page = signed_in(cast.alice).get(f"{address(own[0])}ties/").content.decode()
    assert "外人" not in page
    assert f'"/customers/party/{own[3].pk}/"' in page
    late = signed_in(cast.alice).get(
        f"{address(own[0])}panel/ties/", headers={"HX-Request": "true"}
    )
    assert "乙" in late.content.decode()
    assert "外人" not in late.content.decode()


def test_a_timeline_by_kind_and_person(cast: Cast, make: Callable[..., Any]) -> None:
    party = make(Party, cast.alice, name="赵敏")
    with change(SYSTEM, "test.contacts"):
        for kind, who, text in (
            ("call", cast.alice, "甲打电话"),
            ("call", cast.dora, "丁打电话"),
            ("letter", cast.alice, "甲写信"),
        ):
            Interaction(party=party, kind=kind, author=who, body=text).save()
    found = filters_of(cast.actor("alice"), party)
    assert found.kinds == [("call", 2), ("letter", 1)]
    assert found.people[0] == (cast.alice.pk, "alice", 2)
    asked = f"{address(party)}timeline/?kind=call&who={cast.dora.pk}"
    page = signed_in(cast.alice).get(asked, headers={"HX-Request": "true"}).content.decode()
    assert "丁打电话" in page
    assert "甲打电话" not in page
    assert "甲写信" not in page
