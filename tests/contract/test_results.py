"""What records that only the product writes promise: read like any other, written by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from huike.kernel.access.scope import allowed, may
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.records.verbs import bin_, store
from tests.breadth import EVERYBODY
from tests.cast import SEES, Cast, Make, is_owned
from tests.contract.people import Person, browser, people, words_of

results = [entity for entity in entities() if entity.model.read_only]
every_result = pytest.mark.parametrize("entity", results, ids=lambda e: e.key)
LISTS = ("", "rows/", "export/?kind=csv", "export/?kind=xlsx")
PAGES = ("{pk}/", "{pk}/side/", "{pk}/head/", "{pk}/peek/", "{pk}/timeline/", "{pk}/history/")
FORMS = ("add/", "quick/", "{pk}/edit/")
WRITING = (Op.ADD, Op.EDIT, Op.DELETE, Op.IMPORT)


@every_result
def test_reach_decides_who_reads_and_nobody_writes(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    for name in EVERYBODY:
        actor = cast.actor(name)
        assert allowed(actor, Op.VIEW, row) == (
            name in SEES if is_owned(entity) else name != "iris"
        )
        assert not any(may(actor, entity.model, op) for op in WRITING)
        for write in (store, bin_):
            with pytest.raises(PermissionDenied):
                write(actor, row)


@every_result
def test_pages_and_files_show_what_is_visible(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    wrong = [
        f"{person.name} {page}"
        for person in people(cast, entity, row)
        for page in (*LISTS, *PAGES, *FORMS)
        if not _as_promised(person, entity, row.pk, page)
    ]
    assert not wrong


def _as_promised(person: Person, entity: Entity, pk: int, page: str) -> bool:
    answer: Any = person.client.get(f"/{entity.key}/{page.format(pk=pk)}")
    if page in FORMS:
        return answer.status_code == 403
    if page in PAGES:
        return answer.status_code == (200 if person.sees else 403)
    exports = page.startswith("export")
    if not (person.may_export if exports else person.may_list):
        return answer.status_code == 403
    if answer.status_code != 200:
        return False
    shown = f"/{entity.key}/{pk}/" in words_of(answer)
    return exports or shown == person.sees


@every_result
def test_no_surface_writes_it(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    before = _stored(entity, row.pk)
    name = entity.form_names[0]
    for who in ("mona", "root"):
        client = browser(cast, who)
        for page in ("{pk}/edit/", "{pk}/bin/", "{pk}/cell/{name}/", "add/", "quick/", "import/"):
            client.post(
                f"/{entity.key}/{page.format(pk=row.pk, name=name)}", {name: "9", "version": "1"}
            )
        for act in ("edit", "delete"):
            client.post(
                f"/{entity.key}/act/", {"act": act, "field": name, "value": "9", "key": row.pk}
            )
        for method in ("post", "patch", "put", "delete"):
            for address in ("", "bulk/", f"{row.pk}/"):
                ask = getattr(client, method)
                answer = ask(
                    f"/api/v1/{entity.key}/{address}", "{}", content_type="application/json"
                )
                assert answer.status_code in {403, 404, 405}, (method, address)
    assert _stored(entity, row.pk) == before
    assert entity.model.everything.count() == 1


def _stored(entity: Entity, pk: int) -> dict[str, Any]:
    return dict(entity.model.everything.values().get(pk=pk))
