"""What every record promises below the surfaces: who sees, edits, bins and gives away a row."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from huike.kernel.access.scope import allowed, visible
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity
from huike.kernel.records.verbs import bin_, restore, store
from tests.breadth import EVERYBODY
from tests.cast import BINS, EDITS, SEES, Cast, Make, is_owned, makers, written

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
def test_the_bin_hides_keeps_and_gives_back(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    mona = cast.actor("mona")
    bin_(mona, row)
    assert not visible(mona, entity.model).filter(pk=row.pk).exists()
    restore(mona, entity.model.everything.get(pk=row.pk))
    assert visible(mona, entity.model).filter(pk=row.pk).exists()
