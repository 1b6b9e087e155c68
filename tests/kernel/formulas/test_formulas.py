"""Formulas give what a spreadsheet would, on both databases, and say where they are wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.defining import add_field, edit_field
from huike.kernel.entity.entity import entity_of
from huike.kernel.formulas.reading import WrongFormula, names_in, place_of, read
from huike.kernel.lists.view import ListView
from tests.cast import Cast, Make

TODAY = timezone.localdate()
FORMULAS: list[tuple[str, str, Any]] = [
    # formula, result, value for the person below
    ("size * 2 + 1", "number", Decimal(15)),
    ("size / 2", "number", Decimal("3.5")),
    ("size / 0", "number", None),
    ("10 % 4 - size", "number", Decimal(-5)),
    ("extra.price * 0.1", "money", Decimal("12.35")),
    ("车价 * 2", "money", Decimal("246.90")),
    ("round(extra.price / 7, 2)", "number", Decimal("17.64")),
    ("max(size, extra.price, 3)", "number", Decimal("123.45")),
    ("min(size, credit_limit)", "number", Decimal(7)),
    ("credit_limit + 1", "number", None),
    ("first(credit_limit, 0) + 1", "number", Decimal(1)),
    ('name + " · " + text(size)', "text", "王小明 · 7"),
    ('left(name, 1) + "先生"', "text", "王先生"),
    ('upper("ab") + lower("CD") + text(length(name))', "text", "ABcd3"),
    ('if(sex == "男", "先生", "女士")', "text", "先生"),
    ('"贵" if size > 5 and not empty(birthday) else "普"', "text", "贵"),
    ("sex", "text", "男"),
    ("owner.name", "text", "Alice"),
    ("owner.department.name", "text", None),
    ("birthday + 30", "date", date(1990, 5, 31)),
    ("age(birthday)", "number", Decimal(TODAY.year - 1990 - ((TODAY.month, TODAY.day) < (5, 1)))),
    ("days(birthday, extra.bought)", "number", Decimal(30)),
    ("years(birthday, extra.bought)", "number", Decimal(0)),
    ("year(birthday) + month(birthday) + day(birthday)", "number", Decimal(1996)),
    ("today() - birthday", "number", Decimal((TODAY - date(1990, 5, 1)).days)),
    ('birthday < "2000-01-01"', "yes_no", True),
    ('contains(name, "小") and starts(name, "王")', "yes_no", True),
    ("is_supplier or size != 7", "yes_no", False),
    ("credit_limit != 5", "yes_no", True),
    ("（size＋1）＊2", "number", Decimal(16)),
]


def _person(cast: Cast, make: Make) -> Party:
    for name, label, kind in (("price", "车价", "money"), ("bought", "购车日", "date")):
        CustomField.objects.create(record="customers.party", name=name, label=label, kind=kind)
    extra = {"price": "123.45", "bought": "1990-05-31"}
    born = date(1990, 5, 1)
    return make(Party, cast.alice, name="王小明", size=7, sex="male", birthday=born, extra=extra)


def test_formulas_are_worked_out(cast: Cast, make: Make) -> None:
    """Every formula in one go: all are fields of one record, asked for in one query."""
    cast.users["alice"].name = "Alice"
    cast.users["alice"].save(update_fields=["name"])
    row, root = _person(cast, make), cast.actor("root")
    wrong, made = [], {}
    for n, (formula, result, _value) in enumerate(FORMULAS):
        given = {"name": f"w{n}", "label": f"w{n}", "kind": "computed"}
        try:
            add_field(root, "customers.party", {**given, "formula": formula, "result": result})
            made[n] = f"extra.w{n}"
        except ValidationError as error:
            if _value is not None:
                wrong.append(f"{formula}: {error.messages}")
    fields = entity_of(Party).fields(root)
    for n, name in made.items():
        if (told := fields[name].raw(row)) != FORMULAS[n][2]:
            wrong.append(f"{FORMULAS[n][0]}: {told!r}")
    assert not wrong


@pytest.mark.parametrize(
    ("formula", "place"),
    [
        ("size +* 2", 7),
        ("size + nothing", 8),
        ('name + 1 > "a" + 2 * "b"', 18),
        ("__import__('os')", 1),
        ("(lambda: 1)()", 2),
        ("[x for x in name]", 1),
        ("name.upper()", 1),
        ("round(size, name)", 13),
        ("today(1)", 1),
        ("", 1),
        ("客户 + size", 1),
        ("size = 3", 6),
    ],
)
def test_mistakes_are_told_with_their_place(formula: str, place: int, cast: Cast) -> None:
    given = {"label": "x", "kind": "computed", "formula": formula, "result": "number"}
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        add_field(cast.actor("root"), "customers.party", given)
    assert f"At character {place}:" in str(caught.value)
    assert not CustomField.objects.exists()


def test_reading_is_safe_and_keeps_places() -> None:
    assert names_in("owner.name + 车价 * round(size)") == (("owner", "name"), ("车价",), ("size",))
    tree = read("  =车价 + size")
    assert place_of(tree.right, "  =车价 + size") == 9  # type: ignore[attr-defined]
    with pytest.raises(WrongFormula):
        read("(" * 500 + "1" + ")" * 500)
    with pytest.raises(WrongFormula):
        read("+".join(["1"] * 300))


def test_no_field_is_worked_out_from_itself(cast: Cast) -> None:
    root = cast.actor("root")
    given = {"kind": "computed", "result": "number"}
    one = add_field(root, "customers.party", {**given, "name": "a", "label": "a", "formula": "1"})
    add_field(root, "customers.party", {**given, "name": "b", "label": "b", "formula": "extra.a+1"})
    with translation.override("en"), pytest.raises(ValidationError, match="itself"):
        edit_field(root, one, {"formula": "extra.b * 2"})


def test_formulas_filter_sort_and_leak_nothing(cast: Cast, make: Make) -> None:
    """Filter, sort and segments use the value; who may not read the source may not read it."""
    rows = [make(Party, cast.alice, name=f"客户{n}", size=n) for n in (3, 1, 2)]
    root, bob = cast.actor("root"), cast.actor("bob")
    given = {"name": "twice", "label": "双倍", "kind": "computed", "result": "number"}
    add_field(root, "customers.party", {**given, "formula": "size * 2"})
    entity = entity_of(Party)
    view = ListView(entity, filter=["extra.twice", "gte", 4], sort="-extra.twice")
    from huike.kernel.lists.paging import page

    found = page(view, view.matching(root), entity.fields(root)).rows
    assert [row.pk for row in found] == [rows[0].pk, rows[2].pk]
    assert entity.fields(bob)["extra.twice"].plain(rows[0]) == "6"
    role = Role.objects.get(name="bob")
    FieldLimit.objects.create(role=role, record="customers.party", field="size", right="masked")
    masked = entity.fields(cast.actor("bob"))["extra.twice"]
    assert masked.text(rows[0]) == "***"
    assert not masked.is_comparable
    FieldLimit.objects.update(right="hidden")
    assert "extra.twice" not in entity.fields(cast.actor("bob"))


def test_what_lies_beyond_a_link_is_asked_as_the_reader(cast: Cast, make: Make) -> None:
    """Of an order whose customer is out of sight, the customer's name is empty."""
    from huike.trade.models import Order

    party = make(Party, cast.alice, name="远方客户")
    order = make(Order, cast.carol, party=party)
    root = cast.actor("root")
    given = {"name": "who", "label": "谁", "kind": "computed", "result": "text"}
    add_field(root, "trade.order", {**given, "formula": "party.name"})
    entity = entity_of(Order)
    assert entity.fields(root)["extra.who"].text(order) == "远方客户"
    order = Order.objects.get(pk=order.pk)
    assert entity.fields(cast.actor("carol"))["extra.who"].text(order) == ""


