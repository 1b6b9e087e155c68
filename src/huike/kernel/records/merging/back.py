"""Takes a merge back, as far as nobody has changed it since."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from huike.kernel.records.merging.footprint import Footprint, Group, TakenBack
from huike.kernel.records.merging.pointing import point, relink, repoint, rows_of
from huike.kernel.records.merging.values import give_values_back
from huike.kernel.records.record import Record


def take_back(winner: Record, loser: Record, footprint: Footprint) -> TakenBack:
    """Take a merge back inside the current change, as far as nobody has changed it since.

    Rows that still point at the winner go back to the loser, values that are still those of the
    merge go back to what they were, the loser leaves the bin. The rest stays and is told.
    """
    told = TakenBack()
    for group in footprint.rows:
        _give_back(group, winner, loser, told)
    for label, column, keys in footprint.pointers:
        model = apps.get_model(label)
        rows = rows_of(model).filter(pk__in=keys, record=winner.label(), record_id=winner.pk)
        _count(told, (label, column, keys), repoint(rows, loser))
    for label, column, keys in footprint.custom:
        model = apps.get_model(label)
        name = column.removeprefix("extra.")
        rows = rows_of(model).filter(pk__in=keys, **{f"extra__{name}": winner.pk})
        _count(told, (label, column, keys), relink(rows, name, loser.pk))
    give_values_back(winner, loser, footprint, told)
    return told


def _give_back(group: Group, winner: Record, loser: Record, told: TakenBack) -> None:
    label, name, keys = group
    model = apps.get_model(label)
    column = model._meta.get_field(name)
    assert isinstance(column, models.ForeignKey)
    rows = rows_of(model).filter(pk__in=keys, **{name: winner.pk})
    _count(told, group, point(column, sorted(rows.values_list("pk", flat=True)), loser.pk))


def _count(told: TakenBack, group: Group, went: list[int]) -> None:
    label, column, keys = group
    told.rows += len(went)
    if stayed := sorted(set(keys) - set(went)):
        told.stayed.append((label, column, stayed))
