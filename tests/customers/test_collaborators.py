"""Collaborators see a customer and what hangs on it, change it where that was said, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.collaborators.actions import collaborators_of, share, unshare
from huike.customers.collaborators.models import Collaborator
from huike.customers.models import Party, PoolParty
from huike.customers.pool.claiming import release
from huike.kernel.access.scope import allowed, visible
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.records.undo import undo
from huike.kernel.records.verbs import store
from huike.kernel.search.find import find
from tests.cast import Cast, Make

OPS = (Op.VIEW, Op.EXPORT, Op.EDIT, Op.DELETE)


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    """A customer of Alice's that Carol, of another department, does not see."""
    found: Party = make(Party, cast.alice, name="玄武科技")
    make(Interaction, cast.alice, party=found, body="谈价格")
    assert not allowed(cast.actor("carol"), Op.VIEW, found)
    return found


def _may(cast: Cast, row: object) -> list[Op]:
    carol = cast.actor("carol")
    return [op for op in OPS if allowed(carol, op, row)]  # type: ignore[arg-type]


def test_a_collaborator_sees_the_customer_and_what_hangs_on_it(cast: Cast, party: Party) -> None:
    share(cast.actor("alice"), party, cast.carol.pk)
    carol = cast.actor("carol")
    assert set(_may(cast, party)) <= {Op.VIEW, Op.EXPORT}
    assert visible(carol, Party).filter(pk=party.pk).count() == 1
    assert visible(carol, Interaction).filter(party=party).count() == 1
    assert not allowed(carol, Op.EDIT, Interaction.objects.get(party=party))
    assert [hit.id for hit in find(carol, "玄武", None, 5)] == [party.pk]
    assert [c.user for c in collaborators_of(carol, party)] == [cast.carol]
    party.name = "青龙"
    with pytest.raises(PermissionDenied):
        store(carol, party)


def test_who_may_change_it_changes_it_but_not_its_owner_nor_who_helps(
    cast: Cast, party: Party
) -> None:
    share(cast.actor("alice"), party, cast.carol.pk, may_edit=True)
    carol = cast.actor("carol")
    party.about = "由小卡补充"
    store(carol, party)
    with pytest.raises(PermissionDenied):
        share(carol, party, cast.bob.pk)
    party.owner, party.department = cast.carol, cast.carol.department
    with pytest.raises(PermissionDenied):
        store(carol, party)
    stored = Party.objects.get(pk=party.pk)
    assert (stored.owner, stored.about) == (cast.alice, "由小卡补充")
    assert not allowed(carol, Op.DELETE, stored)


def test_it_ends_by_a_day_by_hand_and_with_the_fall_into_the_pool(cast: Cast, party: Party) -> None:
    alice, today = cast.actor("alice"), timezone.localdate()
    row = share(alice, party, cast.carol.pk, until=today)
    assert Op.VIEW in _may(cast, party)
    with change(alice, "test.yesterday"):
        row.until = today - timedelta(days=1)
        row.save()
    assert _may(cast, party) == []
    share(alice, party, cast.carol.pk)  # again: the same row, without an end
    assert Op.VIEW in _may(cast, party)
    unshare(cast.actor("mona"), party, cast.carol.pk)
    assert _may(cast, party) == []
    share(alice, party, cast.carol.pk)
    with change(alice, "test.release") as work:
        release(alice, party)
    assert _may(cast, party) == []
    assert PoolParty.objects.filter(pk=party.pk).exists()
    undo(cast.actor("root"), work.group)
    assert Op.VIEW in _may(cast, party)
    assert Collaborator.objects.filter(party=party).count() == 1


def test_nobody_the_owner_and_a_day_that_is_over_are_refused(cast: Cast, party: Party) -> None:
    alice = cast.actor("alice")
    yesterday = timezone.localdate() - timedelta(days=1)
    for user, until in ((None, None), (cast.alice.pk, None), (cast.carol.pk, yesterday)):
        with pytest.raises(ValidationError):
            share(alice, party, user, until=until)
    with pytest.raises(PermissionDenied):
        share(cast.actor("carol"), party, cast.carol.pk)


def test_only_who_does_not_help_himself_is_offered_to_add_helpers(
    cast: Cast, party: Party, client: Client
) -> None:
    share(cast.actor("alice"), party, cast.carol.pk, may_edit=True)
    for user, offered in ((cast.alice, True), (cast.carol, False)):
        client.force_login(user)
        panel = client.get(
            f"/customers/party/{party.pk}/panel/owners/", headers={"HX-Request": "1"}
        )
        assert panel.status_code == 200
        assert ("do/share/" in panel.content.decode()) is offered


def test_by_api_in_bulk_and_on_the_page(cast: Cast, party: Party, client: Client) -> None:
    client.force_login(cast.root)
    at = f"/api/v1/customers/party/{party.pk}/"
    given = {"user": cast.carol.pk, "may_edit": True, "until": "", "note": "一起跟进"}
    answer = client.post(f"{at}share/", given, "application/json")
    assert answer.status_code == 200, answer.content
    client.force_login(cast.carol)
    assert client.get(at).json()["name"] == "玄武科技"
    page = client.get(f"/customers/party/{party.pk}/").content.decode()
    assert "玄武科技" in page
    listed = client.get("/api/v1/customers/party/").json()["rows"]
    assert party.pk in [row["id"] for row in listed]
    assert client.patch(at, {"about": "x"}, "application/json").status_code == 200
