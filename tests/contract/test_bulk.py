"""What every record promises of the bulk verbs: they journal, undo and count as single ones."""

from __future__ import annotations

import pytest

from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity
from huike.kernel.records.bulk import bin_all, create_all, edit_all
from huike.kernel.records.undo import undo
from tests.cast import SYSTEM, Cast, Make, written

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


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
