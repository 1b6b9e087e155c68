"""Organisations kept apart: databases, sessions, files, jobs; and the first minutes of each."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from huike.customers.models import Party
from huike.kernel import files, organisations
from huike.kernel.actor import Actor
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.staff.door import first, founding
from huike.staff.models import User
from tests.cast import PASSWORD, SYSTEM, Cast, Make

NAME = "second"
WORD = "a word of the second 1"


@pytest.fixture(autouse=True)
def _tables_by_migration() -> Iterator[None]:
    """A new organisation's database is made as in a real firm, not as tests.settings makes it."""
    with override_settings(MIGRATION_MODULES={}):
        yield


@pytest.fixture
def second(cast: Cast) -> Iterator[str]:
    """A further organisation with its administrator "other"."""
    founding.found_organisation(
        SYSTEM, name=NAME, label="城东分公司", person="Other", username="other", password=WORD
    )
    yield NAME
    (settings.HOME / organisations.FILE).unlink()
    organisations.drop_database(NAME)


def sign_in(username: str, password: str, organisation: str) -> Client:
    client = Client()
    given = {"username": username, "password": password, "organisation": organisation}
    client.post("/sign-in/", given)
    return client


@pytest.mark.long
def test_signing_in_to_one_shows_nothing_of_the_other(second: str, cast: Cast, make: Make) -> None:
    root = cast.root
    root.set_password(PASSWORD)
    root.save()
    make(Party, root, name="只在第一个账套")
    here, there = sign_in("root", PASSWORD, "main"), sign_in("other", WORD, second)
    assert "只在第一个账套" in here.get("/customers/party/").content.decode()
    page = there.get("/customers/party/")
    assert page.status_code == 200
    assert "只在第一个账套" not in page.content.decode()
    with organisations.working_for(second):
        assert list(User.objects.values_list("username", flat=True)) == ["other"]
        assert not Party.everything.exists()


@pytest.mark.long
def test_people_of_one_do_not_open_the_other(second: str, cast: Cast) -> None:
    root = cast.root
    root.set_password(PASSWORD)
    root.save()
    assert sign_in("root", PASSWORD, second).get("/account/").status_code == 302
    assert sign_in("other", WORD, "main").get("/account/").status_code == 302


@pytest.mark.long
def test_a_session_is_worth_nothing_in_the_other(second: str, cast: Cast) -> None:
    root = cast.root
    root.set_password(PASSWORD)
    root.save()
    here, there = sign_in("root", PASSWORD, "main"), sign_in("other", WORD, second)
    there.cookies["sessionid"] = here.cookies["sessionid"].value
    assert there.get("/account/").status_code == 302
    here.cookies["huike_organisation"] = "second"  # not signed by us
    assert "root" in here.get("/account/").content.decode()  # still in the first one


@pytest.mark.long
def test_files_and_jobs_do_not_cross(second: str, cast: Cast) -> None:
    actor = cast.actor("root")
    stored = files.keep(actor, SimpleUploadedFile("a.txt", b"first"))
    enqueue(actor, "staff.check_journal")
    with organisations.working_for(second):
        assert not files.StoredFile.objects.exists()
        assert not (files.root() / stored.path).exists()
        assert not Job.objects.exists()
        user = User.objects.get()
        enqueue(Actor(user.name, user.pk), "staff.check_journal")
    assert Job.objects.count() == 1


@pytest.mark.long
def test_only_the_first_one_makes_others(second: str) -> None:
    with organisations.working_for(second), pytest.raises(PermissionDenied):
        _found("third")


def test_only_administrators_make_one(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        founding.found_organisation(
            cast.actor("mona"), name="x", label="x", person="x", username="x", password=WORD
        )


@pytest.mark.parametrize("name", ["main", "Second", "../x", "a b", "1st", "", "x" * 40])
def test_names_that_can_not_be_a_database_are_refused(db: None, name: str) -> None:
    with pytest.raises(ValidationError):
        _found(name)
    assert organisations.names(settings.HOME) == ["main"]


def test_a_weak_password_makes_nothing(db: None) -> None:
    with pytest.raises(ValidationError):
        _found("weak", "short")
    assert organisations.names(settings.HOME) == ["main"]


def _found(name: str, password: str = WORD) -> None:
    founding.found_organisation(
        SYSTEM, name=name, label="x", person="x", username="x", password=password
    )


def test_labels_are_kept_and_old_files_are_read(tmp_path: Path) -> None:
    (tmp_path / organisations.FILE).write_text("branch\nmain 总店\n", "utf8")
    assert organisations.labels(tmp_path) == {"main": "总店", "branch": ""}
    organisations.enter(tmp_path, "branch", "城东 分公司")
    assert organisations.labels(tmp_path)["branch"] == "城东 分公司"
    assert organisations.names(tmp_path) == ["main", "branch"]


FIRST = {"firm": "回客", "name": "Ann", "username": "ann", "password": "long enough 12"}


def test_the_first_visitor_from_this_machine_sets_up(db: None) -> None:
    client = Client(headers={"host": "127.0.0.1:8000"})
    assert client.post("/set-up/", FIRST).status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.get("/set-up/").status_code == 302  # once


@pytest.mark.parametrize(
    "client",
    [
        Client(REMOTE_ADDR="192.168.1.9", headers={"host": "127.0.0.1"}),
        Client(headers={"host": "127.0.0.1", "x-forwarded-for": "203.0.113.5"}),
        Client(headers={"host": "testserver"}),
    ],
    ids=["from another machine", "through a proxy", "under a name"],
)
def test_from_elsewhere_a_code_is_asked_for(db: None, client: Client) -> None:
    assert client.post("/set-up/", FIRST).status_code == 422
    assert client.post("/set-up/", {**FIRST, "code": "guess"}).status_code == 422
    assert not User.objects.exists()
    code = first.set_up_code(settings.HOME)
    file = settings.HOME / first.CODE_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert client.post("/set-up/", {**FIRST, "code": code}).status_code == 302
    assert not file.exists()
