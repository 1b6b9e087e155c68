"""Names that try to be markup, SQL, templates or formulas are shown as the text they are."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from huike.kernel.entity.entity import Entity
from huike.kernel.lists.models import Pin
from tests.cast import Cast, Make, name_field, written
from tests.contract.people import browser, words_of

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=1>',
    "'; DROP TABLE customers_party; --",
    "{{7*7}}",
    '=HYPERLINK("http://x","y")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
)


OF_ONE = ("", "side/", "peek/", "head/", "history/", "timeline/", "edit/", "files/")
OF_ALL = ("", "rows/", "?face=board", "?face=chart", "?face=calendar&by=created_at")
templates_escape = pytest.mark.once("it is templates and writers of files that escape")


@every_entity
@templates_escape
def test_hostile_names_are_only_text(entity: Entity, cast: Cast, make: Make) -> None:
    client, name, wrong = browser(cast, "mona"), name_field(entity), []
    rows = {text: make(entity.model, cast.mona, **{name: text}) for text in HOSTILE}
    for row in rows.values():
        Pin.objects.create(user=cast.mona, record=entity.model.label(), record_id=row.pk)
    ones = [f"/{entity.key}/{row.pk}/{tail}" for row in rows.values() for tail in OF_ONE]
    lists = [f"/{entity.key}/{tail}" for tail in OF_ALL]
    said = {}
    for address in (*ones, *lists, "/", "/find/?q=alert"):
        answer: Any = client.get(address)
        said[address] = html = answer.content.decode()
        if answer.status_code >= 400:
            wrong.append(f"{address}: {answer.status_code}")
        if "<script>alert" in html or "<img src=x" in html:
            wrong.append(address)
    for text, row in rows.items():
        if "{{" in text and text not in said[f"/{entity.key}/{row.pk}/"]:
            wrong.append("a name was taken for a template")
    assert not wrong


@every_entity
def test_a_hostile_name_can_be_typed_binned_and_taken_back(
    entity: Entity, cast: Cast, make: Make
) -> None:
    client, name = browser(cast, "mona"), name_field(entity)
    for text in HOSTILE[:2]:
        row = make(entity.model, cast.mona)
        given = {name: text, f"seen.{name}": getattr(row, name), "version": row.version}
        said = words_of(client.post(f"/{entity.key}/{row.pk}/edit/", given, follow=True))
        row.refresh_from_db()
        assert getattr(row, name) == text
        chosen = {"act": "bin", "key": [row.pk], "view": ""}
        said += words_of(client.post(f"/{entity.key}/act/preview/", chosen))
        said += words_of(client.post(f"/{entity.key}/{row.pk}/bin/", follow=True))
        said += words_of(client.get("/bin/"))
        said += words_of(client.post(f"/{entity.key}/{row.pk}/restore/", follow=True))
        assert "<script>alert" not in said
        assert "<img src=x" not in said


@every_entity
@templates_escape
def test_files_carry_no_formula(entity: Entity, cast: Cast, make: Make) -> None:
    client, name = browser(cast, "mona"), name_field(entity)
    for text in HOSTILE:
        make(entity.model, cast.mona, **{name: text})
    for kind, mark in (("csv", ","), ("txt", "\t")):
        told = client.get(f"/{entity.key}/export/?kind={kind}&columns={name}")
        raw = b"".join(told.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        cells = [cell for line in csv.reader(io.StringIO(raw), delimiter=mark) for cell in line]
        assert len(cells) > len(HOSTILE)
        assert not [cell for cell in cells if cell[:1] in {"=", "@", "+"}]
