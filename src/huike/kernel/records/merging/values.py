"""The values of a merge: which the winner takes from the loser, and how they go back."""

from __future__ import annotations

from typing import Any

from django.db import models

from huike.kernel.entity.custom import CustomField
from huike.kernel.records.bulk import save_all
from huike.kernel.records.merging.footprint import Footprint, TakenBack
from huike.kernel.records.record import Record, plain


def take_values(winner: Record, loser: Record, take: list[str], footprint: Footprint) -> None:
    """Give the winner the loser's values; where no two may share one, the loser gives it up."""
    unique = alone(type(loser))
    several = {f.name for f in loser._meta.many_to_many}
    for name in take:
        if name in several:
            _add_links(winner, loser, name, footprint)
            continue
        before, after = value_of(winner, name), value_of(loser, name)
        if plain(before) == plain(after):
            continue
        if name in unique:
            footprint.given_up[name] = plain(after)
            put(loser, name, empty(loser, name))
        put(winner, name, after)
        footprint.fields[name] = [plain(before), plain(after)]


def _add_links(winner: Record, loser: Record, name: str, footprint: Footprint) -> None:
    held, more = winner.links(name), loser.links(name)
    if added := sorted(set(more) - set(held)):
        winner.set_links(name, [*held, *added])
        footprint.links[name] = added


def give_values_back(winner: Record, loser: Record, footprint: Footprint, told: TakenBack) -> None:
    for name, (before, after) in footprint.fields.items():
        if plain(value_of(winner, name)) == after:
            put(winner, name, before)
        else:
            told.fields.append(name)
    for name, added in footprint.links.items():
        winner.set_links(name, [key for key in winner.links(name) if key not in added])
    save_all([winner])
    for name, value in footprint.given_up.items():
        if name not in told.fields or not taken(winner, name, value):
            put(loser, name, value)
    loser.binned_at = None
    save_all([loser])


def taken(row: Record, name: str, value: Any) -> bool:
    if name.startswith("extra."):
        return type(row).everything.filter(**{f"extra__{name[6:]}": value}).exists()
    return type(row).everything.filter(**{name: value}).exists()


def alone(model: type[Record]) -> set[str]:
    """Return the fields of which no two records may have the same value."""
    found = {f.name for f in model._meta.concrete_fields if f.unique and not f.primary_key}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and len(constraint.fields) == 1:
            found.add(constraint.fields[0])
    customs = CustomField.objects.filter(record=model.label(), unique=True)
    return found | {f"extra.{name}" for name in customs.values_list("name", flat=True)}


def value_of(row: Record, name: str) -> Any:
    if name.startswith("extra."):
        return row.extra.get(name.removeprefix("extra."))
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]


def put(row: Record, name: str, value: Any) -> None:
    if name.startswith("extra."):
        key = name.removeprefix("extra.")
        row.extra = {k: v for k, v in row.extra.items() if k != key}
        if value is not None:
            row.extra = {**row.extra, key: value}
        return
    column = row._meta.get_field(name)
    assert isinstance(column, models.Field)
    setattr(row, column.attname, value if column.is_relation else column.to_python(value))


def empty(row: Record, name: str) -> Any:
    if name.startswith("extra."):
        return None
    column = row._meta.get_field(name)
    return None if getattr(column, "null", False) else ""