def test_sums_over_related_records(cast: Cast, make: Make) -> None:
    from huike.trade.models import Order

    party, other = make(Party, cast.alice), make(Party, cast.alice)
    for days, total in ((10, 100), (20, 50), (400, 7)):
        make(Order, cast.alice, party=party, on=timezone.now() - timedelta(days=days), total=total)
    hidden = make(Order, cast.carol, party=party, on=timezone.now(), total=1000)
    root = cast.actor("root")
    year = ["on", "last", 365]
    asked: dict[str, dict[str, Any]] = {
        "bought": {"related": "orders", "how": "sum", "field": "total", "filter": year},
        "times": {"related": "orders", "how": "count"},
        "least": {"related": "orders", "how": "min", "field": "total"},
        "last": {"related": "orders", "how": "max", "field": "on"},
        "latest": {"related": "orders", "how": "latest", "field": "number", "by": "on"},
    }
    for name, rollup in asked.items():
        given = {"name": name, "label": name, "kind": "rollup", "rollup": rollup}
        add_field(root, "customers.party", given)
    entity = entity_of(Party)
    seen = {n: f.plain(party) for n, f in entity.fields(root).items() if n.startswith("extra.")}
    assert seen["extra.bought"] == "1150.00"
    assert seen["extra.times"] == 4
    assert seen["extra.least"] == "7.00"
    assert seen["extra.last"] == TODAY.isoformat()
    assert seen["extra.latest"] == hidden.number
    again = Party.objects.get(pk=party.pk)
    alice = entity.fields(cast.actor("alice"))
    assert alice["extra.bought"].plain(again) == "150.00", "orders out of sight don't count"
    assert alice["extra.times"].plain(Party.objects.get(pk=other.pk)) == 0
    view = ListView(entity, filter=["extra.bought", "gt", "1000"])
    assert [row.pk for row in view.matching(root)] == [party.pk]
    assert not view.matching(cast.actor("alice")).exists()
    with pytest.raises(ValidationError):
        add_field(
            root,
            "customers.party",
            {"label": "x", "kind": "rollup", "rollup": {"related": "orders", "how": "sum"}},
        )
