"""A link to a row that is not there is refused in words, also for those who may do everything."""

from __future__ import annotations

import pytest

from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Refused, write
from huike.kernel.kinds.links import Link
from tests.cast import SYSTEM, Cast, Make, written


@pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
def test_a_link_to_nothing_is_refused(entity: Entity, cast: Cast, make: Make) -> None:
    links = [f.name for f in entity.fields(SYSTEM).values() if isinstance(f.kind, Link)]
    links = [name for name in links if name in entity.form_names]
    row = make(entity.model, cast.alice)
    for name in links:
        with pytest.raises(Refused) as refused:
            write(cast.actor("root"), entity, row, {name: 987654321})
        assert list(refused.value.errors) == [name]
