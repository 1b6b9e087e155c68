"""The numbers of the roles that a party plays, within what the reader may see."""

from __future__ import annotations

from huike.customers.models import Party, Tie
from huike.customers.queries import referred_by, rivals_customers, supplied_by
from huike.kernel.access.models import FieldLimit
from tests.cast import Cast, Make


def test_ties_tell_whom_it_supplies_and_referred(cast: Cast, make: Make) -> None:
    firm, own, hidden = (make(Party, who) for who in (cast.alice, cast.alice, cast.carol))
    for other in (own, hidden):
        make(Tie, cast.alice, party=firm, other=other, kind="supplies")
        make(Tie, cast.alice, party=other, other=firm, kind="referred_by")
    alice, mona = cast.actor("alice"), cast.actor("mona")
    assert set(supplied_by(mona, firm)) == set(referred_by(mona, firm)) == {own, hidden}
    assert set(supplied_by(alice, firm)) == set(referred_by(alice, firm)) == {own}


def test_who_buys_from_a_competitor(cast: Cast, make: Make) -> None:
    rival = make(Party, cast.alice, name="宏达汽车", short_name="宏达", is_competitor=True)
    buyer = make(Party, cast.alice, buys_from="宏达、远景")
    make(Party, cast.alice, buys_from="远景")
    found = rivals_customers(cast.actor("alice"), rival)
    assert found is not None
    assert list(found) == [buyer]
    role = cast.alice.roles.get()
    FieldLimit.objects.create(
        role=role, record="customers.party", field="buys_from", right="masked"
    )
    assert rivals_customers(cast.actor("alice"), rival) is None
