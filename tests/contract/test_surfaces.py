"""Every entity, every person, every surface: answers are exactly what visible() and rights say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase

from huike.kernel.change.models import Change
from huike.kernel.entity.attachments import hang
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import write
from huike.kernel.files import keep
from huike.kernel.records.record import Record
from tests.cast import SYSTEM, Cast, Make, name_field, written
from tests.contract.people import Person, browser, people, taken_back, words_of

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
May = Callable[[Person], bool]


@dataclass(frozen=True)
class Page:
    """An address that is read: who may, what others get, and whether it names the row's address."""

    name: str
    address: str  # below /room/record/, or from the root with a leading slash
    may: May
    refused: tuple[int, ...] = (403,)
    shows: May | None = None
    ok: tuple[int, ...] = (200,)


def listed(person: Person) -> bool:
    return person.may_list


def sees(person: Person) -> bool:
    return person.sees


PAGES = (
    Page("list", "", listed, shows=sees),
    Page("rows", "rows/", listed, shows=sees),
    Page("totals", "totals/", listed),
    Page("catalogue", "catalogue/", listed),
    Page("views", "views/", listed),
    Page("board", "?face=board", listed),
    Page("chart", "?face=chart", listed),
    Page("calendar", "?face=calendar&by=created_at", listed, shows=sees),
    Page("groups", "?group=created_at", listed),
    Page("record", "{pk}/", sees),
    Page("side", "{pk}/side/", sees),
    Page("head", "{pk}/head/", sees),
    Page("peek", "{pk}/peek/", sees),
    Page("timeline", "{pk}/timeline/", sees),
    Page("history", "{pk}/history/", sees),
    Page("files", "{pk}/files/", sees),
    Page("field", "{pk}/field/{name}/", sees),
    Page("cell", "{pk}/cell/{name}/", sees, (404,)),
    Page("edit", "{pk}/edit/", lambda p: p.edits),
    Page("add", "add/", lambda p: p.may_add),
    Page("quick", "quick/", lambda p: p.may_add),
    Page("csv", "export/?kind=csv", lambda p: p.may_export),
    Page("xlsx", "export/?kind=xlsx", lambda p: p.may_export),
    Page("txt", "export/?kind=txt", lambda p: p.may_export),
    Page("file", "/files/{file}/", sees, (404,)),
)


def address(entity: Entity, template: str, row: Record, **more: Any) -> str:
    filled = template.format(pk=row.pk, name=name_field(entity), **more)
    return filled if filled.startswith("/") else f"/{entity.key}/{filled}"


def ask(person: Person, where: str) -> HttpResponseBase:
    return person.client.get(where)


