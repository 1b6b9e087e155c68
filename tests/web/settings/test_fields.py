"""Custom fields: made on screen, shown on every surface, renamed, removed and brought back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.entity import choices, defining
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Refused, new_row, write
from huike.kernel.exchange.importing.targets import filled_by
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.worker import run_worker
from huike.kernel.records.undo import undo
from tests.cast import SYSTEM, Cast, Make

LABEL = "customers.party"
HERE = "/settings/fields/customers/party/"


@pytest.fixture
def root(cast: Cast, client: Client) -> Client:
    client.force_login(cast.root)
    return client


def made(**given: Any) -> CustomField:
    return defining.add_field(SYSTEM, LABEL, {"label": "车牌", "kind": "text", **given})


def give(row: Party, **values: Any) -> None:
    with change(SYSTEM, "test"):
        fresh = Party.objects.get(pk=row.pk)
        fresh.extra = {**fresh.extra, **values}
        fresh.save()


def held(row: Party, name: str) -> Any:
    return Party.objects.get(pk=row.pk).extra.get(name)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("车牌", "che_pai"),
        ("VIP 等级", "vip_deng_ji"),
        ("2手车", "field_2_shou_che"),
        ("！", "field"),
    ],
)
def test_names_come_from_pinyin(label: str, name: str) -> None:
    assert defining.suggested_name(label) == name
    assert defining.suggested_name(label, {name}) == f"{name}_2"


def test_the_form_suggests_the_name(root: Client) -> None:
    assert root.get(f"{HERE}name/", {"label": "车牌"}).content == b"che_pai"


GIVEN: dict[str, dict[str, str]] = {
    "text": {"default": "无"},
    "number": {"default": "3"},
    "money": {},
    "date": {},
    "choice": {"choices": "燃油\n电动", "default": "电动"},
    "choices": {"choices": "洗车\n代步车"},
    "yes_no": {},
    "link": {"target": "staff.user"},
    "file": {},
    "computed": {"formula": "size * 2", "result": "number"},
    "rollup": {"rollup.related": "orders", "rollup.how": "count"},
}


@pytest.mark.parametrize("kind", CustomField.Kind.values)
def test_every_kind_is_made_on_screen(root: Client, kind: str) -> None:
    given = {"label": "车况", "kind": kind, "help": "来店时看", **GIVEN[kind]}
    answer = root.post(f"{HERE}add/", given)
    assert answer.status_code == 302, answer.content.decode()[-800:]
    field = CustomField.objects.get()
    assert (field.name, field.kind, field.help) == ("che_kuang", kind, "来店时看")
    asked = "/customers/party/?columns=name,extra.che_kuang" if field.is_worked_out else ""
    assert "车况" in root.get(asked or "/customers/party/add/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"label": ""}, "label"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "choice", "choices": ["a", "a"]}, "choices"),
        ({"kind": "choices", "choices": ["a,b"]}, "choices"),
        ({"kind": "link"}, "target"),
        ({"kind": "link", "target": "auth.permission"}, "target"),
        ({"kind": "number", "default": "many"}, "default"),
        ({"kind": "yes_no", "unique": True}, "unique"),
        ({"name": "Bad Name"}, "name"),
    ],
)
def test_what_is_wrong_is_told_where(db: None, wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        made(**wrong)
    assert where in refused.value.message_dict


def test_only_administrators_define_fields(cast: Cast, client: Client) -> None:
    field, mona = made(), cast.actor("mona")
    for verb in (
        lambda: defining.add_field(mona, LABEL, {"label": "x"}),
        lambda: defining.edit_field(mona, field, {"label": "x"}),
        lambda: defining.order_fields(mona, LABEL, []),
        lambda: defining.remove_field(mona, field),
        lambda: defining.restore_field(mona, field),
        lambda: choices.rename_choice(mona, field, "a", "b"),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    client.force_login(cast.mona)
    assert client.get(HERE).status_code == 403


def test_a_new_field_is_on_every_surface(root: Client, cast: Cast, make: Make) -> None:
    made()
    row = make(Party, cast.alice, name="有车的客户")
    make(Party, cast.alice, name="没车的客户")
    give(row, che_pai="沪A12345")
    entity, actor = entity_of(LABEL), cast.actor("root")
    assert "车牌" in root.get(f"/customers/party/{row.pk}/").content.decode()
    assert 'name="extra.che_pai"' in root.get(f"/customers/party/{row.pk}/edit/").content.decode()
    page = root.get("/customers/party/", {"columns": "name,extra.che_pai"}).content.decode()
    assert "沪A12345" in page
    asked = {"filter": '{"all":[["extra.che_pai","contains","A123"]]}'}
    page = root.get("/customers/party/", asked).content.decode()
    assert "有车的客户" in page
    assert "没车的客户" not in page
    assert "extra.che_pai" in {filled.name for filled in filled_by(actor, entity)}
    assert "车牌" in root.get(f"/customers/party/{row.pk}/history/").content.decode()


def test_a_new_field_goes_out_in_a_file(root: Client, cast: Cast, make: Make) -> None:
    made()
    give(make(Party, cast.alice, name="有车的客户"), che_pai="沪A12345")
    asked = {"columns": "name,extra.che_pai", "kind": "csv"}
    answer = root.get("/customers/party/export/", asked)
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == ["名称", "车牌"]
    assert ["有车的客户", "沪A12345"] in rows


def test_fields_stand_in_the_order_they_were_dragged_to(root: Client) -> None:
    first, second, third = made(label="一"), made(label="二"), made(label="三")
    root.post(f"{HERE}order/", {"field": [third.pk, first.pk]})
    assert [f.label for f in CustomField.objects.all()] == ["三", "一", "二"]
    root.post(f"{HERE}order/", {"up": second.pk})
    assert [f.label for f in CustomField.objects.all()] == ["三", "二", "一"]


def test_the_kind_stays_once_a_record_holds_a_value(cast: Cast, make: Make) -> None:
    field = made()
    defining.edit_field(SYSTEM, field, {"kind": "number"})
    defining.edit_field(SYSTEM, field, {"kind": "text"})
    give(make(Party, cast.alice), che_pai="沪A")
    with pytest.raises(ValidationError):
        defining.edit_field(SYSTEM, field, {"kind": "number"})


def test_unique_is_refused_while_two_are_alike(cast: Cast, make: Make) -> None:
    field = made()
    rows = [make(Party, cast.alice), make(Party, cast.alice)]
    for row in rows:
        give(row, che_pai="沪A")
    with pytest.raises(ValidationError):
        defining.edit_field(SYSTEM, field, {"unique": True})
    give(rows[0], che_pai="沪B")
    defining.edit_field(SYSTEM, CustomField.objects.get(), {"unique": True})
    entity = entity_of(LABEL)
    with pytest.raises(Refused):
        write(SYSTEM, entity, Party.objects.get(pk=rows[0].pk), {"extra.che_pai": "沪A"})


def test_default_and_required_meet_a_new_record(cast: Cast) -> None:
    made(label="等级", kind="choice", choices=["金", "银"], default="银")
    made(required=True)
    entity, actor = entity_of(LABEL), cast.actor("root")
    row = new_row(actor, entity, entity.fields(actor))
    assert row.extra == {"deng_ji": "银"}
    with pytest.raises(Refused) as refused:
        write(actor, entity, row, {"name": "x", "kind": "person"})
    assert "extra.che_pai" in refused.value.errors


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_renamed_choice_is_rewritten_and_can_be_undone(cast: Cast, make: Make, kind: str) -> None:
    field = made(label="车型", kind=kind, choices=["轿车", "越野车"], default="")
    rows = [make(Party, cast.alice) for _ in range(3)]
    before: Any = ["轿车", "越野车"] if kind == "choices" else "越野车"
    after: Any = ["轿车", "SUV"] if kind == "choices" else "SUV"
    for row in rows[:2]:
        give(row, che_xing=before)
    assert choices.holders(field, "越野车") == 2
    group = choices.rename_choice(cast.actor("root"), field, "越野车", "SUV")
    assert [held(row, "che_xing") for row in rows] == [after, after, None]
    assert CustomField.objects.get().choices == ["轿车", "SUV"]
    undone = undo(cast.actor("root"), group)
    assert not undone.left
    assert [held(row, "che_xing") for row in rows] == [before, before, None]
    assert CustomField.objects.get().choices == ["轿车", "越野车"]


def test_a_choice_takes_no_name_of_another(db: None) -> None:
    field = made(kind="choice", choices=["a", "b"])
    for before, after in (("a", "b"), ("c", "d"), ("a", " ")):
        with pytest.raises(ValidationError):
            choices.rename_choice(SYSTEM, field, before, after)


@pytest.mark.django_db(transaction=True)
def test_many_records_are_renamed_by_a_job(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "AT_ONCE", 1)
    monkeypatch.setattr(choices, "CHUNK", 2)
    field = made(kind="choice", choices=["a", "b"])
    rows = [make(Party, cast.alice) for _ in range(5)]
    for row in rows:
        give(row, che_pai="a")
    group = choices.rename_choice(cast.actor("root"), field, "a", "c")
    run_worker(once=True)
    job = Job.objects.get(name="fields.rename_choice")
    assert job.state == "done", job.traceback
    assert {held(row, "che_pai") for row in rows} == {"c"}
    undo(cast.actor("root"), group)
    assert {held(row, "che_pai") for row in rows} == {"a"}


def test_a_removed_field_leaves_all_surfaces_and_comes_back(
    root: Client, cast: Cast, make: Make
) -> None:
    field = made()
    row = make(Party, cast.alice)
    give(row, che_pai="沪A")
    assert "1" in root.get(f"/settings/fields/{field.pk}/remove/").content.decode()
    root.post(f"/settings/fields/{field.pk}/remove/")
    root.get(HERE)  # takes the notice with it
    assert "extra.che_pai" not in entity_of(LABEL).fields(cast.actor("root"))
    assert "车牌" not in root.get(f"/customers/party/{row.pk}/").content.decode()
    assert held(row, "che_pai") == "沪A"
    assert made().name == "che_pai_2"  # never over the values of a removed one
    root.post(f"/settings/fields/{field.pk}/restore/")
    assert "沪A" in root.get(f"/customers/party/{row.pk}/").content.decode()


def test_making_and_removing_a_field_can_be_undone(cast: Cast) -> None:
    actor = cast.actor("root")
    with change(actor, "fields.add") as work:
        field = defining.add_field(actor, LABEL, {"label": "车牌"})
    undo(actor, work.group)
    assert not CustomField.objects.exists()
    defining.restore_field(actor, CustomField.everything.get(pk=field.pk))
    with change(actor, "fields.remove") as work:
        defining.remove_field(actor, CustomField.objects.get())
    undo(actor, work.group)
    assert CustomField.objects.exists()


def test_markup_in_a_label_stays_text(root: Client) -> None:
    made(label="<script>alert(1)</script>")
    assert "<script>alert" not in root.get(HERE).content.decode()
    assert b"<b>" not in root.get(f"{HERE}name/", {"label": "<b>"}).content


def test_a_formula_and_a_sum_are_made_on_screen(root: Client, cast: Cast, make: Make) -> None:
    """Both are columns and filters at once; a wrong formula says where."""
    wrong = root.post(
        f"{HERE}add/",
        {"label": "双倍", "kind": "computed", "formula": "size *", "result": "number"},
    )
    assert wrong.status_code == 422
    assert 'id="a-formula-wrong"' in wrong.content.decode()
    given = {"label": "双倍", "name": "twice", "kind": "computed", "result": "number"}
    assert root.post(f"{HERE}add/", {**given, "formula": "size * 2"}).status_code == 302
    more = {"label": "订单数", "name": "times", "kind": "rollup", "rollup.related": "orders"}
    more |= {"rollup.how": "count", "filter.name": "on", "filter.op": "last", "filter.value": "365"}
    assert root.post(f"{HERE}add/", more).status_code == 302
    held = CustomField.objects.get(name="times")
    assert held.rollup == {"related": "orders", "how": "count", "filter": ["on", "last", "365"]}
    make(Party, cast.alice, name="王小明", size=21)
    page = root.get("/customers/party/?columns=name,extra.twice,extra.times").content.decode()
    assert "42" in page
    assert root.get(f"/settings/fields/{held.pk}/").status_code == 200
    assert "orders" in root.get(f"{HERE}sum/?rollup.related=tasks").content.decode()
