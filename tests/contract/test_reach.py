"""How far a grant reaches: not below the own department, not past a binned parent."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from huike.kernel.access.models import Grant
from huike.kernel.access.scope import visible
from huike.kernel.entity.entity import Entity
from huike.kernel.records.verbs import bin_, store
from tests.cast import Cast, Make, is_owned, written

owned = [entity for entity in written() if is_owned(entity)]
every_owned = pytest.mark.parametrize("entity", owned, ids=lambda e: e.key)


@every_owned
def test_the_own_department_is_not_those_below(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    Grant.objects.filter(role__name="dora").update(reach="department")
    assert not visible(cast.actor("dora"), entity.model).filter(pk=row.pk).exists()


@every_owned
def test_rows_go_out_of_sight_with_their_parent(entity: Entity, cast: Cast, make: Make) -> None:
    parent = entity.model.scope.parent
    if parent is None:
        pytest.skip("has no parent")
    row = make(entity.model, cast.alice)
    bin_(cast.actor("root"), getattr(row, parent))
    assert not visible(cast.actor("root"), entity.model).filter(pk=row.pk).exists()


@every_owned
def test_nobody_takes_a_row_that_they_may_only_see(entity: Entity, cast: Cast, make: Make) -> None:
    if entity.model.scope.owner != "owner":
        pytest.skip("belongs to whoever owns its parent")
    Grant.objects.filter(role__name="alice", op="view").update(reach="department")
    row = make(entity.model, cast.bob)
    row.owner = cast.alice
    with pytest.raises(PermissionDenied):
        store(cast.actor("alice"), row)
    row.refresh_from_db()
    assert row.owner == cast.bob
