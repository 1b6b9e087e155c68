"""Taking down an organisation's contacts, and when a customer is to be contacted next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from huike.channels.actions import log_interaction
from huike.customers.actions import add_contact
from huike.customers.models import Party, Tie
from huike.customers.queries import due_contacts, people_of
from tests.cast import Cast, Make


def test_a_contact_is_a_person_and_a_tie(cast: Cast, make: Make) -> None:
    alice = cast.actor("alice")
    firm = make(Party, cast.alice, kind="organisation")
    add_contact(alice, firm, "单志强", phone="13812345678", position="采购经理", role="buyer")
    (tie,) = people_of(alice, firm)
    assert (tie.party.name, tie.party.kind, tie.party.is_customer) == ("单志强", "person", False)
    assert (tie.party.owner, tie.party.phone) == (cast.alice, "+8613812345678")
    assert (tie.kind, tie.position, tie.role) == (Tie.Kind.WORKS_AT, "采购经理", "buyer")


def test_a_wrong_contact_leaves_nothing(cast: Cast, make: Make) -> None:
    alice = cast.actor("alice")
    firm, person = make(Party, cast.alice, kind="organisation"), make(Party, cast.alice)
    for about, given in (
        (firm, {"name": " "}),
        (person, {"name": "x"}),
        (firm, {"name": "x", "role": "nonsense"}),
    ):
        with pytest.raises(ValidationError):
            add_contact(alice, about, **given)
    with pytest.raises(PermissionDenied):
        add_contact(cast.actor("bob"), firm, "x")
    assert Party.objects.count() == 2
    assert not Tie.objects.exists()


def test_the_contact_cycle_sets_the_next_contact(cast: Cast, make: Make) -> None:
    alice, day = cast.actor("alice"), timezone.localdate()
    row = make(Party, cast.alice, contact_cycle=7, next_contact_on=day)
    assert list(due_contacts(alice, day)) == [row]
    log_interaction(alice, row, kind="note", body="thought of it")
    assert Party.objects.get(pk=row.pk).next_contact_on == day
    log_interaction(alice, row, kind="call", body="spoke")
    kept = Party.objects.get(pk=row.pk)
    assert (kept.last_contact_on, kept.next_contact_on) == (day, day + timedelta(days=7))
    assert list(due_contacts(alice, day)) == []
    asked = day + timedelta(days=2)
    log_interaction(alice, row, kind="call", body="call me on Friday", follow_up_on=asked)
    assert Party.objects.get(pk=row.pk).next_contact_on == asked
    assert list(due_contacts(alice, asked)) == [row]
