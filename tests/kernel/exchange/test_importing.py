"""Imports of any record: found again, checked like a form, counted, undone, hostile files."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.catalog.models import Product
from huike.customers.models import Category, Party, Tag, Tie
from huike.kernel.change.models import Change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entities
from huike.kernel.exchange.importing import starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.models import ImportRun
from huike.kernel.exchange.importing.recipes import recipe_called, recipes
from huike.kernel.exchange.messages import UnreadableFile
from huike.kernel.lists.exporting import write_file
from huike.kernel.search.index import drift
from tests.cast import Cast, Make
from tests.importing import SYSTEM, Bring, draft

PEOPLE = "客户姓名,手机号,客户编号\n王伟,13812345678,A1\n李娜,13912345678,A2\n"


def test_new_records_are_created_and_found_by_search(bring: Bring) -> None:
    done = bring(PEOPLE, "customers")
    assert (done["created"], done["updated"], done["rejected"]) == (2, 0, 0)
    assert Party.objects.get(code="A1").phone == "+8613812345678"
    # Rows that other tests truncated away may still lie in the index; ours must be right.
    assert not set(drift(Party)) & set(Party.objects.values_list("pk", flat=True))
    assert done.run.state == "done"
    assert done.run.path == ""


def test_a_second_time_nothing_changes_and_a_third_time_what_differs(bring: Bring) -> None:
    bring(PEOPLE, "customers")
    again = bring(PEOPLE, "customers")
    assert (again["created"], again["unchanged"], Party.objects.count()) == (0, 2, 2)
    third = bring(PEOPLE.replace("王伟", "王大伟"), "customers")
    assert (third["updated"], third["unchanged"]) == (1, 1)
    assert Party.objects.get(code="A1").name == "王大伟"


@pytest.mark.parametrize(
    ("mode", "created", "skipped", "rejected"), [("create", 1, 1, 0), ("update", 0, 0, 1)]
)
def test_modes(bring: Bring, mode: str, created: int, skipped: int, rejected: int) -> None:
    bring("name,code\nold,A1\n", "customers")
    done = bring("name,code\nnew,A1\nother,A2\n", "customers", mode=mode)
    assert (done["created"], done["skipped"], done["rejected"]) == (created, skipped, rejected)
    assert Party.objects.get(code="A1").name == ("old" if mode == "create" else "new")


def test_doubles_in_the_file_become_one_record(bring: Bring) -> None:
    done = bring("name,code,city\nA,1,\nA,1,上海\nB,2,\n", "customers")
    assert (done["created"], done["updated"]) == (2, 1)
    assert Party.objects.get(code="1").city == "上海"


def test_an_empty_cell_leaves_what_is_there(bring: Bring) -> None:
    bring("name,code,city\nA,1,上海\n", "customers")
    bring("name,code,city\nA,1,\n", "customers")
    assert Party.objects.get().city == "上海"


def test_wrong_rows_are_told_with_the_reason_and_can_be_loaded_again(bring: Bring) -> None:
    text = "name,code,birthday,email\nA,1,2001-02-31,a@b.cn\n,2,,\nC,3,1990-01-01,nonsense\n"
    text += "".join(f"D,D{n},1990-01-01,d{n}@e.cn\n" for n in range(20))
    done = bring(text, "customers")
    assert (done["created"], done["rejected"]) == (20, 3)
    assert [line for line, _reason in done.reasons] == [2, 3, 4]
    out = io.BytesIO()
    assert starting.write_bad_rows(done.run, out) == 3
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    fixed = out.getvalue().decode("utf-8-sig").replace("2001-02-31", "2001-02-28")
    fixed = fixed.replace("nonsense", "c@d.cn").replace("\n,2", "\nB,2")
    again = bring(fixed, "customers")
    assert (again["created"], again["rejected"]) == (3, 0)


def test_a_dry_run_tells_the_same_and_writes_nothing(bring: Bring) -> None:
    text = "name,code\nA,1\nA,1\n,2\nB,3\n"
    tried = bring(text, "customers", dry=True)
    assert Party.objects.count() == 0
    assert Change.objects.count() == 0
    done = bring(text, "customers")
    assert tried.result["counts"] == done.result["counts"]
    assert [p["line"] for p in tried.result["problems"]] == [4]


def test_a_dry_run_foresees_what_lies_beyond_reach(bring: Bring, cast: Cast) -> None:
    text = "name,code\nA,1\nB,2\n"
    for owner, created in ((cast.alice, 2), (cast.carol, 0)):
        how: dict[str, Any] = {"actor": cast.actor("alice"), "owner": owner.pk}
        tried, done = bring(text, "customers", dry=True, **how), bring(text, "customers", **how)
        assert tried.result["counts"] == done.result["counts"]
        assert done["created"] == created
        text = text.replace("1", "3").replace("2", "4")


def test_ambiguous_keys_are_refused(bring: Bring, make: Make, cast: Cast) -> None:
    for _n in range(2):
        make(Party, cast.alice, name="王伟")
    done = bring("姓名,城市\n王伟,北京\n", "customers", match=("name",))
    assert done["rejected"] == 1
    assert Party.objects.filter(city="北京").count() == 0


def test_links_are_found_by_name(bring: Bring, make: Make) -> None:
    make(Category, name="大客户")
    make(Tag, name="甲")
    make(Tag, name="乙")
    text = "name,category,tags\nA,大客户,甲、乙\nB,没有的,\n"
    done = bring(text, "customers")
    assert (done["created"], done["rejected"]) == (1, 1)
    party = Party.objects.get()
    assert party.category is not None
    assert party.category.name == "大客户"
    assert sorted(tag.name for tag in party.tags.all()) == ["乙", "甲"]


def test_contacts_come_with_their_organisation(bring: Bring) -> None:
    text = "公司名称,联系人,联系人手机,联系人职务\n" + (
        "长江公司,张三,13812345678,经理\n长江公司,李四,13912345678,\n"
    )
    done = bring(text, "customers")
    assert (done["created"], done["contacts"]) == (1, 2)
    firm = Party.objects.get(name="长江公司")
    assert firm.kind == "organisation"
    ties = Tie.objects.filter(other=firm).order_by("pk")
    assert [(t.party.name, t.position, t.kind) for t in ties] == [
        ("张三", "经理", "works_at"),
        ("李四", "", "works_at"),
    ]
    assert not Party.objects.get(name="张三").is_customer
    again = bring(text, "customers")
    assert (again["contacts"], Party.objects.count()) == (0, 3)


def test_names_in_parts_are_joined(bring: Bring) -> None:
    bring("surname,given_name\n欧阳,修\nwaller,john\n", "customers")
    assert set(Party.objects.values_list("name", flat=True)) == {"欧阳修", "john waller"}


def test_new_custom_fields_are_made_for_columns_on_request(bring: Bring, cast: Cast) -> None:
    text = "name,code,车牌号,积分\nA,1,沪A12345,10\n"
    done = bring(text, "customers", new_fields=True)
    assert done["created"] == 1
    made = dict(CustomField.objects.values_list("name", "kind"))
    assert made == {"che_pai_hao": "text", "ji_fen": "number"}
    assert Party.objects.get().extra["che_pai_hao"] == "沪A12345"
    with pytest.raises(PermissionDenied):
        bring("name,新\nB,x\n", "customers", new_fields=True, actor=cast.actor("mona"))


def test_required_and_unique_custom_fields_are_kept(bring: Bring) -> None:
    CustomField.objects.create(record="customers.party", name="vin", label="VIN", required=True,
                               unique=True)  # fmt: skip
    done = bring("name,code,vin\nA,1,X\nB,2,\nC,3,X\n", "customers")
    assert (done["created"], done["rejected"]) == (1, 2)


def test_what_was_chosen_is_remembered(bring: Bring) -> None:
    bring("谁,code\nA,1\n", "customers", given={"谁": "name"})
    run = uploads.keep(SYSTEM, "next.csv", ["谁,code\nB,2\n".encode()])
    found = looking.match(SYSTEM, recipe_called("customers"), looking.look_at(run))
    assert (found[0].target, found[0].reason) == ("name", "remembered")


def test_reach_and_rights_are_kept(bring: Bring, cast: Cast, make: Make) -> None:
    make(Party, cast.carol, name="Carol's", code="C1")
    text = "name,code,owner\nmine,A1,\ntheirs,C1,\naway,A2,carol\n"
    done = bring(text, "customers", actor=cast.actor("alice"))
    assert (done["created"], done["rejected"]) == (1, 2)
    assert Party.objects.get(code="A1").owner == cast.alice
    assert Party.objects.get(code="C1").name == "Carol's"
    assert not Party.objects.filter(code="A2").exists()
    for name in ("bob", "iris"):
        assert recipes(cast.actor(name)) == []
        with pytest.raises(PermissionDenied):
            bring(text, "customers", actor=cast.actor(name))


def test_only_who_uploaded_sees_an_import(bring: Bring, cast: Cast) -> None:
    done = bring("name\nA\n", "customers", actor=cast.actor("alice"))
    assert uploads.own_run(cast.actor("root"), done.run.pk) == done.run
    for name in ("dora", "mona", "bob"):
        with pytest.raises(PermissionDenied):
            uploads.own_run(cast.actor(name), done.run.pk)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "'; DROP TABLE customers_party; --",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "%s %(x)s",
    ],
)
def test_hostile_names_are_only_names(bring: Bring, name: str) -> None:
    done = bring(f'name,code\n"{name}",1\n', "customers")
    assert done["created"] == 1
    assert Party.objects.get().name == name


def test_hostile_files_are_refused_in_words(bring: Bring) -> None:
    with pytest.raises(UnreadableFile):
        bring(b"name,code\nA\x00B,1\n", "customers")
    bomb = gzip.compress(b"name\n" + b"0" * (1 << 18) + b"\n")
    with pytest.raises(UnreadableFile):
        bring(bomb, "customers")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.csv", "name,code\nA,1\n")
    done = bring(packed.getvalue(), "customers", name="../../../etc/passwd")
    assert (done["created"], done.run.file_name) == (1, "passwd")


def test_a_file_that_is_too_large_is_not_kept(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    with pytest.raises(ValidationError):
        bring("name\nsomebody\n", "customers")
    assert not list(uploads.folder().iterdir())
    assert not ImportRun.objects.exists()


def test_a_row_with_too_many_cells_is_refused(bring: Bring) -> None:
    done = bring("name,code\nA,1\nB,2,more\n", "customers")
    assert (done["created"], done["rejected"]) == (1, 1)


IMPORTED = [e.key for e in entities() if e.can_add and e.match]


@pytest.mark.parametrize("key", IMPORTED)
def test_what_is_exported_can_be_imported_again(
    key: str, bring: Bring, make: Make, cast: Cast
) -> None:
    entity = next(e for e in entities() if e.key == key)
    if key == "trade/order":
        pytest.skip("an order is brought in by its lines")
    for _n in range(3):
        make(entity.model, cast.mona)
    fields = [f for f in entity.fields(SYSTEM).values() if f.is_writable]
    out = io.BytesIO()
    rows = entity.model.objects.order_by("pk")
    write_file(SYSTEM, entity, rows, fields, "csv", out)
    before = [[f.plain(row) for f in fields] for row in rows]
    done = bring(out.getvalue(), key)
    assert (done["unchanged"], done["rejected"]) == (len(before), 0), done
    entity.model.everything.all().unjournaled_update(binned_at=None)
    assert [[f.plain(row) for f in fields] for row in rows.all()] == before


def test_products_are_brought_in_generically(bring: Bring) -> None:
    done = bring('商品编号,品名,单价\nP1,轮胎,"1,280.50"\nP2,机油,¥480\n', "catalog/product")
    assert done["created"] == 2
    assert str(Product.objects.get(code="P1").price) == "1280.50"


def test_a_draft_can_be_started_once(bring: Bring) -> None:
    run = draft("name\nA\n", "customers")
    starting.start(SYSTEM, run)
    with pytest.raises(ValidationError):
        starting.start(SYSTEM, run)
