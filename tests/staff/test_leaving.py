"""A leaver's records go to others: in part, previewed, with a note, and undone as one."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.records.undo import undo
from huike.office.models import Task
from huike.staff import leaving
from huike.staff.leaving import Part
from tests.cast import Cast, Make


@pytest.mark.django_db(transaction=False)
def test_all_kinds_go_with_a_note_and_come_back(
    cast: Cast, make: Make, django_capture_on_commit_callbacks: object
) -> None:
    root = cast.actor("root")
    mine = [make(Party, cast.alice) for _n in range(3)]
    task, bobs = make(Task, cast.alice, party=mine[0]), make(Party, cast.bob)
    parts = [
        Part("customers.party", cast.bob.pk, 'filter=["kind","is","person"]'),
        Part("office.task", cast.carol.pk),
    ]
    assert leaving.counts(root, cast.alice, parts) == [3, 1]
    assert leaving.from_json(leaving.as_json(parts)) == parts
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        done = leaving.hand_over(root, cast.alice, parts, "left the firm")
    assert (done.changed, done.refused) == (4, 0)
    assert not Party.objects.filter(owner=cast.alice).exists()
    assert Task.objects.get(pk=task.pk).owner == cast.carol
    assert Interaction.objects.filter(body="left the firm").count() == 4
    (past,) = leaving.past(cast.alice)
    assert (past.count, past.is_undone) == (4, False)
    undone = undo(root, uuid.UUID(done.group))
    assert undone.left == []
    assert Party.objects.filter(owner=cast.alice).count() == 3
    assert Party.objects.get(pk=bobs.pk).owner == cast.bob
    assert leaving.past(cast.alice)[0].is_undone


def test_customers_may_go_to_the_pool_and_a_closed_account_may_not_receive(
    cast: Cast, make: Make
) -> None:
    root, row = cast.actor("root"), make(Party, cast.alice)
    cast.bob.is_active = False
    cast.bob.save()
    for wrong in (
        [],
        [Part("customers.party", cast.bob.pk)],
        [Part("customers.party", cast.alice.pk)],
    ):
        with pytest.raises(ValidationError):
            leaving.hand_over(root, cast.alice, wrong, "")
    with pytest.raises(PermissionDenied):
        leaving.hand_over(cast.actor("dora"), cast.alice, [Part("customers.party")], "")
    leaving.hand_over(root, cast.alice, [Part("customers.party")], "gone")
    assert Party.objects.get(pk=row.pk).owner is None


def test_the_page_asks_shows_and_does(cast: Cast, make: Make) -> None:
    make(Party, cast.alice)
    client = Client()
    client.force_login(cast.root)
    here = f"/settings/people/{cast.alice.pk}/hand-over/"
    assert client.get(here).status_code == 200
    asked = {"take.customers.party": "1", "to": str(cast.bob.pk)}
    assert client.post(here, {"take.customers.party": "1"}).status_code == 422
    preview = client.post(here, asked)
    assert preview.status_code == 200
    assert Party.objects.filter(owner=cast.alice).exists()
    plan = leaving.as_json([Part("customers.party", cast.bob.pk)])
    assert client.post(here, {"plan": plan, "do": "hand_over"}).status_code == 302
    assert not Party.objects.filter(owner=cast.alice).exists()
    client.force_login(cast.dora)
    assert client.get(here).status_code == 403
