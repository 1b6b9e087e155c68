"""A locked customer stays: not binned one by one, in bulk, or by undo of what made it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.models import Party
from huike.customers.pool.claiming import release
from huike.customers.protection.locking import lock, unlock
from huike.kernel.change.models import Change
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import ToBin
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import bin_all
from huike.kernel.records.undo import undo
from huike.kernel.records.verbs import bin_
from tests.cast import Cast, Make


def test_a_locked_customer_goes_to_the_bin_by_no_way(cast: Cast, make: Make) -> None:
    mona, root = cast.actor("mona"), cast.actor("root")
    party, free = make(Party, cast.alice), make(Party, cast.alice)
    with pytest.raises(PermissionDenied):
        lock(cast.actor("bob"), party, "x")
    with pytest.raises(ValidationError):
        lock(mona, party, " ")
    lock(mona, party, "合同期内")
    with pytest.raises(ValidationError):
        bin_(mona, Party.objects.get(pk=party.pk))
    with pytest.raises(ValidationError), change(mona, "test.bin"):
        bin_all(Party.objects.all())
    selection = Selection(ListView(entity_of(Party)), (party.pk, free.pk))
    outcome = bulk.run(mona, selection, ToBin())
    assert (outcome.changed, outcome.refused) == (1, 1)
    undone = undo(root, Change.objects.filter(action="test.make").order_by("pk")[0].group)
    assert (undone.count, len(undone.left)) == (0, 1)
    assert Party.objects.get(pk=party.pk).lock_reason == "合同期内"
    unlock(mona, Party.objects.get(pk=party.pk), "合同已终止")
    bin_(mona, Party.objects.get(pk=party.pk))
    assert not Party.objects.exists()


def test_a_locked_customer_is_not_given_back_to_the_pool(cast: Cast, make: Make) -> None:
    mona, party = cast.actor("mona"), make(Party, cast.alice)
    lock(mona, party, "合同期内")
    with pytest.raises(ValidationError):
        release(mona, Party.objects.get(pk=party.pk))
    assert Party.objects.get(pk=party.pk).owner == cast.alice
