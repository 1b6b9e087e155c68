"""What is found, by whom, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.search import find as finding
from huike.kernel.search.find import find, letter_condition, search_condition
from huike.staff.models import Department, User
from tests.kernel.search.conftest import SYSTEM, actor

Add = Callable[..., Party]


def titles(typed: str, who: Actor = SYSTEM) -> list[str]:
    return [hit.title for hit in find(who, typed)]


def listed(typed: str, who: Actor = SYSTEM) -> set[str]:
    """Return the names in the list of customers that is searched for `typed`."""
    condition = search_condition(who, entity_of(Party), typed)
    return {row.name for row in visible(who, Party).filter(condition)}


@pytest.fixture
def wang(add: Add) -> Party:
    add("李娜", phone="13900000000", email="lina@example.org", code="K900")
    add("赵六")
    return add(
        "王伟国",
        phone="+86 138-1234 5678",
        email="wang.wg@firm.example",
        code="粤B·12345",
        wechat="Wéi_1980",
    )


FOUND = [
    *("王", "伟", "国", "王伟", "伟国", "王伟国", "王 国", "国 王"),
    *("wangweiguo", "wang wei guo", "wangw", "WangWei", "weiguo", "guo", "wei"),
    *("wwg", "ww", "wg", "wangwg", "wweiguo", "王wei", "王wg"),
    *("138", "1234", "5678", "13812345678", "138 1234 5678"),
    *("138-1234-5678", "86138", "8-1234"),
    *("wang.wg@firm", "firm.exa", "irm", "@firm.example"),
    *("粤B12345", "粤b", "b123", "2345", "粤B·12345", "粤Ｂ１２３"),
    *("wei_1980", "wei1980", "王 5678", "ww 5678"),
]
NOT_FOUND = ["张", "王国", "国伟", "zhangsan", "9999", "wgw", "5679", "王 李", "138 9999"]
NOT_FOUND += ["1385678", "-"]


def test_found_by(wang: Party) -> None:
    assert [x for x in FOUND if titles(x) != ["王伟国"] or listed(x) != {"王伟国"}] == []


def test_not_found_by(wang: Party) -> None:
    assert [x for x in NOT_FOUND if titles(x) or listed(x)] == []


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        ("wangwieguo", "letters swapped"),
        ("wangweigou", "letters swapped at the end"),
        ("wangeiguo", "a letter missing"),
        ("wangwweiguo", "a letter doubled"),
        ("wangqeiguo", "a wrong letter"),
        ("王卫国", "the same sound"),
        ("王大国", "a wrong character"),
        ("13812345679", "a wrong digit"),
        ("13812354678", "digits swapped"),
        ("firmexmaple", "in a mail address"),
    ],
)
def test_found_in_spite_of(typed: str, slip: str, wang: Party) -> None:
    assert titles(typed) == ["王伟国"], slip
    assert listed(typed) == {"王伟国"}, slip


def test_markup_and_query_syntax_are_only_text(add: Add, wang: Party) -> None:
    add('<b>"Bobby" OR 1\'; DROP</b>')
    for typed in ('"', "'", '" OR "', "a* OR b", "王 & | !", "\\", "{}", "NEAR(王)", "%", "\x00王"):
        titles(typed)
        listed(typed)
    assert titles("bobby") == ['<b>"Bobby" OR 1\'; DROP</b>']


def test_surname_readings(add: Add) -> None:
    add("单雄信")
    assert titles("shan") == titles("sxx") == titles("dan") == ["单雄信"]


def test_order(add: Add) -> None:
    for name in ("东王村饭店", "小王子", "王伟", "王", "王五"):
        add(name)
    assert titles("王") == ["王", "王五", "王伟", "小王子", "东王村饭店"]


def test_what_changed_last_comes_first_among_equals(add: Add, edit: Callable[..., None]) -> None:
    first = add("王伟")
    add("王五")
    edit(first, city="广州")
    assert titles("王") == ["王伟", "王五"]


def test_whole_and_beginning_come_first_also_among_many(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", 3)
    for name in ("王", "王一", "小王", "大王", "老王", "阿王"):
        add(name)
    assert titles("王")[:2] == ["王", "王一"]
    assert set(titles("王")) == {"王", "王一", "小王", "大王", "老王", "阿王"}
    assert listed("王") == {"王", "王一", "小王", "大王", "老王", "阿王"}


def test_at_most_the_limit(add: Add) -> None:
    for number in range(5):
        add(f"王{number}")
    assert len(find(SYSTEM, "王", limit=3)) == 3


def test_only_rows_in_reach(
    add: Add, salesman: Actor, showroom: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", 3)
    mine = add("王一", owner_id=salesman.user_id, department=showroom)
    for number in range(6):
        add(f"王{number}号")
    assert titles("王", salesman) == [mine.name]
    assert listed("王", salesman) == {mine.name}
    assert titles("一号", salesman) == []
    assert titles("wang", Actor("nobody")) == []


def test_hidden_and_masked_fields_find_nothing(wang: Party, showroom: Department) -> None:
    user = User.objects.create_user("zhao", name="赵", department=showroom)
    for right in (FieldRight.HIDDEN, FieldRight.MASKED):
        who = actor(user, "all", phone=right.value)
        for typed in ("5678", "13812345678", "13812345679", "王 5678"):
            assert titles(typed, who) == []
            assert listed(typed, who) == set()
        assert titles("王", who) == ["王伟国"]


def test_a_hidden_name_is_not_the_title(wang: Party, showroom: Department) -> None:
    user = User.objects.create_user("zhao", name="赵", department=showroom)
    who = actor(user, "all", name=FieldRight.HIDDEN.value)
    assert titles("王", who) == []
    (hit,) = find(who, "5678")
    assert "王" not in hit.title
    assert letter_condition(who, entity_of(Party), "W").children == [("pk__in", [])]


def test_snippet_marks_what_was_found(wang: Party) -> None:
    (hit,) = find(SYSTEM, "5678")
    assert hit.field == entity_of(Party).fields(SYSTEM)["phone"].label
    assert hit.snippet == (("138 1234 ", False), ("5678", True))
    assert find(SYSTEM, "weig")[0].snippet == (("王", False), ("伟国", True))
    assert find(SYSTEM, "wangwg")[0].snippet == (("王伟国", True),)


def test_letters(add: Add) -> None:
    for name in ("单雄信", "孙权", "曾国藩", "Smith", "3M"):
        add(name)
    found = {
        at: {r.name for r in Party.objects.filter(letter_condition(SYSTEM, entity_of(Party), at))}
        for at in "SZD#"
    }
    assert found == {
        "S": {"单雄信", "孙权", "Smith"},
        "Z": {"曾国藩"},
        "D": set(),
        "#": {"3M"},
    }


def test_several_records_at_once(wang: Party) -> None:
    with change(SYSTEM, "test.add"):
        product = entity_of("catalog.product").model(name="王牌机油", code="P1")
        product.save()
    assert {hit.entity_key for hit in find(SYSTEM, "王")} == {"customers/party", "catalog/product"}
    only = find(SYSTEM, "王", [entity_of("catalog.product")])
    assert [hit.title for hit in only] == [str(product)]


def test_custom_fields_of_text(add: Add) -> None:
    CustomField.objects.create(record=Party.label(), name="plate", label="车牌")
    add("李四", extra={"plate": "粤A88888"})
    assert titles("a8888") == ["李四"]


def test_nothing_typed_is_no_condition(wang: Party) -> None:
    assert find(SYSTEM, "  ") == []
    assert len(listed("  ")) == 3
