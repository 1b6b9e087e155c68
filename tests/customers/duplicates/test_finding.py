"""The sweep in the background, what a person decides about a pair, and the warning while typing."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from huike.customers.duplicates.checking import possible_duplicates
from huike.customers.duplicates.doubling import doubles
from huike.customers.duplicates.judging import dismiss, merge_pair, reopen
from huike.customers.duplicates.merges import merge
from huike.customers.duplicates.models import DuplicatePair, DuplicateSweep, Merge
from huike.customers.duplicates.wording import sentence
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.worker import run_now
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.view import ListView
from huike.kernel.records.undo import undo
from tests.breadth import ON_POSTGRESQL
from tests.cast import SYSTEM, Cast, Make
from tests.contract.people import browser, words_of

PHONE = "+8613812345678"


def swept(**given: Any) -> dict[str, Any]:
    """Sweep as the worker does, and return what the job tells."""
    return dict(run_now(SYSTEM, "customers.find_duplicates", **given).result)


@pytest.fixture
def twice(cast: Cast, make: Make) -> list[Party]:
    """Return 王伟, the same once more as 王玮, and somebody else."""
    return [
        make(Party, cast.alice, name="王伟", phone=PHONE, birthday="1980-01-02", city="广州"),
        make(Party, cast.alice, name="王玮", phone=PHONE, birthday="1980-01-02"),
        make(Party, cast.alice, name="李娜", phone="+8613900000000"),
    ]


@pytest.mark.django_db(transaction=True)
def test_sweeps_find_what_is_new_and_keep_what_was_judged(
    cast: Cast, twice: list[Party], make: Make
) -> None:
    one, other, _third = twice
    assert swept() == {"parties": 3, "pairs": 1, "new": 1, "late": 0}
    pair = DuplicatePair.objects.get()
    assert (pair.one, pair.other, pair.state) == (one, other, "open")
    assert float(pair.probability) > 0.9
    assert sentence(pair.likeness)
    dismiss(cast.actor("dora"), pair)
    third = make(Party, cast.alice, name="李娜", phone="+8613900000000")
    told = swept()
    assert (told["pairs"], told["new"]) == (1, 1)
    assert not DuplicateSweep.objects.order_by("-pk").first().is_full  # type: ignore[union-attr]
    assert DuplicatePair.objects.get(other=third).state == "open"
    swept(full=True)
    assert sorted(DuplicatePair.objects.values_list("state", flat=True)) == ["different", "open"]
    with change(SYSTEM, "test.rename"):
        row = Party.objects.get(pk=third.pk)
        row.name, row.phone = "赵敏", ""
        row.save()
    swept(full=True)
    assert not DuplicatePair.objects.filter(other=third).exists()


def test_who_may_judge_a_pair(cast: Cast, twice: list[Party], make: Make) -> None:
    one, other, third = twice
    pair = make(DuplicatePair, cast.alice, one=one, other=other)
    with pytest.raises(PermissionDenied):
        dismiss(cast.actor("bob"), pair)
    with pytest.raises(PermissionDenied):
        merge_pair(cast.actor("alice"), pair)  # she may not bin
    dora = cast.actor("dora")
    dismiss(dora, pair)
    with pytest.raises(ValidationError, match="dora"):
        merge_pair(dora, pair)
    reopen(dora, pair)
    made = merge_pair(dora, pair)
    assert (made.winner, made.loser) == (one, other)
    pair = make(DuplicatePair, cast.alice, one=one, other=third)
    assert merge_pair(dora, pair).loser == third


def test_many_pairs_at_once_are_undone_at_once(cast: Cast, make: Make) -> None:
    keys = []
    for n in range(4):
        one = make(Party, cast.alice, name=f"甲{n}", phone=f"+861380000000{n}")
        other = make(Party, cast.alice, name=f"甲{n}", city="广州")
        keys.append(make(DuplicatePair, cast.alice, one=one, other=other).pk)
    dora = cast.actor("dora")
    selection = Selection(ListView(entity_of(DuplicatePair)), tuple(keys))
    assert bulk.preview(dora, selection, Do("merge")).changed == 4
    assert Party.objects.count() == 8
    outcome = bulk.run(dora, selection, Do("merge"))
    assert (outcome.changed, Party.objects.count()) == (4, 4)
    assert set(Party.objects.values_list("city", flat=True)) == {"广州"}
    assert undo(dora, outcome.group).count == 4
    assert (Party.objects.count(), Merge.objects.filter(state="undone").count()) == (8, 4)
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == {"open"}


def test_the_warning_tells_no_more_than_the_reader_may_know(cast: Cast, twice: list[Party]) -> None:
    typed = {"kind": "person", "name": "王维", "phone": "138 1234 5678"}
    told = possible_duplicates(cast.actor("alice"), typed)
    assert {(p.id, p.is_strong) for p in told} == {(row.pk, True) for row in twice[:2]}
    far = possible_duplicates(cast.actor("carol"), typed)
    assert [(p.id, p.title, p.owner, p.why) for p in far] == [(None, "", "a**", "")] * 2
    assert possible_duplicates(cast.actor("carol"), {"name": "王维"}) == []  # a name proves nothing
    assert possible_duplicates(cast.actor("alice"), {"name": "孙悟空"}) == []
    role = Role.objects.get(name="carol")
    FieldLimit.objects.create(role=role, record="customers.party", field="phone", right="masked")
    assert possible_duplicates(cast.actor("carol"), typed) == []  # nobody finds out by trying


def test_wrong_and_missing_characters_and_companies(cast: Cast, make: Make) -> None:
    alice = cast.actor("alice")
    make(Party, cast.alice, name="陈小未")
    make(Party, cast.alice, name="广州市顺达物流有限公司", kind="organisation")
    for kind, name, number in (
        ("person", "陈小末", 1),
        ("person", "陈晓未", 1),
        ("person", "陈大未", 0),
        ("organisation", "顺达物流", 1),
        ("organisation", "恒通物流", 0),
    ):
        assert len(possible_duplicates(alice, {"kind": kind, "name": name})) == number, name


def test_a_file_is_told_who_is_there_already(cast: Cast, twice: list[Party]) -> None:
    new = [Party(name="王威", phone=PHONE), Party(name="钱进"), Party(name="王伟")]
    known = doubles(cast.actor("alice"), new)
    assert list(known) == [id(new[0])]
    assert "王" in known[id(new[0])]
    hidden = doubles(cast.actor("carol"), new)[id(new[0])]
    assert "a**" in hidden
    assert "王" not in hidden


def test_the_pages_and_the_api(cast: Cast, twice: list[Party], make: Make) -> None:
    one, other, _third = twice
    pair = make(DuplicatePair, cast.alice, one=one, other=other)
    dora = browser(cast, "dora")
    typed = {"kind": "person", "name": "x", "phone": PHONE}
    assert f"/customers/party/{one.pk}/" in words_of(
        dora.post("/customers/duplicates/check/", typed)
    )
    answer = dora.get("/api/v1/customers/party/duplicates/", typed)
    assert {row["id"] for row in answer.json()["rows"]} == {one.pk, other.pk}
    assert dora.get("/customers/duplicates/").status_code == 200
    assert dora.post("/customers/duplicates/sweep/").status_code == 403
    assert browser(cast, "root").post("/customers/duplicates/sweep/").status_code == 302
    for page in (f"duplicatepair/{pair.pk}/", f"party/{one.pk}/merge/{other.pk}/"):
        assert "take.name" in words_of(dora.get(f"/customers/{page}"))
        assert browser(cast, "carol").get(f"/customers/{page}").status_code == 403
    dora.post(f"/customers/party/{one.pk}/merge/{other.pk}/", {"take.name": "theirs", "why": "ha"})
    assert Party.objects.get(pk=one.pk).name == "王玮"
    led = dora.get(f"/customers/party/{other.pk}/")
    assert (led.status_code, led["Location"]) == (302, f"/customers/party/{one.pk}/")
    merged = Merge.objects.get()
    assert "王玮" in words_of(dora.get(f"/customers/party/{one.pk}/"))
    answer = dora.post(
        f"/api/v1/customers/merge/{merged.pk}/undo/", content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    body = json.dumps({"loser": other.pk, "take": "city", "why": ""})
    address = f"/api/v1/customers/party/{one.pk}/merge/"
    answer = dora.post(address, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert Party.objects.get(pk=one.pk).name == "王伟"


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_people_merge_the_same_pair_at_once(cast: Cast, twice: list[Party]) -> None:
    one, other, _third = twice
    ready, told = threading.Barrier(2), list[str]()

    def go(actor: Actor, winner: Party, loser: Party) -> None:
        try:
            ready.wait()
            merge(actor, winner, loser)
            told.append("merged")
        except ValidationError as error:
            told.append(" ".join(error.messages))
        finally:
            connection.close()

    pairs = ((cast.actor("dora"), one, other), (cast.actor("mona"), other, one))
    threads = [threading.Thread(target=go, args=each) for each in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(text == "merged" for text in told) == [False, True]
    refusal = next(text for text in told if text != "merged")
    assert Merge.objects.get().created_by in refusal
    assert Party.objects.count() == 2


def test_many_pairs_by_api_tried_first_then_done_and_the_old_address_leads_on(
    cast: Cast, twice: list[Party], make: Make
) -> None:
    one, other, _third = twice
    with change(SYSTEM, "test.job"):
        other.job = "律师"
        other.save()
    pair = make(DuplicatePair, cast.alice, one=one, other=other)
    dora, at = browser(cast, "dora"), "/api/v1/customers/duplicatepair/bulk/merge/"
    body = json.dumps({"ids": [pair.pk], "try": True})
    tried = dora.post(at, body, content_type="application/json").json()
    assert (tried["changed"], Merge.objects.count()) == (1, 0)
    (shown,) = tried["shown"]
    assert "王伟 | 王玮" in shown["before"] or "王玮 | 王伟" in shown["before"]
    assert "律师" in shown["after"]
    carol = browser(cast, "carol").post(at, body, content_type="application/json").json()
    assert (carol["chosen"], carol["changed"]) == (0, 0)
    body = json.dumps({"ids": [pair.pk]})
    answer = dora.post(at, body, content_type="application/json")
    assert (answer.json()["changed"], Merge.objects.count()) == (1, 1)
    assert "Huike-Change" in answer.headers
    made = Merge.objects.get()
    led = dora.get(f"/api/v1/customers/party/{made.loser_id}/")
    assert (led.status_code, led.json()["id"]) == (410, made.winner_id)
    assert (
        browser(cast, "carol").get(f"/api/v1/customers/party/{made.loser_id}/").status_code == 404
    )
    for wrong in ({}, {"ids": []}, {"ids": ["x"]}, {"ids": [1], "given": {"x": 1}}):
        answer = dora.post(at, json.dumps(wrong), content_type="application/json")
        assert answer.status_code == 422, wrong