@every_entity
def test_who_may_read_what(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    stored = keep(SYSTEM, SimpleUploadedFile("a.txt", b"hello"))
    hang(stored, row)
    wrong = []
    for person in people(cast, entity, row):
        for page in PAGES:
            answer: Any = ask(person, address(entity, page.address, row, file=stored.pk))
            expected = page.ok if page.may(person) else page.refused
            if answer.status_code not in expected:
                wrong.append(f"{person.name} {page.name}: {answer.status_code}")
            elif page.shows and answer.status_code == 200:
                shown = f"/{entity.key}/{row.pk}/" in words_of(answer)
                if shown != page.shows(person):
                    wrong.append(f"{person.name} {page.name}: shown {shown}")
    assert not wrong


@every_entity
def test_who_finds_it(entity: Entity, cast: Cast, make: Make) -> None:
    name = name_field(entity)
    row = make(entity.model, cast.alice, **{name: "Quokka Unlikely"})
    wrong = []
    for person in people(cast, entity, row):
        if entity.search and name in entity.search:
            found = f"/{entity.key}/{row.pk}/" in words_of(ask(person, "/find/?q=Quokka"))
            if found != person.sees:
                wrong.append(f"{person.name} find: {found}")
        given: Any = ask(person, f"/lookup/{entity.key}/?q=")
        if (row.pk in {one["key"] for one in given.json()["found"]}) != person.sees:
            wrong.append(f"{person.name} lookup")
        for kind in ("csv", "xlsx", "txt"):
            where = f"/{entity.key}/export/?kind={kind}&columns={name}"
            held = "Quokka Unlikely" in words_of(ask(person, where))
            if held != person.exports:
                wrong.append(f"{person.name} {kind}: {held}")
    assert not wrong


def _posts(entity: Entity, row: Record) -> dict[str, tuple[str, dict[str, Any]]]:
    name = name_field(entity)
    before = getattr(row, name)
    form = {name: "Changed", f"seen.{name}": before, "version": row.version}
    chosen = {"key": [row.pk], "view": ""}
    edit = {"act": "edit", "field_name": name, "how": "set", name: "Changed"}
    return {
        "edit": ("{pk}/edit/", form),
        "field": ("{pk}/field/{name}/", form),
        "cell": ("{pk}/cell/{name}/", form),
        "act edit": ("act/run/", chosen | edit),
        "move": ("{pk}/move/", {"field": name, "value": "Changed"}),
        "act bin": ("act/run/", chosen | {"act": "bin"}),
        "bin": ("{pk}/bin/", {}),
    }


def _now(row: Record, name: str) -> tuple[Any, bool]:
    again = type(row).everything.get(pk=row.pk)
    return getattr(again, name), again.binned_at is not None


@every_entity
def test_who_may_write_what(entity: Entity, cast: Cast, make: Make) -> None:
    row, name = make(entity.model, cast.alice), name_field(entity)
    before = getattr(row, name)
    wrong = []
    for person in people(cast, entity, row):
        for what, (template, given) in _posts(entity, row).items():
            with taken_back():
                answer = person.client.post(address(entity, template, row), given)
                now, binned = _now(row, name)
            done = binned if what.endswith("bin") else now == "Changed"
            may = person.bins if what.endswith("bin") else person.edits
            if done != may or (not may and now != before):
                wrong.append(f"{person.name} {what}: {done} ({answer.status_code})")
            if not person.sees and answer.status_code in {200, 422} and "act" not in what:
                wrong.append(f"{person.name} {what}: answered {answer.status_code}")
    assert not wrong


@every_entity
def test_previews_change_nothing_and_name_only_what_is_seen(
    entity: Entity, cast: Cast, make: Make
) -> None:
    name = name_field(entity)
    row = make(entity.model, cast.alice, **{name: "Quokka Unlikely"})
    wrong = []
    for person in people(cast, entity, row):
        answer = person.client.post(
            f"/{entity.key}/act/preview/", {"act": "bin", "key": [row.pk], "view": ""}
        )
        if _now(row, name)[1]:
            wrong.append(f"{person.name} binned by a preview")
        if "Quokka" in words_of(answer) and not person.sees:
            wrong.append(f"{person.name} reads a preview")
    assert not wrong


@every_entity
def test_who_takes_out_of_the_bin(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    every = list(people(cast, entity, row))
    assert browser(cast, "root").post(f"/{entity.key}/{row.pk}/bin/").status_code == 302
    wrong = []
    for person in every:
        with taken_back():
            answer = person.client.post(f"/{entity.key}/{row.pk}/restore/")
            back = not _now(row, name_field(entity))[1]
        if back != person.bins or answer.status_code != (302 if person.bins else 404):
            wrong.append(f"{person.name}: {back} {answer.status_code}")
        page = person.client.get(f"/{entity.key}/{row.pk}/").status_code
        if page != (410 if person.sees else 403):
            wrong.append(f"{person.name} page: {page}")
    assert not wrong


@every_entity
def test_nobody_undoes_the_work_of_another(entity: Entity, cast: Cast, make: Make) -> None:
    row, name = make(entity.model, cast.alice), name_field(entity)
    write(cast.actor("mona"), entity, row, {name: "Mona's"})
    group = Change.objects.latest("pk").group
    for person in people(cast, entity, row):
        with taken_back():
            person.client.post(f"/undo/{group}/")
            undone = _now(row, name)[0] != "Mona's"
        assert undone == (person.name in {"mona", "root"}), person.name


@every_entity
def test_pins_notes_and_verbs_need_sight(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    posts = {"pin/": {}, "compose/": {"kind": "note", "body": "Hello"}}
    posts |= {f"do/{verb.name}/": {} for verb in entity.verbs if verb.applies(row)}
    wrong = []
    for person in people(cast, entity, row):
        for what, given in posts.items():
            with taken_back():
                status = person.client.post(f"/{entity.key}/{row.pk}/{what}", given).status_code
            if not person.sees and status != 403:
                wrong.append(f"{person.name} {what}: {status}")
            if what == "pin/" and person.sees and status != 200:
                wrong.append(f"{person.name} {what}: {status}")
            if what[:2] == "do" and not person.edits and status not in {403, 404}:
                wrong.append(f"{person.name} {what}: {status}")
    assert not wrong
