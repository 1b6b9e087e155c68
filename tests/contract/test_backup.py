"""Every record comes back from a backup as it was, whatever its columns hold."""

from __future__ import annotations

import pytest
from django.apps import apps

from huike.kernel.backup.tables import counters, empty, lines, load, measured, set_counters, tables
from huike.kernel.entity.entity import Entity, entities
from tests.cast import Cast, Make

every_entity = pytest.mark.parametrize("entity", entities(), ids=lambda e: e.key)


@every_entity
def test_rows_come_back_as_they_were(entity: Entity, cast: Cast, make: Make) -> None:
    row = make(entity.model, cast.alice)
    written, before = list(lines(entity.model)), measured(entity.model)
    assert before.rows == len(written) >= 1
    empty([entity.model])
    assert measured(entity.model).rows == 0
    load(entity.model, written, lambda rows: None)
    assert measured(entity.model) == before
    again = entity.model.everything.get(pk=row.pk)
    row.refresh_from_db()
    for field in entity.model._meta.concrete_fields:
        assert getattr(again, field.attname) == getattr(row, field.attname), field.name


def test_every_record_is_in_a_backup() -> None:
    assert {e.model._meta.db_table for e in entities()} <= tables(apps).keys()


def test_a_key_that_was_given_is_never_given_again(cast: Cast, make: Make) -> None:
    from huike.customers.models import Party

    make(Party, cast.alice)
    kept = counters()[Party._meta.db_table] + 50  # fifty more were made and purged since
    set_counters([Party], {Party._meta.db_table: kept})
    assert make(Party, cast.alice).pk == kept + 1
