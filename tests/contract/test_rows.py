"""What every record promises below the surfaces: reach, journal, bin, undo, conflicts, fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.kernel.access.models import FieldLimit
from huike.kernel.access.scope import allowed, visible
from huike.kernel.actor import Op
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import UnjournaledWrite, change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Refused, write
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import bin_all, create_all, edit_all
from huike.kernel.records.record import Conflict
from huike.kernel.records.undo import undo
from huike.kernel.records.verbs import bin_, restore, store
from tests.cast import (
    BINS,
    EDITS,
    EVERYBODY,
    SEES,
    SYSTEM,
    Cast,
    Make,
    is_owned,
    makers,
    name_field,
    written,
)

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


@every_entity
def test_has_a_maker(entity: Entity) -> None:
    assert entity.model in makers()


@every_entity
def test_reach_decides_who_sees_edits_and_bins(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    for name in EVERYBODY:
        actor = cast.actor(name)
        owned = is_owned(entity)
        assert allowed(actor, Op.VIEW, row) == (name in SEES if owned else name != "iris"), name
        if owned:
            assert allowed(actor, Op.EDIT, row) == (name in EDITS), name
            assert allowed(actor, Op.DELETE, row) == (name in BINS), name


@every_entity
def test_nobody_writes_what_is_out_of_reach(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    for name in EVERYBODY:
        if allowed(cast.actor(name), Op.EDIT, row):
            continue
        with pytest.raises(PermissionDenied):
            store(cast.actor(name), row)
        with pytest.raises(PermissionDenied):
            bin_(cast.actor(name), row)


@every_entity
def test_nobody_gives_a_row_away_beyond_their_reach(entity: Entity, cast: Cast, make: Make) -> None:
    if entity.model.scope.owner != "owner":
        pytest.skip("belongs to whoever owns its parent, or to the firm")
    row = make(entity.model, cast.alice)
    row.owner, row.department = cast.carol, cast.carol.department
    with pytest.raises(PermissionDenied):
        store(cast.actor("alice"), row)
    row.refresh_from_db()
    assert row.owner == cast.alice


@every_entity
def test_no_write_escapes_the_journal(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    with pytest.raises(UnjournaledWrite):
        row.save()
    with change(SYSTEM, "test.delete"), pytest.raises(ValidationError):
        row.delete()
    for manager in (entity.model.objects, entity.model.everything):
        for forbidden in ("update", "bulk_create", "bulk_update", "delete"):
            with pytest.raises(TypeError):
                getattr(manager.all(), forbidden)()


@every_entity
def test_a_write_is_journaled_with_before_and_after(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    name = name_field(entity)
    before = getattr(row, name)
    write(cast.actor("mona"), entity, row, {name: "Renamed"})
    entry = Entry.objects.latest("pk")
    assert (entry.record, entry.record_id, entry.kind) == (entity.model.label(), row.pk, "edit")
    assert entry.fields == {name: [before, "Renamed"]}
    assert (entry.change.actor, entry.change.user_id) == ("mona", cast.mona.pk)
    assert entry.version == row.version == 2


@every_entity
def test_writing_nothing_new_leaves_no_trace(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    changes = Change.objects.count()
    write(cast.actor("mona"), entity, row, {name_field(entity): getattr(row, name_field(entity))})
    assert Change.objects.count() == changes


@every_entity
def test_two_people_saving_one_row_meet(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    other = entity.model.objects.get(pk=row.pk)
    name = name_field(entity)
    write(cast.actor("mona"), entity, row, {name: "Mona's"})
    with pytest.raises(Conflict):
        write(
            cast.actor("dora") if is_owned(entity) else cast.actor("root"),
            entity,
            other,
            {name: "Dora's"},
        )
    row.refresh_from_db()
    assert getattr(row, name) == "Mona's"


@every_entity
def test_the_bin_hides_keeps_and_gives_back(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    mona = cast.actor("mona")
    bin_(mona, row)
    assert not visible(mona, entity.model).filter(pk=row.pk).exists()
    restore(mona, entity.model.everything.get(pk=row.pk))
    assert visible(mona, entity.model).filter(pk=row.pk).exists()


@every_entity
def test_an_edit_can_be_undone_and_the_undo_too(entity: Entity, cast: Cast, make: Make) -> None:
    row, mona, name = make(entity.model, cast.alice), cast.actor("mona"), name_field(entity)
    before = getattr(row, name)
    write(mona, entity, row, {name: "Oops"})
    done = undo(mona, Change.objects.latest("pk").group)
    row.refresh_from_db()
    assert (done.count, getattr(row, name)) == (1, before)
    undo(mona, done.group)
    row.refresh_from_db()
    assert getattr(row, name) == "Oops"


@every_entity
def test_undo_leaves_what_others_changed_since(entity: Entity, cast: Cast, make: Make) -> None:
    row, mona, name = make(entity.model, cast.alice), cast.actor("mona"), name_field(entity)
    write(mona, entity, row, {name: "Mona's"})
    group = Change.objects.latest("pk").group
    write(cast.actor("root"), entity, row, {name: "Root's"})
    done = undo(mona, group)
    row.refresh_from_db()
    assert (done.count, len(done.left), getattr(row, name)) == (0, 1, "Root's")


@every_entity
def test_only_ones_own_work_can_be_undone(entity: Entity, cast: Cast, make: Make) -> None:
    row, name = make(entity.model, cast.alice), name_field(entity)
    write(cast.actor("mona"), entity, row, {name: "Mona's"})
    with pytest.raises(ValidationError):
        undo(cast.actor("alice"), Change.objects.latest("pk").group)


@every_entity
def test_bulk_verbs_journal_row_by_row_and_undo_as_one(
    entity: Entity, cast: Cast, make: Make
) -> None:
    rows = [make(entity.model, cast.alice) for _ in range(3)]
    mine = entity.model.objects.filter(pk__in=[row.pk for row in rows])
    mona = cast.actor("mona")
    with change(mona, "test.bulk") as work:
        assert bin_all(mine) == 3
    entries = Entry.objects.filter(change__group=work.group)
    assert sorted(e.record_id or 0 for e in entries) == sorted(row.pk for row in rows)
    assert entity.model.objects.filter(pk__in=[row.pk for row in rows]).count() == 0
    assert undo(mona, work.group).count == 3
    assert mine.count() == 3


@every_entity
def test_bulk_creation_equals_single_creation(entity: Entity, cast: Cast, make: Make) -> None:
    twin = make(entity.model, cast.alice)
    values = {
        f.attname: getattr(twin, f.attname)
        for f in entity.model._meta.concrete_fields
        if f.attname not in {"id", "created_at", "changed_at"}
    }
    for f in entity.model._meta.concrete_fields:
        if f.unique and not f.primary_key:
            values[f.attname] = "another one"
    with change(SYSTEM, "test.bulk"):
        (row,) = create_all([entity.model(**values)])
    kept = entity.model.objects.get(pk=row.pk)
    assert {k: getattr(kept, k) for k in values} == values
    assert Entry.objects.get(record=entity.model.label(), record_id=row.pk).kind == "create"


@every_entity
def test_edit_all_changes_and_counts_only_what_differs(
    entity: Entity, cast: Cast, make: Make
) -> None:
    f = next(
        (
            f
            for f in entity.model._meta.concrete_fields
            if f.choices and f.name in entity.form_names
        ),
        None,
    )
    if f is None:
        pytest.skip("has no choice field")
    one, two = f.flatchoices[0][0], f.flatchoices[1][0]
    rows = [make(entity.model, cast.alice, **{f.name: value}) for value in (one, two, two)]
    with change(SYSTEM, "test.bulk"):
        changed = edit_all(entity.model.objects.filter(pk__in=[r.pk for r in rows]), {f.name: one})
    assert changed == 2
    assert {getattr(entity.model.objects.get(pk=r.pk), f.name) for r in rows} == {one}


@every_entity
def test_the_chain_of_the_journal_holds_and_tells_tampering(
    entity: Entity, cast: Cast, make: Make
) -> None:
    row = make(entity.model, cast.alice)
    write(cast.actor("mona"), entity, row, {name_field(entity): "Renamed"})
    assert list(broken_links()) == []
    Entry.objects.filter(record_id=row.pk, kind="edit").update(fields={})
    assert list(broken_links())


@every_entity
def test_a_hidden_field_is_not_there_and_a_masked_one_gives_nothing_away(
    entity: Entity, cast: Cast, make: Make
) -> None:
    name = name_field(entity)
    role = cast.bob.roles.get()
    limit = FieldLimit.objects.create(
        role=role, record=entity.model.label(), field=name, right="masked"
    )
    row = make(entity.model, cast.alice, **{name: "Secret Name"})
    bob = cast.actor("bob")
    field = entity.fields(bob)[name]
    for face in (field.text(row), field.edit(row), str(field.plain(row)), str(field.value(row))):
        assert "Secret" not in face
    assert not field.is_comparable
    view = ListView.read(entity, {"filter": f'["{name}","contains","Secret"]'})
    with pytest.raises(ValidationError):
        view.matching(bob)
    with pytest.raises(ValidationError):
        ListView.read(entity, {"sort": name}).order(entity.fields(bob))
    limit.right = "hidden"
    limit.save()
    assert name not in entity.fields(cast.actor("bob"))


@every_entity
def test_read_only_means_read_only(entity: Entity, cast: Cast, make: Make) -> None:
    name = name_field(entity)
    FieldLimit.objects.create(
        role=cast.mona.roles.get(), record=entity.model.label(), field=name, right="read"
    )
    row = make(entity.model, cast.alice)
    with pytest.raises(Refused) as refused:
        write(cast.actor("mona"), entity, row, {name: "Changed"})
    assert list(refused.value.errors) == [name]


CUSTOM: dict[str, tuple[dict[str, Any], Any, str, str, Any]] = {
    # kind: (settings, given, text shown, operator, value that finds it)
    "text": ({}, "粤B12345", "粤B12345", "contains", "B123"),
    "number": ({}, "1,234.5", "1,234.5", "gt", "1000"),
    "money": ({}, "¥88", "88.00", "between", [80, 90]),
    "date": ({}, "2026年1月2日", "2026-01-02", "is", "2026-01-02"),
    "choice": ({"choices": ["红", "蓝"]}, "红", "红", "in", ["红"]),
    "choices": ({"choices": ["红", "蓝"]}, "蓝,红", "红、蓝", "contains", "蓝"),
    "yes_no": ({}, "是", "是", "yes", None),
    "link": ({"target": "staff.Department"}, "north", "north", "filled", None),
}


@every_entity
@pytest.mark.parametrize("kind", CUSTOM)
def test_a_custom_field_is_written_shown_and_found(
    entity: Entity, kind: str, cast: Cast, make: Make
) -> None:
    settings, given, shown, op, value = CUSTOM[kind]
    CustomField.objects.create(
        record=entity.model.label(), name="extra_one", label="Extra", kind=kind, **settings
    )
    row, other = make(entity.model, cast.alice), make(entity.model, cast.alice)
    mona = cast.actor("mona")
    write(mona, entity, row, {"extra.extra_one": given})
    field = entity.fields(mona)["extra.extra_one"]
    row.refresh_from_db()
    assert field.text(row) == shown
    view = replace(ListView.read(entity, {}), filter=["extra.extra_one", op, value])
    found = set(view.matching(mona).values_list("pk", flat=True))
    assert row.pk in found
    assert other.pk not in found
    assert Entry.objects.latest("pk").fields.keys() == {"extra.extra_one"}


@every_entity
def test_a_custom_field_can_be_required_and_unlike(entity: Entity, cast: Cast, make: Make) -> None:
    CustomField.objects.create(
        record=entity.model.label(), name="plate", label="Plate", required=True, unique=True
    )
    mona = cast.actor("mona")
    one, two = make(entity.model, cast.alice), make(entity.model, cast.alice)
    write(mona, entity, one, {"extra.plate": "A1"})
    with pytest.raises(Refused):
        write(mona, entity, two, {"extra.plate": "A1"})
    with pytest.raises(Refused):
        write(mona, entity, one, {"extra.plate": ""})
