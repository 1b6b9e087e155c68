"""The tree of categories: who may change it, that it stays a tree, and that all can be undone."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.actions import (
    add_category,
    bin_category,
    file_under,
    move_category,
    rename_category,
)
from huike.customers.models import Category, Party
from huike.customers.queries import Branch, category_tree, flat
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import ToBin
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.view import ListView
from huike.kernel.records.undo import undo
from tests.cast import Cast, Make


def counts(cast: Cast, who: str) -> dict[str, tuple[int, int]]:
    return {b.row.name: (b.own, b.all) for b in flat(category_tree(cast.actor(who)))}


def order(branches: list[Branch]) -> list[str]:
    return [b.row.name for b in flat(branches)]


def test_added_renamed_moved_and_binned_and_all_taken_back(cast: Cast) -> None:
    mona, group = cast.actor("mona"), uuid.uuid4()
    a = add_category(mona, " A ", None)
    b, c = add_category(mona, "B", a), add_category(mona, "C", a)
    move_category(mona, c, a, 0)
    assert order(category_tree(mona)) == ["A", "C", "B"]
    b = Category.objects.get(pk=b.pk)
    with change(mona, "test", group=group):
        rename_category(mona, b, "B2")
        move_category(mona, b, c)
        bin_category(mona, b)
    assert order(category_tree(mona)) == ["A", "C"]
    undo(mona, group)
    assert order(category_tree(mona)) == ["A", "C", "B"]


def test_no_category_lies_below_itself(cast: Cast) -> None:
    mona = cast.actor("mona")
    a = add_category(mona, "A", None)
    b = add_category(mona, "B", a)
    for below in (b, a):
        with pytest.raises(ValidationError):
            move_category(mona, Category.objects.get(pk=a.pk), below)
    assert Category.objects.get(pk=a.pk).parent is None


def test_counts_are_of_what_the_reader_sees(cast: Cast, make: Make) -> None:
    top = make(Category, name="top")
    low = make(Category, name="low", parent=top)
    make(Party, cast.alice, category=top)
    make(Party, cast.alice, category=low)
    make(Party, cast.carol, category=low)
    assert counts(cast, "mona") == {"top": (1, 3), "low": (2, 2)}
    assert counts(cast, "alice") == {"top": (1, 2), "low": (1, 1)}
    assert counts(cast, "carol") == {"top": (0, 1), "low": (1, 1)}
    role = cast.mona.roles.get()
    FieldLimit.objects.create(role=role, record="customers.party", field="category", right="masked")
    assert counts(cast, "mona") == {"top": (0, 0), "low": (0, 0)}


def test_only_an_empty_one_goes_or_its_customers_move(cast: Cast, make: Make) -> None:
    mona, group = cast.actor("mona"), uuid.uuid4()
    full, heir = make(Category), make(Category)
    row = make(Party, cast.alice, category=full)
    with pytest.raises(ValidationError):
        bin_category(mona, full)
    with pytest.raises(ValidationError):
        bin_category(mona, full, full)
    full.refresh_from_db()
    with change(mona, "test", group=group):
        bin_category(mona, full, heir)
    assert Party.objects.get(pk=row.pk).category == heir
    undo(mona, group)
    assert Party.objects.get(pk=row.pk).category == full
    assert Category.objects.filter(pk=full.pk).exists()


def test_customers_out_of_reach_keep_their_category_alive(cast: Cast, make: Make) -> None:
    full, heir = make(Category), make(Category)
    row = make(Party, cast.carol, category=full)
    with pytest.raises(ValidationError):
        bin_category(cast.actor("dora"), full, heir)
    assert Party.objects.get(pk=row.pk).category == full


def test_the_list_bins_only_empty_ones_too(cast: Cast, make: Make) -> None:
    full, empty = make(Category), make(Category)
    make(Party, cast.alice, category=full)
    view = ListView(entity_of(Category))
    done = bulk.run(cast.actor("mona"), Selection(view, (full.pk, empty.pk)), ToBin())
    assert (done.changed, done.refused) == (1, 1)
    assert list(Category.objects.all()) == [full]


def test_filing_reaches_as_far_as_the_actor(cast: Cast, make: Make) -> None:
    category = make(Category)
    own, other = make(Party, cast.alice), make(Party, cast.carol)
    alice = cast.actor("alice")
    outcome = file_under(alice, category, [own.pk, other.pk])
    assert outcome.changed == 1
    assert Party.objects.get(pk=own.pk).category == category
    assert Party.objects.get(pk=other.pk).category is None


def test_who_may_not_edit_categories_is_refused(cast: Cast, make: Make) -> None:
    category, bob = make(Category), cast.actor("bob")
    with pytest.raises(PermissionDenied):
        add_category(bob, "x", None)
    with pytest.raises(PermissionDenied):
        rename_category(bob, category, "x")
    with pytest.raises(PermissionDenied):
        bin_category(bob, category)
