"""What every record promises of its writes: journal, conflicts, undo."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import UnjournaledWrite, change
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import write
from huike.kernel.records.purging import purge
from huike.kernel.records.record import Conflict
from huike.kernel.records.undo import undo
from tests.cast import SYSTEM, Cast, Make, is_owned, name_field, written

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


@every_entity
def test_no_write_escapes_the_journal(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    with pytest.raises(UnjournaledWrite):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with change(SYSTEM, "test.purge"), pytest.raises(ValidationError):  # it is not in the bin
        purge(row)
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
def test_the_chain_of_the_journal_holds_and_tells_tampering(
    entity: Entity, cast: Cast, make: Make
) -> None:
    row = make(entity.model, cast.alice)
    write(cast.actor("mona"), entity, row, {name_field(entity): "Renamed"})
    assert list(broken_links()) == []
    Entry.objects.filter(record_id=row.pk, kind="edit").update(fields={})
    assert list(broken_links())
