"""Merges one record into another of its kind, whatever points at it in any room.

`merge_into` moves every link, gives the winner the values chosen for it and puts the loser into the
bin. It returns a Footprint: all that `take_back` needs, also a week later with changes since. Who
may merge what, and where the footprint is kept, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from huike.kernel.records.bulk import save_all
from huike.kernel.records.locking import refuse_if_locked
from huike.kernel.records.merging.footprint import Footprint, alike
from huike.kernel.records.merging.pointing import (
    custom_links,
    links_to,
    point,
    pointing,
    relink,
    repoint,
    rows_of,
)
from huike.kernel.records.merging.values import take_values
from huike.kernel.records.record import Record


def merge_into(winner: Record, loser: Record, take: Iterable[str]) -> Footprint:
    """Merge `loser` into `winner` inside the current change.

    Both must have been read and locked in this transaction. `take` names the fields whose value
    the winner gets from the loser: columns, custom fields ("extra.<name>"), and many-to-many
    fields, whose rows are added. Raises ValidationError where the loser is locked.
    """
    refuse_if_locked(loser)
    footprint = Footprint()
    move(winner, loser, footprint)
    take_values(winner, loser, list(take), footprint)
    loser.binned_at = timezone.now()
    save_all([loser])
    save_all([winner])
    return footprint


def move(winner: Record, loser: Record, footprint: Footprint) -> None:
    """Move what points at the loser to the winner, and add it to `footprint`.

    It can be called again for rows that came late, or that the winner did not have room for.
    """
    footprint.kept = []
    for column in links_to(type(loser)):
        _move_link(column, winner, loser, footprint)
    for model in pointing():
        _move_pointers(model, winner, loser, footprint)
    _move_custom(winner, loser, footprint)


def what_points_at(row: Record) -> dict[str, int]:
    """Return {label of a table: number of rows} of what a merge of `row` would move."""
    found: dict[str, int] = {}
    for column in links_to(type(row)):
        number = rows_of(column.model).filter(**{column.name: row.pk}).count()
        _add(found, column.model._meta.label_lower, number)
    for model in pointing():
        number = rows_of(model).filter(record=row.label(), record_id=row.pk).count()
        _add(found, model._meta.label_lower, number)
    for model, name in custom_links(row.label()):
        number = rows_of(model).filter(**{f"extra__{name}": row.pk}).count()
        _add(found, model._meta.label_lower, number)
    return found


def _move_link(
    column: models.ForeignKey[Any, Any], winner: Record, loser: Record, footprint: Footprint
) -> None:
    rows = rows_of(column.model).filter(**{column.name: loser.pk})
    keys = sorted(rows.values_list("pk", flat=True))
    if not keys:
        return
    label = column.model._meta.label_lower
    twins = _twins(column, winner, loser)
    wanted = [key for key in keys if key not in twins]
    moved = point(column, wanted, winner.pk)
    if moved:
        footprint.rows.append((label, column.name, moved))
    if stayed := sorted(set(keys) - set(moved)):
        footprint.kept.append((label, column.name, stayed))


def _twins(column: models.ForeignKey[Any, Any], winner: Record, loser: Record) -> set[int]:
    """Return the loser's rows that say the same as one of the winner's."""
    names = alike.get(column.model._meta.label_lower)
    if not names or column.name not in names:
        return set()
    others = [name for name in names if name != column.name]
    rows = rows_of(column.model).filter(binned_at=None)
    held = set(rows.filter(**{column.name: winner.pk}).values_list(*others))
    told = rows.filter(**{column.name: loser.pk}).values_list("pk", *others)
    return {key for key, *values in told if tuple(values) in held}


def _move_pointers(
    model: type[models.Model], winner: Record, loser: Record, footprint: Footprint
) -> None:
    rows = rows_of(model).filter(record=loser.label(), record_id=loser.pk)
    keys = sorted(rows.values_list("pk", flat=True))
    if not keys:
        return
    label = model._meta.label_lower
    moved = [key for key in keys if repoint(rows.filter(pk=key), winner)] if keys else []
    if moved:
        footprint.pointers.append((label, "record_id", moved))
    if stayed := sorted(set(keys) - set(moved)):
        footprint.kept.append((label, "record_id", stayed))


def _move_custom(winner: Record, loser: Record, footprint: Footprint) -> None:
    for model, name in custom_links(loser.label()):
        rows = rows_of(model).filter(**{f"extra__{name}": loser.pk})
        if moved := relink(rows, name, winner.pk):
            footprint.custom.append((model._meta.label_lower, f"extra.{name}", moved))


def _add(found: dict[str, int], label: str, number: int) -> None:
    if number:
        found[label] = found.get(label, 0) + number
