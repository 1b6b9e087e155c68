"""Filters against a plain evaluation in Python: nested, over links, related rows, custom fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huike.customers.models import Category, Party, Tag
from huike.kernel.access.models import FieldLimit
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.filters import condition
from huike.kernel.lists.words import chips
from huike.trade.models import Order
from tests.breadth import tries
from tests.cast import SYSTEM, Cast, Make

PARTY = entity_of(Party)
Row = dict[str, Any]

LEVELS = ["vip", "major", ""]
leaves = st.one_of(
    st.tuples(
        st.just("level"),
        st.sampled_from(["in", "out"]),
        st.lists(st.sampled_from(LEVELS[:2]), min_size=1),
    ),
    st.tuples(st.just("level"), st.sampled_from(["empty", "filled"])),
    st.tuples(
        st.just("size"), st.sampled_from(["gt", "gte", "lt", "lte", "is", "not"]), st.integers(0, 4)
    ),
    st.tuples(st.just("size"), st.sampled_from(["empty", "filled"])),
    st.tuples(st.just("is_supplier"), st.sampled_from(["yes", "no"])),
    st.tuples(
        st.just("extra.colour"),
        st.sampled_from(["in", "out"]),
        st.lists(st.sampled_from(["red", "blue"]), min_size=1),
    ),
    st.tuples(
        st.just("extra.doors"), st.sampled_from(["gt", "lte", "is", "not"]), st.integers(0, 4)
    ),
    st.tuples(st.just("extra.doors"), st.sampled_from(["empty", "filled"])),
    st.tuples(
        st.just("category__name"),
        st.sampled_from(["is", "not", "contains", "lacks"]),
        st.sampled_from(["a", "b"]),
    ),
    st.tuples(
        st.just("tags"),
        st.sampled_from(["in", "out"]),
        st.lists(st.sampled_from([0, 1]), min_size=1),
    ),
    st.tuples(st.just("tags"), st.sampled_from(["empty", "filled"])),
    st.tuples(st.just("orders__total"), st.sampled_from(["gt", "lte"]), st.integers(0, 4)),
)
trees = st.recursive(
    leaves.map(list),
    lambda inner: st.dictionaries(
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
        min_size=1,
        max_size=1,
    ),
    max_leaves=6,
)


@pytest.fixture
def world(cast: Cast, make: Make) -> list[Row]:
    """Twelve customers of every sort, as rows in the database and as plain dictionaries."""
    CustomField.objects.create(
        record="customers.party",
        name="colour",
        label="Colour",
        kind="choice",
        choices=["red", "blue"],
    )
    CustomField.objects.create(record="customers.party", name="doors", label="Doors", kind="number")
    categories = [make(Category, name=n) for n in "ab"]
    tags = [make(Tag, name=n) for n in "xy"]
    rows = []
    for n in range(12):
        extra: dict[str, Any] = {}
        if n % 3:
            extra["colour"] = ["red", "blue"][n % 2]
        if n % 4:
            extra["doors"] = str(n % 5)
        party = make(
            Party,
            cast.alice,
            level=LEVELS[n % 3],
            size=None if n % 5 == 0 else n % 5,
            is_supplier=n % 2 == 0,
            extra=extra,
            category=[*categories, None][n % 3],
        )
        own = [tags[k] for k in range(2) if (n >> k) % 2]
        with change(SYSTEM, "test.tags"):
            party.set_links("tags", [t.pk for t in own])
            party.save()
        totals = list(range(n % 4))
        for total in totals:
            order = make(Order, cast.alice, party=party)
            Order.everything.filter(pk=order.pk).unjournaled_update(total=total)
        rows.append(
            {
                "pk": party.pk,
                "level": party.level,
                "size": party.size,
                "is_supplier": party.is_supplier,
                "extra.colour": extra.get("colour"),
                "extra.doors": extra.get("doors"),
                "category__name": party.category.name if party.category else None,
                "tags": [t.pk for t in own],
                "orders__total": totals,
                "_tags": [t.pk for t in tags],
            }
        )
    return rows


def holds(row: Row, tree: Any) -> bool:
    if isinstance(tree, dict):
        ((word, branches),) = tree.items()
        answers = [holds(row, branch) for branch in branches]
        return {"all": all(answers), "any": any(answers), "none": not any(answers)}[word]
    name, op, *rest = tree
    value, wanted = row[name], rest[0] if rest else None
    if name == "orders__total":  # some order of it
        return any(_compare(v, op, wanted) for v in value)
    if name == "tags":
        some = bool(set(value) & {row["_tags"][k] for k in wanted}) if rest else bool(value)
        return some if op in {"in", "filled"} else not some
    if name == "category__name":  # asked of the category: a customer without one has none
        return value is not None and _compare(value, op, wanted)
    return _compare(value, op, wanted)


def _compare(value: Any, op: str, wanted: Any) -> bool:
    if op in {"empty", "filled"}:
        return (value in (None, "")) == (op == "empty")
    if op in {"yes", "no"}:
        return bool(value) == (op == "yes")
    if op == "in":
        return value in wanted
    if op == "out":
        return value not in wanted
    if op in {"is", "not"} and isinstance(wanted, str):
        return (value == wanted) == (op == "is")
    if op in {"contains", "lacks"}:
        return (wanted in value) == (op == "contains")
    if value is None:
        return op == "not"
    left, right = Decimal(str(value)), Decimal(wanted)
    return {
        "gt": left > right,
        "gte": left >= right,
        "lt": left < right,
        "lte": left <= right,
        "is": left == right,
        "not": left != right,
    }[op]


def resolved(tree: Any, tags: list[int]) -> Any:
    """Put the tags' keys where a tree names them by number."""
    if isinstance(tree, dict):
        return {word: [resolved(b, tags) for b in branches] for word, branches in tree.items()}
    if tree[0] == "tags" and len(tree) == 3:
        return [*tree[:2], [tags[k] for k in tree[2]]]
    return tree


