"""Completeness by weights, findings by rule that come and go with the file, and cleaning tasks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.models import Party
from huike.customers.quality import profile
from huike.customers.quality.checking import check, keep_day
from huike.customers.quality.cleaning import make_task
from huike.customers.quality.completeness import missing, renew, score, set_weights, weights
from huike.customers.quality.models import Finding, QualityDay, QualityRule
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import write
from huike.office.models import Task
from tests.cast import SYSTEM, Cast
from tests.web.records.test_record_page import address, signed_in

HX = {"HX-Request": "true"}


def rule(**given: Any) -> QualityRule:
    row = QualityRule(**{"name": "手机号有效", "check_kind": "phone", "field": "phone", **given})
    with change(SYSTEM, "test.rule"):
        row.save()
    return row


def test_weights_decide_what_is_complete(cast: Cast, make: Callable[..., Any]) -> None:
    party = make(Party, cast.alice, name="赵敏", phone="+8613812345678")
    weighed = {"name": 3, "phone": 3, "email": 2, "city": 2}
    assert score(party, weighed) == 60
    assert missing(party, weighed) == ["email", "city"]
    with pytest.raises(PermissionDenied):
        set_weights(cast.actor("bob"), "person", {"name": 1})
    with pytest.raises(ValidationError):
        set_weights(cast.actor("root"), "person", {"name": 500})
    set_weights(cast.actor("root"), "person", {"name": 1, "city": 3})
    set_weights(cast.actor("root"), "person", {"name": 1, "city": 1, "nonsense": 9})
    assert weights()["person"] == {"name": 1, "city": 1}
    with change(SYSTEM, "test.renew"):
        renew([party.pk])
    party.refresh_from_db()
    assert party.completeness == 50
    entity = entity_of(Party)
    with change(cast.actor("alice"), "test.edit"):  # the change itself brings it up to date
        write(
            cast.actor("alice"), entity, party, {"city": "广州"}, entity.fields(cast.actor("alice"))
        )
    party.refresh_from_db()
    assert party.completeness == 100


def test_a_finding_comes_and_goes_with_the_file(cast: Cast, make: Callable[..., Any]) -> None:
    rule()
    only = rule(name="企业要有电话", check_kind="filled", field="telephone",
                only=["kind", "is", "organisation"])  # fmt: skip
    person = make(Party, cast.alice, name="赵敏", phone="12345")
    firm = make(Party, cast.alice, name="恒通物流", kind="organisation", phone="+8613812345678")
    found = {(f.party_id, f.rule.name) for f in Finding.objects.select_related("rule")}
    assert found == {(person.pk, "手机号有效"), (firm.pk, "企业要有电话")}
    entity, alice = entity_of(Party), cast.actor("alice")
    with change(alice, "test.mend"):
        write(alice, entity, person, {"phone": "13812345679"}, entity.fields(alice))
    assert list(Finding.objects.values_list("party", flat=True)) == [firm.pk]
    listed = signed_in(cast.alice).get(
        f'/customers/party/?filter=["findings__rule","is",{only.pk}]'
    )
    assert "恒通物流" in listed.content.decode()
    assert "赵敏" not in listed.content.decode()
    page = signed_in(cast.alice).get("/customers/quality/?kind=organisation").content.decode()
    assert "企业要有电话" in page
    assert signed_in(cast.iris).get("/customers/quality/").status_code == 403


def test_a_rule_that_can_no_longer_be_asked_finds_nothing(
    cast: Cast, make: Callable[..., Any]
) -> None:
    rule(
        name="没有了的字段",
        check_kind="filled",
        field="extra.gone_field",
        only=["no_such", "is", 1],
    )
    party = make(Party, cast.alice, name="赵敏")
    with change(SYSTEM, "test.check"):
        assert check([party.pk]) == (0, 0)


def test_the_owner_gets_one_task_that_says_what_is_missing(
    cast: Cast, make: Callable[..., Any]
) -> None:
    party = make(Party, cast.alice, name="赵敏", phone="12345")
    rule(remark="打一次电话核对")
    with change(SYSTEM, "test.check"):
        check([party.pk])
    make_task(cast.actor("dora"), party)
    task = Task.objects.get(party=party)
    assert task.owner == cast.alice
    assert "打一次电话核对" in task.body
    assert "生日" in task.body
    with pytest.raises(ValidationError):
        make_task(cast.actor("dora"), party)
    with pytest.raises(PermissionDenied):
        make_task(cast.actor("iris"), make(Party, cast.alice, name="钱多"))


def test_the_panel_fills_what_is_missing_and_the_profile_counts(
    cast: Cast, make: Callable[..., Any]
) -> None:
    party = make(Party, cast.alice, name="赵敏", city="广州", job="无")
    make(Party, cast.alice, name="钱多", city="广州")
    make(Party, cast.carol, name="外人", city="佛山")
    page = (
        signed_in(cast.alice)
        .get(f"{address(party)}panel/quality_panel/", headers=HX)
        .content.decode()
    )
    assert 'data-reveal="v-phone"' in page
    assert 'data-reveal="v-city"' not in page
    told = {line.field.name: line for line in profile.lines(cast.actor("alice"), "person")}
    assert (told["city"].filled, told["city"].files, told["city"].distinct) == (2, 2, 1)
    assert (told["city"].common, told["city"].common_count) == ("广州", 2)
    assert told["job"].suspicious == 1
    assert told["birthday"].share == 0


def test_a_day_is_kept_once_by_department_and_for_the_firm(
    cast: Cast, make: Callable[..., Any]
) -> None:
    for who in (cast.alice, cast.carol):
        make(Party, who, name=f"客户 {who}")
    with change(SYSTEM, "test.day"):
        renew(Party.objects.values_list("pk", flat=True))
        keep_day()
        keep_day()
    days = {d.department_id: d for d in QualityDay.objects.all()}
    assert set(days) == {None, cast.alice.department_id, cast.carol.department_id}
    assert days[None].files == 2
    assert days[None].completeness > Decimal(0)
