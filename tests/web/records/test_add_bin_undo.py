"""Adding, binning, restoring, verbs, and looking up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from huike.customers.models import Party
from huike.kernel.change.models import Change
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.jobs.claims import claim
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job
from huike.kernel.records import undo
from huike.office.models import Task
from tests.cast import Cast, written
from tests.web.records.test_record_page import address, signed_in

Make = Callable[..., Any]
HX = {"HX-Request": "true"}


def test_quick_create_from_anywhere(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    box = alice.get("/customers/party/quick/", headers=HX).content.decode()
    assert "modal-title" in box
    assert "<html" not in box
    given = {"seen.kind": "", "kind": "person", "seen.name": "", "name": "单雄信"}
    answer = alice.post("/customers/party/quick/", given, headers=HX)
    party = Party.objects.get()
    assert answer.headers["HX-Redirect"] == f"/customers/party/{party.pk}/"
    assert (party.owner, party.department) == (cast.alice, cast.alice.department)


def test_every_form_opens_where_links_are_looked_up_by_typing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firm of any size has more customers than a form can list, and a new row leads nowhere."""
    monkeypatch.setattr("huike.ui.inputs.FEW", -1)
    root = signed_in(cast.root)
    for entity in entities():
        address = f"/{entity.key}/add/"
        assert root.get(address).status_code in (200, 403, 404), address


def test_the_button_new_leads_to_a_form_without_scripts_too(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    page = alice.get("/customers/party/").content.decode()
    found = re.search(r'<a [^>]*href="([^"]+)"[^>]*data-create', page)
    assert found
    assert alice.get(found[1]).status_code == 200


def test_all_mistakes_are_told_at_once_and_all_words_kept(cast: Cast) -> None:
    given = {"name": "", "phone": "abc", "city": "杭州"}
    given |= {f"seen.{name}": "" for name in given}
    answer = signed_in(cast.alice).post("/customers/party/add/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("field-wrong") >= 2 - 1
    assert 'value="abc"' in page
    assert 'value="杭州"' in page
    assert not Party.objects.exists()


def test_who_may_not_add_is_refused(cast: Cast) -> None:
    assert signed_in(cast.bob).get("/customers/party/add/").status_code == 403


def test_the_bin_and_back(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice, name="吴用")
    dora = signed_in(cast.dora)
    answer = dora.post(f"{address(party)}bin/", follow=True)
    assert "/undo/" in answer.content.decode()
    assert dora.get(address(party)).status_code == 410
    assert "吴用" in dora.get("/bin/").content.decode()
    dora.post(f"{address(party)}restore/")
    assert dora.get(address(party)).status_code == 200


def test_who_may_not_bin_can_not(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    assert signed_in(cast.alice).post(f"{address(party)}bin/").status_code == 403
    assert Party.objects.filter(pk=party.pk).exists()


def test_a_verb_is_a_button(cast: Cast, make: Make) -> None:
    task = make(Task, cast.alice, title="打电话")
    alice = signed_in(cast.alice)
    alice.post(f"{address(task)}do/finish/")
    task.refresh_from_db()
    assert task.state == "done"
    assert alice.post(f"{address(task)}do/finish/").status_code == 404


def test_a_long_undo_goes_on_in_the_background(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = make(Party, cast.alice, name="吴用")
    dora = signed_in(cast.dora)
    dora.post(f"{address(party)}bin/")
    group = Change.objects.latest("pk").group
    monkeypatch.setattr(undo, "AT_ONCE", 0)
    for _twice in range(2):  # pressed twice it is still one job
        answer = dora.post(f"/undo/{group}/")
        assert answer.headers["Location"] == "/settings/jobs/"
    job = Job.objects.get(name="records.undo")
    assert job.arguments == {"group": str(group)}
    assert Party.everything.get(pk=party.pk).binned_at is not None
    execute(claim("here"))
    assert Party.objects.get(pk=party.pk) == party
    job.refresh_from_db()
    assert (job.state, job.result["undone"]) == ("done", 1)


def test_nobody_undoes_what_others_did(cast: Cast, make: Make) -> None:
    from huike.kernel.change.models import Change

    party = make(Party, cast.alice, name="吴用")
    signed_in(cast.dora).post(f"{address(party)}bin/")
    group = Change.objects.order_by("-pk")[0].group
    signed_in(cast.alice).post(f"/undo/{group}/")
    assert not Party.objects.filter(pk=party.pk).exists()


def test_lookup_finds_only_what_may_be_seen(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice, name="鲁智深")
    names = signed_in(cast.alice).get("/lookup/customers/party/?q=鲁智").json()["found"]
    assert [one["key"] for one in names] == [party.pk]
    assert signed_in(cast.carol).get("/lookup/customers/party/?q=鲁智").json()["found"] == []
    assert signed_in(cast.alice).get("/lookup/kernel/role/?q=a").status_code == 404


@pytest.mark.once("the contract asks for every page on both")
@pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
def test_every_entity_has_its_pages(cast: Cast, make: Make, entity: Entity) -> None:
    row = make(entity.model, cast.alice)
    mona, base = signed_in(cast.mona), address(row)
    for part in ("", "edit/", "history/", "files/", "peek/", "timeline/"):
        assert mona.get(base + part).status_code == 200, part
    iris = signed_in(cast.iris)
    for part in ("", "edit/", "history/", "files/", "peek/", "timeline/"):
        assert iris.get(base + part).status_code == 403, part
    for name in entity.fields(cast.actor("mona")):
        assert mona.get(f"{base}field/{name}/", headers=HX).status_code == 200, name