def test_filters_mean_what_they_say(world: list[Row], cast: Cast) -> None:
    root = cast.actor("root")

    @settings(max_examples=tries(150), deadline=None, suppress_health_check=list(HealthCheck))
    @given(trees)
    def check(tree: Any) -> None:
        wanted = {row["pk"] for row in world if holds(row, tree)}
        asked = condition(root, PARTY, resolved(tree, world[0]["_tags"]))
        found = list(Party.objects.filter(asked).values_list("pk", flat=True))
        assert len(found) == len(set(found)), "no row comes twice"
        assert set(found) == wanted, tree

    check()


def test_related_rows_out_of_sight_do_not_answer(cast: Cast, make: Make) -> None:
    """Carol sees her own customers only; what her neighbour's order holds is not told."""
    mine = make(Party, cast.carol)
    make(Order, cast.carol, party=mine, number="SO-C")
    theirs = make(Order, cast.alice, party=mine, number="SO-A")
    carol = cast.actor("carol")
    for number, wanted in (("SO-C", [mine.pk]), (theirs.number, [])):
        asked = condition(carol, PARTY, ["orders__number", "is", number])
        assert list(Party.objects.filter(asked).values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("right", ["hidden", "masked"])
def test_limited_fields_do_not_filter(right: str, cast: Cast, make: Make) -> None:
    make(Party, cast.dora, phone="+8613812345678")
    role = cast.dora.roles.get()
    FieldLimit.objects.create(role=role, record="customers.party", field="phone", right=right)
    with pytest.raises(ValidationError):
        condition(cast.actor("dora"), PARTY, ["phone", "contains", "138"])
    order = entity_of(Order)
    with pytest.raises(ValidationError):
        condition(cast.actor("dora"), order, ["party__phone", "contains", "138"])


def test_chips_do_not_name_what_is_out_of_sight(cast: Cast, make: Make) -> None:
    secret = make(Party, cast.alice, name="Secret Ltd")
    said = chips(cast.actor("carol"), entity_of(Order), ["party", "is", secret.pk])
    assert "Secret" not in said[0].text
    said = chips(cast.actor("mona"), entity_of(Order), ["party", "is", secret.pk])
    assert "Secret" in said[0].text


@pytest.mark.parametrize(
    "tree",
    [
        "x",
        5,
        ["name"],
        ["nothing", "is", "x"],
        ["name", "blows", "x"],
        {"maybe": []},
        {"all": [["name", "is", "x"]], "any": []},
        ["size", "gt", "many"],
        ["a__b__c__d__e", "is", 1],
        ["created_at", "last", "soon"],
        ["size", "between", [1]],
        [["name"], "is", "x"],
        ["level", "is", "no such level"],
        ["category__nothing", "is", 1],
        ["name__length", "is", 1],
        {
            "all": [
                {
                    "all": [
                        {"all": [{"all": [{"all": [{"all": [{"all": [["name", "is", "x"]]}]}]}]}]}
                    ]
                }
            ]
        },
        {"all": [["name", "is", "x"]] * 51},
    ],
)
def test_what_is_no_filter_is_said_in_words(tree: Any, cast: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        condition(cast.actor("root"), PARTY, tree)
    assert error.value.messages[0]
