"""What every record promises at the API: rights, fields, history, versions, bin, bulk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.kernel.access.models import FieldLimit
from huike.kernel.access.scope import allowed, visible
from huike.kernel.actor import Op
from huike.kernel.change.models import Entry
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import write
from tests.api.conftest import CallerOf, rows, told, url
from tests.breadth import ASKED
from tests.cast import Cast, Make, is_owned, name_field, with_each, written

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


@every_entity
@pytest.mark.once("refused before a row of the product is asked for")
def test_strangers_are_asked_who_they_are(entity: Entity, api: CallerOf, make: Make) -> None:
    row = make(entity.model)
    for method, path in (
        ("GET", url(entity)),
        ("POST", url(entity)),
        ("GET", url(entity, row.pk)),
        ("PATCH", url(entity, row.pk)),
        ("DELETE", url(entity, row.pk)),
        ("POST", url(entity, row.pk, "restore/")),
        ("GET", url(entity, row.pk, "history/")),
        ("GET", url(entity, row.pk, "files/")),
        ("POST", url(entity, rest="bulk/")),
    ):
        answer = api().call(method, path, {} if method in {"POST", "PATCH"} else None)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@every_entity
def test_lists_and_rows_show_what_is_visible(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    row = make(entity.model, cast.alice)
    make(entity.model, cast.carol)
    for name in ASKED:
        actor, caller = cast.actor(name), api(name)
        seen = set(visible(actor, entity.model).values_list("pk", flat=True))
        answer = caller.get(url(entity))
        if name == "iris":
            assert answer.status_code == 403
        else:
            assert {one["id"] for one in rows(answer)} == seen, name
        for rest in ("", "history/", "files/"):
            found = caller.get(url(entity, row.pk, rest)).status_code
            assert found == (200 if row.pk in seen else 404), (name, rest)


@every_entity
def test_edit_and_bin_follow_the_grants(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    field = name_field(entity)
    for name in ASKED:
        row, actor, caller = make(entity.model, cast.alice), cast.actor(name), api(name)
        seen, edits = allowed(actor, Op.VIEW, row), allowed(actor, Op.EDIT, row)
        bins = allowed(actor, Op.DELETE, row)
        changed = caller.patch(url(entity, row.pk), {field: f"By {name}"})
        assert changed.status_code == (200 if edits else 403 if seen else 404), name
        row.refresh_from_db()
        assert (getattr(row, field) == f"By {name}") == edits
        binned = caller.delete(url(entity, row.pk))
        assert binned.status_code == (204 if bins else 403 if seen else 404), name
        assert entity.model.objects.filter(pk=row.pk).exists() != bins
        back = caller.post(url(entity, row.pk, "restore/"))
        assert back.status_code == (200 if bins else 404), name


@every_entity
def test_a_record_is_added_and_journaled(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    body = _new(entity, cast, make)
    answer = api("mona").post(url(entity), body)
    if not entity.can_add:
        assert answer.status_code == 405
        return
    row = told(answer, 201)
    assert answer.headers["Location"] == url(entity, row["id"])
    assert {name: row[name] for name in body} == body
    entry = Entry.objects.filter(record=entity.model.label(), record_id=row["id"]).latest("pk")
    assert (entry.change.actor, entry.change.via) == ("mona", "api")
    assert str(entry.change.group) == answer.headers["Huike-Change"]
    for name in ("bob", "iris"):
        assert api(name).post(url(entity), body).status_code == 403


@every_entity
def test_what_is_unknown_or_wrong_is_told_by_field(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    row, mona = make(entity.model, cast.alice), api("mona")
    field = name_field(entity)
    body = {"nonsense": 1, field: {"a": 1}, "id": 7, "extra": {"none": 1}, "created_by": "me"}
    problem = told(mona.patch(url(entity, row.pk), body), 422)
    assert problem["errors"].keys() == {"nonsense", field, "id", "extra.none", "created_by"}
    row.refresh_from_db()
    assert row.version == 1


@every_entity
def test_versions_meet(entity: Entity, cast: Cast, api: CallerOf, make: Make) -> None:
    row, mona, field = make(entity.model, cast.alice), api("mona"), name_field(entity)
    at = url(entity, row.pk)
    tag = mona.get(at).headers["ETag"]
    answer = mona.patch(at, {field: "One"}, If_Match=tag)
    assert told(answer)["version"] == 2
    assert answer.headers["ETag"] == '"2"'
    late = told(mona.patch(at, {field: "Two"}, If_Match=tag), 412)
    assert (late["given_version"], late["current_version"]) == (1, 2)
    assert late["current"][field] == "One"
    conflict = told(mona.patch(at, {field: "Two", "version": 1}), 409)
    assert (conflict["given_version"], conflict["current_version"]) == (1, 2)
    assert mona.delete(at, If_Match='"1"').status_code == 412
    assert mona.patch(at, {field: "Three", "version": 2}).status_code == 200
    assert mona.delete(at, If_Match='"3"').status_code == 204


@every_entity
@pytest.mark.parametrize("right", ["hidden", "masked"])
def test_closed_fields_show_nowhere(
    entity: Entity, right: str, cast: Cast, api: CallerOf, make: Make
) -> None:
    field = name_field(entity)
    row = make(entity.model, cast.alice, **{field: "Secret Name"})
    write(cast.actor("mona"), entity, row, {field: "Secret Other"})
    limits = {"record": entity.model.label(), "field": field, "right": right}
    FieldLimit.objects.create(role=cast.bob.roles.get(), **limits)
    bob = api("bob")
    for path in (
        url(entity),
        url(entity, row.pk),
        url(entity, row.pk, "history/"),
        "/api/v1/search/?q=Secret",
    ):
        assert b"Secret" not in bob.get(path).content, path
    for query in (f'filter=["{field}","contains","Secret"]', f"sort={field}", f"group={field}"):
        answer = bob.get(f"{url(entity)}?{query}")
        assert answer.status_code == 400, query
        assert b"Secret" not in answer.content.replace(query.encode(), b"")
    hidden = bob.get(f"{url(entity)}?fields={field}").status_code
    assert hidden == (400 if right == "hidden" else 200)
    FieldLimit.objects.create(role=cast.mona.roles.get(), **{**limits, "right": "read"})
    refused = told(api("mona").patch(url(entity, row.pk), {field: "Changed"}), 422)
    assert list(refused["errors"]) == [field]


CUSTOM: dict[str, tuple[dict[str, Any], Any, Any, str, Any]] = {
    # kind: (settings, given, told, operator, value that finds it)
    "text": ({}, "粤B12345", "粤B12345", "contains", "B123"),
    "number": ({}, 1234.5, "1234.5", "gt", 1000),
    "money": ({}, "88", "88.00", "between", [80, 90]),
    "date": ({}, "2026-01-02", "2026-01-02", "is", "2026-01-02"),
    "choice": ({"choices": ["红", "蓝"]}, "红", "红", "in", ["红"]),
    "choices": ({"choices": ["红", "蓝"]}, ["蓝", "红"], ["红", "蓝"], "contains", "蓝"),
    "yes_no": ({}, True, True, "yes", None),
    "link": ({"target": "staff.Department"}, ..., ..., "filled", None),
}


@pytest.mark.parametrize(("entity", "kind"), with_each(CUSTOM), ids=lambda x: getattr(x, "key", x))
def test_custom_fields_are_written_read_and_found(
    entity: Entity, kind: str, cast: Cast, api: CallerOf, make: Make
) -> None:
    settings, given, shown, op, value = CUSTOM[kind]
    if given is ...:
        given = shown = cast.departments["north"].pk
    CustomField.objects.create(
        record=entity.model.label(), name="extra_one", label="Extra", kind=kind, **settings
    )
    row, mona = make(entity.model, cast.alice), api("mona")
    make(entity.model, cast.alice)
    done = told(mona.patch(url(entity, row.pk), {"extra": {"extra_one": given}}))
    assert done["extra"] == {"extra_one": shown, "_own": []}
    query = f"filter={_json(['extra.extra_one', op, value])}"
    assert [one["id"] for one in rows(mona.get(f"{url(entity)}?{query}"))] == [row.pk]
    (entry, *_rest) = rows(mona.get(url(entity, row.pk, "history/")))
    assert [d["field"] for d in entry["differences"]] == ["extra.extra_one"]


@every_entity
@pytest.mark.once("questions are counted, not answers")
@pytest.mark.long
def test_a_list_of_fifty_costs_a_fixed_number_of_queries(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    dora, counts = api("dora"), []
    dora.get(url(entity))
    for number in (2, 48):
        for _ in range(number):
            make(entity.model, cast.alice)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            dora.get(f"{url(entity)}?size=200" + "".join(f"&fields={_all(entity)}"))
        counts.append(len(asked))
    assert counts[0] == counts[1] < 25, counts


@every_entity
def test_pages_meet_without_gap_or_double(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    made = {make(entity.model, cast.alice).pk for _ in range(7)}
    mona, found, after = api("mona"), [], ""
    for _page in range(50):
        page = told(mona.get(f"{url(entity)}?size=3&sort=created_at&after={after}&count=true"))
        found += [one["id"] for one in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert len(found) == len(set(found)) == page["count"]
    assert made <= set(found)


@every_entity
def test_bulk_asks_for_each_row(entity: Entity, cast: Cast, api: CallerOf, make: Make) -> None:
    if not is_owned(entity):
        pytest.skip("belongs to the whole firm")
    mine, other = make(entity.model, cast.alice), make(entity.model, cast.carol)
    alice, field = api("alice"), name_field(entity)
    update = [{"id": mine.pk, field: "Mine"}, {"id": other.pk, field: "Not mine"}]
    problem = told(alice.post(url(entity, rest="bulk/"), {"update": update}), 422)
    assert [name.rpartition(".")[0] or name for name in problem["errors"]] == ["update"]
    mine.refresh_from_db()
    assert mine.version == 1
    body = {"update": update, "delete": [mine.pk], "partial": True}
    done = told(alice.post(url(entity, rest="bulk/"), body))
    assert [one["id"] for one in done["updated"]] == [mine.pk]
    assert [(r["list"], r["index"]) for r in done["refused"]] == [("update", 1), ("delete", 0)]
    other.refresh_from_db()
    assert other.version == 1


@every_entity
def test_bulk_adds_changes_and_bins_and_is_undone_as_one(
    entity: Entity, cast: Cast, api: CallerOf, make: Make
) -> None:
    if not entity.can_add:
        pytest.skip("not added by hand")
    one, two = make(entity.model, cast.alice), make(entity.model, cast.alice)
    mona, field = api("mona"), name_field(entity)
    body = {
        "create": [_new(entity, cast, make)],
        "update": [{"id": one.pk, field: "Changed", "version": 1}],
        "delete": [two.pk],
    }
    answer = mona.post(url(entity, rest="bulk/"), body)
    done = told(answer)
    assert [len(done[n]) for n in ("created", "updated", "deleted", "refused")] == [1, 1, 1, 0]
    undone = told(mona.post("/api/v1/undo/", {"change": answer.headers["Huike-Change"]}))
    assert (undone["count"], undone["left"]) == (3, [])


def _new(entity: Entity, cast: Cast, make: Make) -> dict[str, Any]:
    """Return a body that adds a record: what is filled in one that is there."""
    from huike.api.openapi.components import fixed
    from huike.api.records.values import told as value_of

    twin = make(entity.model, cast.alice)
    wanted = {f.name: f for f in fixed(entity) if f.is_writable}
    filled = {name: value_of(f, twin) for name, f in wanted.items()}
    body = {name: value for name, value in filled.items() if value not in (None, "", [])}
    for name in body:
        if wanted[name].unique:
            body[name] = "another one"
    return body


def _all(entity: Entity) -> str:
    return ",".join([*entity.field_names, *(p.name for p in entity.parts)])


def _json(value: Any) -> str:
    import json
    from urllib.parse import quote

    return quote(json.dumps(value))
