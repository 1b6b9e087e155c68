"""The comparison "is … or below it" of links into trees."""

from __future__ import annotations

from typing import Any

from huike.catalog.models import Product, ProductGroup
from huike.customers.models import Category, Party
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.view import ListView
from huike.kernel.lists.words import chips
from huike.staff.models import Department
from tests.cast import Cast, Make


def found(cast: Cast, model: Any, who: str, leaf: list[Any]) -> set[int]:
    rows = ListView(entity_of(model), filter=leaf).matching(cast.actor(who))
    return set(rows.values_list("pk", flat=True))


def test_below_finds_a_branch_however_deep(cast: Cast, make: Make) -> None:
    top, other = make(Category), make(Category)
    middle = make(Category, parent=top)
    deep = make(Category, parent=middle)
    here = {make(Party, cast.alice, category=c).pk for c in (top, middle, deep)}
    beside = make(Party, cast.alice, category=other).pk
    make(Party, cast.alice)
    assert found(cast, Party, "mona", ["category", "below", [top.pk]]) == here
    assert found(cast, Party, "mona", ["category", "below", top.pk]) == here
    assert found(cast, Party, "mona", ["category", "below", [top.pk, other.pk]]) == here | {beside}
    assert len(found(cast, Party, "mona", ["category", "below", [middle.name]])) == 2
    assert found(cast, Party, "carol", ["category", "below", [top.pk]]) == set()
    assert found(cast, Party, "mona", ["category", "below", []]) == set()


def test_every_link_into_a_tree_has_it_and_no_other(cast: Cast, make: Make) -> None:
    north = cast.departments["north"]
    row = make(Party, cast.alice)
    assert found(cast, Party, "mona", ["department", "below", [north.pk]]) == {row.pk}
    group = make(ProductGroup)
    product = make(Product, group=make(ProductGroup, parent=group))
    assert found(cast, Product, "mona", ["group", "below", [group.pk]]) == {product.pk}
    fields = entity_of(Party).fields(cast.actor("mona"))
    assert {n for n, f in fields.items() if "below" in f.kind.operators} == {
        "category",
        "department",
    }


def test_it_is_said_in_words(cast: Cast, make: Make) -> None:
    category = make(Category, name="fleet")
    (chip,) = chips(cast.actor("mona"), entity_of(Party), ["category", "below", [category.pk]])
    assert "fleet" in chip.text
    assert "…" not in chip.text
    assert Department.objects.count() == len(cast.departments)
