"""Keyset paging: no row skipped or doubled, with ties, with empty values, either way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.counting import count
from huike.kernel.lists.faces.groups import grouped, totals
from huike.kernel.lists.paging import cursor, page
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import create_all
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast, Make

SORTS = (
    "name",
    "level",
    "size",
    "next_contact_on",
    "created_at",
    "extra.doors",
    "owner",
    "credit_limit",
)


@pytest.fixture
def crowd(cast: Cast) -> list[Party]:
    CustomField.objects.create(record="customers.party", name="doors", label="Doors", kind="number")
    now, today = timezone.now(), timezone.localdate()
    rows = [
        Party(
            owner=owner,
            department=owner.department,
            name=f"N{n % 4}",
            level=["vip", ""][n % 2],
            size=None if n % 3 else n % 4,
            extra={"doors": str(n % 3)} if n % 5 else {},
            next_contact_on=None if n % 4 == 0 else today + timedelta(days=n % 3),
            credit_limit=None if n % 3 == 0 else n % 2,
            created_at=now - timedelta(minutes=n % 7),
        )
        for n in range(31)
        for owner in [cast.alice if n % 2 else cast.mona]
    ]
    with change(SYSTEM, "test.crowd"):
        return create_all(rows)


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_pages_hold_every_row_once_and_in_order(sort: str, crowd: list[Party], cast: Cast) -> None:
    root, entity = cast.actor("root"), entity_of(Party)
    fields = entity.fields(root)
    view = ListView(entity, sort=sort, size=4)
    seen, keys = [], []
    for _ in range(20):
        one = page(view, view.matching(root), fields)
        seen += [row.pk for row in one.rows]
        keys += [row.sort_key for row in one.rows]
        if not one.next:
            break
        view = replace(view, after=one.next)
    assert sorted(seen) == sorted(row.pk for row in crowd)
    filled = [key for key in keys if key is not None]
    assert filled == sorted(filled, reverse=sort.startswith("-")) or sort.strip("-") == "name"
    assert keys[len(filled) :] == [None] * (len(keys) - len(filled)), "empty values come last"


def test_a_page_moves_on_although_rows_come_and_go(
    crowd: list[Party], cast: Cast, make: Make
) -> None:
    root, entity = cast.actor("root"), entity_of(Party)
    fields = entity.fields(root)
    view = ListView(entity, sort="name", size=10)
    first = page(view, view.matching(root), fields)
    make(Party, cast.alice, name="A new one before all")
    second = page(replace(view, after=first.next), view.matching(root), fields)
    assert not {r.pk for r in first.rows} & {r.pk for r in second.rows}


@pytest.mark.parametrize("after", ["x", "%%%", cursor("2020", 3)[:-3], "bnVsbA", "WzFd", "e30"])
def test_a_made_up_cursor_is_refused_in_words(after: str, crowd: list[Party], cast: Cast) -> None:
    from django.core.exceptions import ValidationError

    root, entity = cast.actor("root"), entity_of(Party)
    view = ListView(entity, after=after)
    with pytest.raises(ValidationError):
        page(view, view.matching(root), entity.fields(root))


def test_counts_groups_and_totals_agree(cast: Cast, make: Make) -> None:
    for n in range(9):
        order = make(Order, cast.alice, state=["open", "settled", "cancelled"][n % 3])
        Order.everything.filter(pk=order.pk).unjournaled_update(total=n)
    root, entity = cast.actor("root"), entity_of(Order)
    fields = entity.fields(root)
    view = ListView(entity, group="state")
    rows = view.matching(root)
    made = grouped(root, view, rows, fields)
    assert count(rows) == (9, True)
    assert sum(group.count for group in made) == 9
    assert sum(group.totals["total"] for group in made) == totals(view, rows, fields)["total"] == 36
    for group in made:
        opened = replace(view, filter=group.filter)
        assert opened.matching(root).count() == group.count


def test_groups_by_month_open_to_their_rows_even_on_the_last_day(cast: Cast, make: Make) -> None:
    from datetime import datetime

    late = timezone.make_aware(datetime(2026, 10, 31, 23, 30))
    make(Order, cast.alice, on=late)
    root, entity = cast.actor("root"), entity_of(Order)
    view = ListView(entity, group="on")
    (group,) = grouped(root, view, view.matching(root), entity.fields(root))
    assert group.label == "2026-10"
    assert replace(view, filter=group.filter).matching(root).count() == 1


def test_groups_do_not_name_what_is_out_of_sight(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice, name="Secret Ltd")
    make(Order, cast.carol, party=party)
    carol, entity = cast.actor("carol"), entity_of(Order)
    view = ListView(entity, group="party")
    (group,) = grouped(carol, view, view.matching(carol), entity.fields(carol))
    assert group.label == "···"


@pytest.mark.parametrize("right", ["hidden", "masked"])
def test_limited_fields_neither_sort_nor_group_nor_add_up(
    right: str, cast: Cast, make: Make
) -> None:
    from django.core.exceptions import ValidationError

    make(Order, cast.dora)
    role = cast.dora.roles.get()
    for name in ("total", "state"):
        FieldLimit.objects.create(role=role, record="trade.order", field=name, right=right)
    dora, entity = cast.actor("dora"), entity_of(Order)
    fields = entity.fields(dora)
    with pytest.raises(ValidationError):
        ListView(entity, sort="total").order(fields)
    view = ListView(entity, group="state")
    with pytest.raises(ValidationError):
        grouped(dora, view, view.matching(dora), fields)
    assert "total" not in totals(view, view.matching(dora), fields)


def test_a_link_sorts_by_what_it_is_called_unless_that_would_tell(cast: Cast, make: Make) -> None:
    for name in ("赵", "白", "Miller", "陈"):
        make(Order, cast.alice, party=make(Party, cast.alice, name=name))
    entity = entity_of(Order)
    view = ListView.read(entity, {"sort": "party"})

    def names(who: str) -> list[str]:
        actor = cast.actor(who)
        found = page(view, view.matching(actor), entity.fields(actor))
        return [row.party.name for row in found.rows]

    assert names("mona") == ["白", "陈", "Miller", "赵"]
    assert names("alice") == ["赵", "白", "Miller", "陈"]  # she sees some of the customers only
