"""A field that a role hides or masks is given away by no surface, though it names the row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client

from huike.kernel.access.models import FieldLimit
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.entity.writing import write
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.words import LongText, Text
from huike.kernel.lists.models import Pin, Visit
from huike.kernel.records.record import Record
from huike.kernel.search.documents import searched
from tests.breadth import stands
from tests.cast import SYSTEM, Cast, Make, name_field, written
from tests.contract.people import browser, words_of

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
# The API (tests/api/test_records.py) and search, below, ask the same of both databases.
in_python = pytest.mark.once("what a field gives away is decided after the row was read")
SECRET = "Zyzzyva"


def secrets(entity: Entity) -> dict[str, str]:
    """Return a secret for each field of free text of the entity."""
    return {
        name: f"{SECRET} {number}"
        for number, (name, f) in enumerate(entity.fields(SYSTEM).items())
        if type(f.kind) in {Text, LongText} and f.editable and not f.is_custom
    }


def links_to(entity: Entity) -> list[tuple[Entity, str]]:
    """Return every (entity, link) that leads to the entity."""
    return [
        (other, f.name)
        for other in entities()
        for f in other.model._meta.concrete_fields
        if isinstance(f, models.ForeignKey)
        and f.related_model is entity.model
        and f.name in other.field_names
    ]


def linking(entity: Entity) -> list[tuple[Entity, str]]:
    """Return the links whose pages are looked at: of some records in a short run."""
    return [(other, name) for other, name in links_to(entity) if stands(other.key)]


def own_addresses(entity: Entity, row: Record) -> list[str]:
    key, one, name = entity.key, f"/{entity.key}/{row.pk}/", name_field(entity)
    query = f"filter={quote(json.dumps([name, 'contains', SECRET]))}"
    lists = ("", "rows/", "?face=board", "?face=chart", "?face=calendar&by=created_at")
    lists += ("export/?kind=csv",)
    lists += ("export/?kind=xlsx", "export/?kind=txt", f"?sort={name}", f"?{query[:40]}", "add/")
    ones = ("", "side/", "head/", "peek/", "timeline/", "history/", "files/", "edit/")
    ones += (f"field/{name}/", f"cell/{name}/")
    fields = list(secrets(entity))
    return [
        *(f"/{key}/{tail}" for tail in lists),
        f"/{key}/export/?kind=csv&columns={','.join(fields)}",
        f"/{key}/?columns={','.join(fields)}",
        *(one + tail for tail in ones),
        f"/lookup/{key}/?q=",
        "/",
        "/find/",
        "/bin/",
    ]


def linking_addresses(other: Entity, link: str, target: Record, row: Record) -> Iterator[str]:
    one, chip = f"/{other.key}/{row.pk}/", quote(json.dumps([link, "in", [target.pk]]))
    yield f"/{other.key}/?columns={link}"
    yield f"/{other.key}/?filter={chip}"
    yield f"/{other.key}/?group={link}"
    yield f"/{other.key}/catalogue/?filter={chip}"
    yield f"/{other.key}/export/?kind=csv&columns={link}"
    yield f"/{other.key}/?face=calendar&by=created_at"
    yield from (one + tail for tail in ("", "peek/", "history/", "timeline/", "edit/"))
    yield f"/{other.key}/quick/"


def leaks(client: Client, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        answer: Any = client.get(address)
        if answer.status_code >= 500:
            found.append(f"{address}: {answer.status_code}")
        elif SECRET.casefold() in words_of(answer).casefold().replace("%22zyzzyva", ""):
            found.append(address)
    return found


@every_entity
@in_python
def test_what_is_closed_shows_nowhere(entity: Entity, cast: Cast, make: Make) -> None:
    given = secrets(entity)
    row = make(entity.model, cast.mona)
    write(cast.actor("root"), entity, row, given)
    assert len(leaks(browser(cast, "root"), own_addresses(entity, row))) > 8  # the test can tell
    others = [(o, n, make(o.model, cast.mona, **{n: row})) for o, n in linking(entity)]
    mine = {"user": cast.mona, "record": entity.model.label(), "record_id": row.pk}
    Pin.objects.create(**mine)
    Visit.objects.create(**mine)
    client = browser(cast, "mona")
    found: dict[str, list[str]] = {"masked": [], "hidden": []}
    for right, told in found.items():
        close(cast, entity, given, right)
        told += leaks(client, own_addresses(entity, row))
        for other, link, one in others:
            told += leaks(client, list(linking_addresses(other, link, row, one)))
    assert found == {"masked": [], "hidden": []}


def close(cast: Cast, entity: Entity, names: Iterable[str], right: str) -> None:
    """Mask or hide these fields from Mona."""
    limits = {"role": cast.mona.roles.get(), "record": entity.model.label()}
    FieldLimit.objects.filter(**limits).delete()
    for name in names:
        FieldLimit.objects.create(field=name, right=right, **limits)


@every_entity
@in_python
def test_toasts_and_previews_keep_the_secret(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.mona)
    write(cast.actor("root"), entity, row, secrets(entity))
    close(cast, entity, secrets(entity), "masked")
    client = browser(cast, "mona")
    chosen = {"act": "bin", "key": [row.pk], "view": ""}
    said = words_of(client.post(f"/{entity.key}/act/preview/", chosen))
    said += words_of(client.post(f"/{entity.key}/{row.pk}/bin/", follow=True))
    said += words_of(client.get("/bin/")) + words_of(client.get(f"/{entity.key}/{row.pk}/"))
    said += words_of(client.post(f"/{entity.key}/{row.pk}/restore/", follow=True))
    assert SECRET not in said


@every_entity
def test_a_closed_name_is_not_searched(entity: Entity, cast: Cast, make: Make) -> None:
    if entity not in searched():
        pytest.skip("is not searched")
    row = make(entity.model, cast.mona)
    write(cast.actor("root"), entity, row, secrets(entity))
    close(cast, entity, secrets(entity), "masked")
    mine, roots = browser(cast, "mona"), browser(cast, "root")
    for address in (f"/find/?q={SECRET}", f"/lookup/{entity.key}/?q={SECRET}"):
        marks = (f"/{entity.key}/{row.pk}/", f'"key": {row.pk},')
        assert any(mark in words_of(roots.get(address)) for mark in marks)
        assert not any(mark in words_of(mine.get(address)) for mark in marks)


LINKS = [link for entity in written() for link in links_to(entity)]


@pytest.mark.parametrize(("entity", "link"), LINKS, ids=lambda x: getattr(x, "key", x))
def test_a_name_out_of_sight_is_answered_like_none(
    entity: Entity, link: str, cast: Cast, make: Make
) -> None:
    target = entity.model._meta.get_field(link).related_model
    hidden = make(target, cast.mona)
    kind = entity.fields(cast.actor("iris"))[link].kind
    assert isinstance(kind, Link)
    answers = []
    for name in (str(hidden), "nobody is called that"):
        with pytest.raises(ValidationError) as refused:
            kind.parse(name)
        answers.append(str(refused.value).replace(name, "…"))
    assert answers[0] == answers[1]
