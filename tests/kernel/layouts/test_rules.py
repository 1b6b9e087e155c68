"""Rules ask of one row what lists ask of all, and hold on every way of writing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from huike.customers.models import Category, Party
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Refused, new_row, write
from huike.kernel.layouts.holding import Holding
from huike.kernel.layouts.rules import rules_of, set_rule
from huike.kernel.lists.acting.acts import Edit
from huike.kernel.lists.acting.bulk import run
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.filters import condition
from huike.kernel.lists.view import ListView
from tests.cast import Cast, Make

TODAY = timezone.localdate()


def _leaves(cast: Cast, category: Category, below: Category) -> list[Any]:
    return [
        ["name", "contains", "小"], ["name", "lacks", "小"], ["name", "starts", "王"],
        ["name", "is", "王小明"], ["name", "not", "王小明"], ["name", "in", ["王小明", "x"]],
        ["phone", "is", "13812345678"], ["phone", "empty"], ["phone", "filled"],
        ["kind", "is", "person"], ["kind", "not", "person"], ["kind", "in", ["organisation"]],
        ["sex", "out", ["male"]], ["sex", "empty"], ["level", "filled"],
        ["size", "is", 5], ["size", "not", 5], ["size", "gt", 5], ["size", "lte", "5"],
        ["size", "between", [1, 6]], ["size", "empty"],
        ["birthday", "is", "1990-05-01"], ["birthday", "before", "1990-05-02"],
        ["birthday", "after", "1990-05-01"], ["birthday", "between", ["1990-01-01", "1990-12-31"]],
        ["next_contact_on", "last", 30], ["next_contact_on", "next", 30],
        ["next_contact_on", "this", "year"], ["created_at", "is", TODAY.isoformat()],
        ["created_at", "after", TODAY.isoformat()], ["created_at", "before", TODAY.isoformat()],
        ["created_at", "between", [TODAY.isoformat(), TODAY.isoformat()]],
        ["is_supplier", "yes"], ["is_supplier", "no"], ["owner", "me"], ["owner", "empty"],
        ["owner", "in", [cast.alice.pk]], ["owner", "out", [cast.alice.pk]],
        ["category", "below", category.pk], ["category", "is", category.pk],
        ["extra.price", "gt", 100], ["extra.price", "empty"], ["extra.price", "is", "123.45"],
        ["extra.colour", "is", "红"], ["extra.colour", "not", "红"],
        ["extra.likes", "contains", "茶"], ["extra.likes", "lacks", "茶"], ["extra.likes", "empty"],
        ["extra.bought", "after", "2020-01-01"], ["extra.bought", "empty"], ["extra.vip", "yes"],
        {"all": [["kind", "is", "person"], ["size", "gt", 3]]},
        {"any": [["kind", "is", "organisation"], ["size", "gt", 3]]},
        {"none": [["size", "gt", 3], ["is_supplier", "yes"]]},
    ]  # fmt: skip


def test_a_row_is_asked_as_the_database_asks(cast: Cast, make: Make) -> None:
    """Every comparison gives the same for rows in memory as for rows in the database."""
    kinds = {"price": "money", "colour": "choice", "likes": "choices", "bought": "date"}
    choices = {"colour": ["红", "蓝"], "likes": ["茶", "酒"]}
    for name, kind in {**kinds, "vip": "yes_no"}.items():
        CustomField.objects.create(
            record="customers.party", name=name, label=name, kind=kind,
            choices=choices.get(name, []),
        )  # fmt: skip
    top = make(Category, name="上")
    below = make(Category, name="下", parent=top)
    full = {"price": "123.45", "colour": "红", "likes": ["茶", "酒"], "bought": "2024-02-29"}
    rows = [
        make(
            Party, cast.alice, name="王小明", phone="+8613812345678", kind="person", sex="male",
            size=5, birthday=date(1990, 5, 1), next_contact_on=TODAY + timedelta(days=3),
            is_supplier=True, category=below, extra={**full, "vip": True},
        ),
        make(
            Party, cast.bob, name="李大", kind="organisation", size=9, category=top,
            next_contact_on=TODAY - timedelta(days=400), extra={"colour": "蓝", "price": "9"},
        ),
        make(Party, None, name="无"),
    ]  # fmt: skip
    actor, entity = cast.actor("root"), entity_of(Party)
    holding = Holding(actor, entity.fields(actor))
    wrong = []
    for tree in _leaves(cast, top, below):
        found = set(Party.objects.filter(condition(actor, entity, tree)).values_list("pk"))
        told = {(row.pk,) for row in rows if holding.holds(tree, row)}
        if found != told:
            wrong.append(f"{json.dumps(tree, ensure_ascii=False)}: {found} / {told}")
    assert not wrong


def test_a_rule_holds_on_screen_in_bulk_and_in_files(cast: Cast, make: Make) -> None:
    root, entity = cast.actor("root"), entity_of(Party)
    firm = make(Party, cast.alice, name="公司", kind="organisation", industry="物流")
    old = make(Party, cast.alice, name="旧公司", kind="organisation")
    when = ["kind", "is", "organisation"]
    set_rule(root, "customers.party", "industry", None, when)
    with pytest.raises(Refused) as caught:
        write(root, entity, new_row(root, entity, entity.fields(root)), {"name": "新", **_firm()})
    assert list(caught.value.errors) == ["industry"]
    write(root, entity, new_row(root, entity, entity.fields(root)), {"name": "人"})
    write(root, entity, old, {"short_name": "旧"})  # nobody is held up by what was empty before
    with pytest.raises(Refused):
        write(root, entity, firm, {"industry": ""})
    outcome = run(root, Selection(ListView(entity), (firm.pk,)), Edit("industry", ""))
    assert (outcome.changed, outcome.refused) == (0, 1)
    person = make(Party, cast.alice, name="将成公司")
    outcome = run(root, Selection(ListView(entity), (person.pk,)), Edit("kind", "organisation"))
    assert outcome.refused == 1


def _firm() -> dict[str, str]:
    return {"kind": "organisation"}


def test_an_import_asks_the_rules(cast: Cast, bring: Any) -> None:
    set_rule(
        cast.actor("root"), "customers.party", "industry", None, ["kind", "is", "organisation"]
    )
    text = "名称,类型,行业\n甲公司,organisation,\n乙公司,organisation,物流\n丙,person,\n"
    done = bring(text, "customers/party")
    assert (done["created"], done["rejected"]) == (2, 1)
    assert not Party.objects.filter(name="甲公司").exists()


def test_rules_that_make_no_sense_are_refused(cast: Cast) -> None:
    root = cast.actor("root")
    for name, shown, required in (
        ("name", ["kind", "is", "person"], None),  # must always be filled
        ("industry", ["industry", "filled"], None),  # of itself
        ("industry", ["owner__name", "is", "x"], None),  # beyond the row
        ("industry", None, ["kind", "gt", 3]),
        ("nothing", None, True),
        ("created_at", None, True),
    ):
        with pytest.raises(ValidationError):
            set_rule(root, "customers.party", name, shown, required)
    rule = set_rule(root, "customers.party", "industry", ["kind", "is", "organisation"], True)
    rules = rules_of(root, entity_of(Party), entity_of(Party).fields(root))
    assert rules is not None
    assert rules.hidden(Party(kind="person")) == {"industry"}
    assert rules.required(Party(kind="person")) == set(), "what does not show need not be filled"
    set_rule(root, "customers.party", "industry", None, None)
    rule.refresh_from_db()
    assert rule.removed_at
