"""The pages of set-up: who may open them, and what they do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.access.models import Grant, Role
from huike.kernel.actor import Op
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entities
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.jobs.worker import run_worker
from huike.staff.models import Department, User
from tests.cast import SYSTEM, Cast, Make

CLOSED = (
    "departments/",
    "people/",
    "people/add/",
    "roles/",
    "roles/add/",
    "why/",
    "fields/",
    "organisations/",
    "journal/",
)


@pytest.fixture(autouse=True)
def _passwords(cast: Cast) -> None:
    for user in cast.users.values():
        user.set_unusable_password()
        user.save()


@pytest.fixture
def root(cast: Cast, client: Client) -> Client:
    client.force_login(cast.root)
    return client


@pytest.mark.parametrize("page", CLOSED)
def test_only_administrators_open_set_up(cast: Cast, page: str) -> None:
    for name in ("alice", "mona", "iris"):
        client = Client()
        client.force_login(cast.users[name])
        assert client.get(f"/settings/{page}").status_code == 403, name
        assert client.post(f"/settings/{page}", {"name": "x"}).status_code in {403, 405}
    client.force_login(cast.root)
    assert client.get(f"/settings/{page}").status_code == 200
    assert Client().get(f"/settings/{page}").status_code == 302


def test_everybody_has_a_first_page_and_jobs(cast: Cast, client: Client) -> None:
    client.force_login(cast.iris)
    text = client.get("/settings/").content.decode()
    assert "/account/" in text
    assert "/settings/roles/" not in text
    assert client.get("/settings/jobs/").status_code == 200


def test_departments_are_added_renamed_moved_and_binned(root: Client, cast: Cast) -> None:
    firm, south = cast.departments["firm"], cast.departments["south"]
    root.post("/settings/departments/", {"name": "west", "parent": firm.pk})
    west = Department.objects.get(name="west")
    root.post(f"/settings/departments/{west.pk}/", {"name": "far west"})
    root.post(f"/settings/departments/{west.pk}/move/", {"parent": south.pk, "place": 0})
    west.refresh_from_db()
    assert (west.name, west.parent_id) == ("far west", south.pk)
    assert root.get(f"/settings/departments/{west.pk}/").status_code == 200
    part = {"HX-Request": "true", "HX-Target": "departments"}
    move = {"parent": firm.pk, "place": 1}
    answer = root.post(f"/settings/departments/{west.pk}/move/", move, headers=part)
    assert "far west" in answer.content.decode()
    assert "undo" in answer.headers["HX-Trigger"]
    root.post(f"/settings/departments/{west.pk}/bin/")
    assert not Department.objects.filter(pk=west.pk).exists()


def test_a_person_is_added_changed_and_closed(root: Client, cast: Cast) -> None:
    role = Role.objects.get(name="alice")
    given: dict[str, Any] = {
        "name": "Erin",
        "username": "erin",
        "password": "long enough 12",
        "department": cast.departments["south"].pk,
        "roles": [role.pk],
    }
    assert root.post("/settings/people/add/", {**given, "password": "short"}).status_code == 422
    assert root.post("/settings/people/add/", given).status_code == 302
    erin = User.objects.get(username="erin")
    assert erin.check_password("long enough 12")
    theirs = Client()
    theirs.post("/sign-in/", {"username": "erin", "password": "long enough 12"})
    assert theirs.get("/account/").status_code == 200
    root.post(f"/settings/people/{erin.pk}/", {**given, "active_asked": "1"})
    assert theirs.get("/account/").status_code == 302
    assert not User.objects.get(pk=erin.pk).is_active


def test_security_of_a_person(root: Client, cast: Cast) -> None:
    alice, here = cast.alice, f"/settings/people/{cast.alice.pk}/"
    User.objects.filter(pk=alice.pk).update(
        locked_until=timezone.now() + timedelta(hours=1), second_factor="ABC:1"
    )
    for name in ("unlock", "second", "sessions"):
        assert root.post(f"{here}do/{name}/").status_code == 302
    root.post(f"{here}do/password/", {"password": "long enough 12"})
    alice.refresh_from_db()
    assert (alice.locked_until, alice.second_factor) == (None, "")
    assert alice.check_password("long enough 12")
    assert "long enough" not in str(list(Entry.objects.values_list("fields", flat=True)))


def test_the_matrix_saves_cells_rows_and_columns(root: Client) -> None:
    role = Role.objects.get(name="iris")
    given = {"name": "iris", "customers.party:view": "department", "row:office.task": "own"}
    given["column:export"] = "all"
    root.post(f"/settings/roles/{role.pk}/", given)
    reach = {(g.record, g.op): g.reach for g in Grant.objects.filter(role=role)}
    assert reach["customers.party", "view"] == "department"
    assert reach["office.task", "delete"] == "own"
    assert reach["catalog.product", "export"] == "all"
    assert ("customers.party", "edit") not in reach


def test_the_matrix_offers_only_what_can_be_done_to_a_record(root: Client) -> None:
    role = Role.objects.get(name="iris")
    page = root.get(f"/settings/roles/{role.pk}/").content.decode()
    for entity in entities():
        label, able = entity.model.label(), {"view", "export"}
        if not entity.model.read_only:
            able |= {"add", "edit", "delete"} | ({"import"} if entity.can_add else set())
        assert {op for op in Op.values if f'name="{label}:{op}"' in page} == able
    root.post(f"/settings/roles/{role.pk}/", {"name": "iris", "column:edit": "all"})
    granted = set(Grant.objects.filter(role=role, op="edit").values_list("record", flat=True))
    assert granted == {e.model.label() for e in entities() if not e.model.read_only}


def test_the_last_administrator_is_told_why_not(root: Client) -> None:
    role = Role.objects.get(name="root")
    assert root.post(f"/settings/roles/{role.pk}/", {"name": "root"}).status_code == 422
    assert Role.objects.get(name="root").is_administrator


def test_field_rights_of_a_role(root: Client) -> None:
    role = Role.objects.get(name="alice")
    here = f"/settings/roles/{role.pk}/customers/party/"
    assert root.get(here).status_code == 200
    root.post(here, {"f:phone": "masked"})
    assert role.field_limits.get().right == "masked"  # type: ignore[attr-defined]


@pytest.mark.parametrize("where", ["{pk}", "http://x/customers/party/{pk}/", "999999", ""])
def test_why_somebody_does_not_see_it(root: Client, cast: Cast, make: Make, where: str) -> None:
    row = make(Party, cast.carol)
    asked = {"person": cast.alice.pk, "record": "customers/party", "where": where.format(pk=row.pk)}
    page = root.get("/settings/why/", asked)
    assert page.status_code == 200
    if "{pk}" in where:
        assert "carol" in page.content.decode()  # whose it is: administrators may know
        assert "south" in page.content.decode()


def test_the_journal_tells_who_did_what(root: Client, cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice, name="旧名")
    with change(cast.actor("alice"), "customers.party.edit"):
        row.name = "新名"
        row.save()
    page = root.get("/settings/journal/").content.decode()
    assert "旧名" in page
    assert "新名" in page
    for asked, found in (
        ({"person": cast.alice.pk}, True),
        ({"person": cast.bob.pk}, False),
        ({"record": "customers.party", "key": row.pk}, True),
        ({"record": "catalog.product"}, False),
        ({"kind": "edit"}, True),
        ({"kind": "export"}, False),
        ({"first": str(timezone.localdate()), "last": str(timezone.localdate())}, True),
        ({"last": str(timezone.localdate() - timedelta(days=1))}, False),
        ({"first": str(timezone.localdate() + timedelta(days=1))}, False),
        ({"first": "2026-13-45"}, True),
    ):
        assert ("新名" in root.get("/settings/journal/", asked).content.decode()) is found, asked


def test_the_journal_is_paged_by_key(root: Client, cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    for number in range(45):
        with change(cast.actor("alice"), "customers.party.edit"):
            row.name = f"名{number:02}"
            row.save()
    page = root.get("/settings/journal/").content.decode()
    assert "名44" in page
    assert "名01" not in page
    oldest = Change.objects.order_by("-pk")[39].pk
    assert f"before={oldest}" in page
    assert "名01" in root.get("/settings/journal/", {"before": oldest}).content.decode()


def test_a_change_is_opened_and_undone_from_the_journal(
    root: Client, cast: Cast, make: Make
) -> None:
    row = make(Party, cast.alice, name="旧名")
    with change(cast.actor("alice"), "customers.party.edit") as work:
        row.name = "新名"
        row.save()
    done = Change.objects.get(group=work.group)
    page = root.get(f"/settings/journal/{done.pk}/").content.decode()
    assert f"/undo/{work.group}/" in page
    root.post(f"/undo/{work.group}/")
    assert Party.objects.get(pk=row.pk).name == "旧名"


@pytest.mark.django_db(transaction=True)
def test_the_chain_is_checked_by_a_job(root: Client, cast: Cast, make: Make) -> None:
    make(Party, cast.alice)
    root.post("/settings/journal/check/")
    run_worker(once=True)
    assert Job.objects.latest("pk").result["broken"] == []
    entry = Entry.objects.filter(record="customers.party").latest("pk")
    Entry.objects.filter(pk=entry.pk).update(fields={"name": [None, "forged"]})
    root.post("/settings/journal/check/")
    run_worker(once=True)
    assert Job.objects.latest("pk").result["broken"]
    assert 'role="alert"' in root.get("/settings/journal/").content.decode()


def test_jobs_are_ones_own(root: Client, cast: Cast) -> None:
    job = enqueue(cast.actor("alice"), "staff.check_journal")
    theirs, other = Client(), Client()
    theirs.force_login(cast.alice)
    other.force_login(cast.bob)
    at = f"/settings/jobs/{job.pk}/cancel/"
    assert at in theirs.get("/settings/jobs/").content.decode()
    assert at not in other.get("/settings/jobs/?whose=all").content.decode()
    assert at in root.get("/settings/jobs/?whose=all").content.decode()
    assert other.post(at).status_code == 403
    theirs.post(at)
    job.refresh_from_db()
    assert job.state == "cancelled"
    theirs.post(f"/settings/jobs/{job.pk}/again/")
    job.refresh_from_db()
    assert job.state == "waiting"


def test_nothing_is_saved_outside_the_journal(root: Client, cast: Cast) -> None:
    before = Change.objects.count()
    root.post("/settings/roles/add/", {"name": "新角色", "customers.party:view": "all"})
    role = Role.objects.get(name="新角色")
    entries = Entry.objects.filter(record="kernel.role", record_id=role.pk)
    assert Change.objects.count() == before + 1
    assert {name for e in entries for name in e.fields} >= {"name", "grant:customers.party:view"}
    assert SYSTEM.name not in set(entries.values_list("change__actor", flat=True))
