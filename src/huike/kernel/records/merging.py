"""Merges one record into another of its kind, whatever points at it in any room, and takes it back.

`merge_into` moves every link, gives the winner the values chosen for it and puts the loser into the
bin. It returns a Footprint: all that `take_back` needs, also a week later with changes since. Who
may merge what, and where the footprint is kept, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from huike.kernel.change.work import current_work
from huike.kernel.entity.custom import CustomField
from huike.kernel.records.bulk import edit_all, save_all
from huike.kernel.records.locking import refuse_if_locked
from huike.kernel.records.record import Record, plain

Group = tuple[str, str, list[int]]  # label of a table, its column, the keys of its rows

# Rooms name here what stays with the loser: {label of a table, ...}
# the journal tells what was and is never rewritten; what is sealed is bound to its record
stays: set[str] = {"kernel.entry", "kernel.sealed"}
# What makes two rows of a table say the same although no constraint forbids it: {label: columns}
alike: dict[str, tuple[str, ...]] = {}
# Rooms tell here where a merged record lives on: {its label: function of its key}
successors: dict[str, Callable[[int], int | None]] = {}


def successor(row: Record) -> int | None:
    """Return the key of the record that `row` was merged into, or None."""
    find = successors.get(row.label())
    return find(row.pk) if find is not None else None


@dataclass
class Footprint:
    """What a merge did, as plain values that JSON can hold."""

    rows: list[Group] = field(default_factory=list)  # links that were moved to the winner
    kept: list[Group] = field(default_factory=list)  # stayed: the winner has the same already
    pointers: list[Group] = field(default_factory=list)  # tables with `record` and `record_id`
    custom: list[Group] = field(default_factory=list)  # links in custom fields
    fields: dict[str, list[Any]] = field(default_factory=dict)  # the winner's: [before, after]
    given_up: dict[str, Any] = field(default_factory=dict)  # the loser's, where none may share
    links: dict[str, list[int]] = field(default_factory=dict)  # added to the winner's, e.g. tags

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Footprint:
        """Return what `as_json` gave."""
        return cls(**kept)

    @property
    def count(self) -> int:
        """How many rows were moved."""
        groups = (*self.rows, *self.pointers, *self.custom)
        return sum(len(keys) for _label, _column, keys in groups)


@dataclass
class TakenBack:
    """What taking back did: how many rows went back, and what stays with the winner since."""

    rows: int = 0
    stayed: list[Group] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)  # names of what was changed since


def merge_into(winner: Record, loser: Record, take: Iterable[str]) -> Footprint:
    """Merge `loser` into `winner` inside the current change.

    Both must have been read and locked in this transaction. `take` names the fields whose value
    the winner gets from the loser: columns, custom fields ("extra.<name>"), and many-to-many
    fields, whose rows are added. Raises ValidationError where the loser is locked.
    """
    refuse_if_locked(loser)
    footprint = Footprint()
    move(winner, loser, footprint)
    _take_values(winner, loser, list(take), footprint)
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
    for model in _pointing():
        _move_pointers(model, winner, loser, footprint)
    _move_custom(winner, loser, footprint)


def what_points_at(row: Record) -> dict[str, int]:
    """Return {label of a table: number of rows} of what a merge of `row` would move."""
    found: dict[str, int] = {}
    for column in links_to(type(row)):
        number = _rows_of(column.model).filter(**{column.name: row.pk}).count()
        _add(found, column.model._meta.label_lower, number)
    for model in _pointing():
        number = _rows_of(model).filter(record=row.label(), record_id=row.pk).count()
        _add(found, model._meta.label_lower, number)
    for model, name in _custom_links(row.label()):
        number = _rows_of(model).filter(**{f"extra__{name}": row.pk}).count()
        _add(found, model._meta.label_lower, number)
    return found


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
        rows = _rows_of(model).filter(pk__in=keys, record=winner.label(), record_id=winner.pk)
        _count(told, (label, column, keys), _repoint(rows, loser))
    for label, column, keys in footprint.custom:
        model = apps.get_model(label)
        name = column.removeprefix("extra.")
        rows = _rows_of(model).filter(pk__in=keys, **{f"extra__{name}": winner.pk})
        _count(told, (label, column, keys), _relink(rows, name, loser.pk))
    _give_values_back(winner, loser, footprint, told)
    return told


def links_to(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Yield the columns of all tables that point at `model`, except those that stay.

    Its own many-to-many fields are not among them: they are values of the record.
    """
    own = {getattr(f, "remote_field").through for f in model._meta.many_to_many}  # noqa: B009
    for link in model._meta.get_fields(include_hidden=True):
        if not isinstance(link, models.ManyToOneRel) or getattr(link, "parent_link", False):
            continue
        table = link.related_model
        if isinstance(table, str) or table in own or table._meta.label_lower in stays:
            continue
        yield link.field  # type: ignore[misc]


def _move_link(
    column: models.ForeignKey[Any, Any], winner: Record, loser: Record, footprint: Footprint
) -> None:
    rows = _rows_of(column.model).filter(**{column.name: loser.pk})
    keys = sorted(rows.values_list("pk", flat=True))
    if not keys:
        return
    label = column.model._meta.label_lower
    twins = _twins(column, winner, loser)
    wanted = [key for key in keys if key not in twins]
    moved = _point(column, wanted, winner.pk)
    if moved:
        footprint.rows.append((label, column.name, moved))
    if stayed := sorted(set(keys) - set(moved)):
        footprint.kept.append((label, column.name, stayed))


def _point(column: models.ForeignKey[Any, Any], keys: list[int], to: int) -> list[int]:
    """Let rows point elsewhere; return those that did. What a constraint forbids stays."""
    if not keys:
        return []
    try:
        with _tentative():
            _write(column, keys, to)
        return keys
    except IntegrityError:
        if len(keys) == 1:
            return []
    moved = []
    for key in keys:
        moved += _point(column, [key], to)
    return moved


def _write(column: models.ForeignKey[Any, Any], keys: list[int], to: int) -> None:
    rows = _rows_of(column.model).filter(pk__in=keys)
    model = column.model
    if issubclass(model, Record) and not model.read_only:
        edit_all(rows, {column.name: to})
    elif issubclass(model, Record):
        rows.unjournaled_update(**{column.name: to})
    else:
        rows.update(**{column.name: to})


def _twins(column: models.ForeignKey[Any, Any], winner: Record, loser: Record) -> set[int]:
    """Return the loser's rows that say the same as one of the winner's."""
    names = alike.get(column.model._meta.label_lower)
    if not names or column.name not in names:
        return set()
    others = [name for name in names if name != column.name]
    rows = _rows_of(column.model).filter(binned_at=None)
    held = set(rows.filter(**{column.name: winner.pk}).values_list(*others))
    told = rows.filter(**{column.name: loser.pk}).values_list("pk", *others)
    return {key for key, *values in told if tuple(values) in held}


def _move_pointers(
    model: type[models.Model], winner: Record, loser: Record, footprint: Footprint
) -> None:
    rows = _rows_of(model).filter(record=loser.label(), record_id=loser.pk)
    keys = sorted(rows.values_list("pk", flat=True))
    if not keys:
        return
    label = model._meta.label_lower
    moved = [key for key in keys if _repoint(rows.filter(pk=key), winner)] if keys else []
    if moved:
        footprint.pointers.append((label, "record_id", moved))
    if stayed := sorted(set(keys) - set(moved)):
        footprint.kept.append((label, "record_id", stayed))


def _repoint(rows: models.QuerySet[Any], to: Record) -> list[int]:
    """Let rows with a `record_id` point elsewhere, one by one where a constraint forbids some."""
    keys = sorted(rows.values_list("pk", flat=True))
    done = []
    for key in keys:
        try:
            with _tentative():
                one = _rows_of(rows.model).filter(pk=key)
                if issubclass(rows.model, Record):
                    edit_all(one, {"record_id": to.pk})
                else:
                    one.update(record_id=to.pk)
            done.append(key)
        except IntegrityError:
            continue
    return done


def _move_custom(winner: Record, loser: Record, footprint: Footprint) -> None:
    for model, name in _custom_links(loser.label()):
        rows = _rows_of(model).filter(**{f"extra__{name}": loser.pk})
        if moved := _relink(rows, name, winner.pk):
            footprint.custom.append((model._meta.label_lower, f"extra.{name}", moved))


def _relink(rows: models.QuerySet[Any], name: str, to: int) -> list[int]:
    found = list(rows.select_for_update().order_by("pk"))
    for row in found:
        row.extra = {**row.extra, name: to}
    save_all(found)
    return [row.pk for row in found]


def _custom_links(label: str) -> Iterator[tuple[type[Record], str]]:
    """Yield (model, name) of custom fields that link to records of this kind."""
    for custom in CustomField.everything.filter(kind=CustomField.Kind.LINK):
        if custom.target.lower().replace("/", ".") != label:
            continue
        model = apps.get_model(custom.record)
        if issubclass(model, Record):
            yield model, custom.name


def _pointing() -> Iterator[type[models.Model]]:
    """Yield the tables that point at any kind of record, by `record` and `record_id`."""
    for model in apps.get_models():
        names = {f.name for f in model._meta.concrete_fields}
        if {"record", "record_id"} <= names and model._meta.label_lower not in stays:
            yield model


def _take_values(winner: Record, loser: Record, take: list[str], footprint: Footprint) -> None:
    """Give the winner the loser's values; where no two may share one, the loser gives it up."""
    alone = _alone(type(loser))
    several = {f.name for f in loser._meta.many_to_many}
    for name in take:
        if name in several:
            _add_links(winner, loser, name, footprint)
            continue
        before, after = _value(winner, name), _value(loser, name)
        if plain(before) == plain(after):
            continue
        if name in alone:
            footprint.given_up[name] = plain(after)
            _set(loser, name, _empty(loser, name))
        _set(winner, name, after)
        footprint.fields[name] = [plain(before), plain(after)]


def _add_links(winner: Record, loser: Record, name: str, footprint: Footprint) -> None:
    held, more = winner.links(name), loser.links(name)
    if added := sorted(set(more) - set(held)):
        winner.set_links(name, [*held, *added])
        footprint.links[name] = added


def _give_back(group: Group, winner: Record, loser: Record, told: TakenBack) -> None:
    label, name, keys = group
    model = apps.get_model(label)
    column = model._meta.get_field(name)
    assert isinstance(column, models.ForeignKey)
    rows = _rows_of(model).filter(pk__in=keys, **{name: winner.pk})
    _count(told, group, _point(column, sorted(rows.values_list("pk", flat=True)), loser.pk))


def _count(told: TakenBack, group: Group, went: list[int]) -> None:
    label, column, keys = group
    told.rows += len(went)
    if stayed := sorted(set(keys) - set(went)):
        told.stayed.append((label, column, stayed))


def _give_values_back(winner: Record, loser: Record, footprint: Footprint, told: TakenBack) -> None:
    for name, (before, after) in footprint.fields.items():
        if plain(_value(winner, name)) == after:
            _set(winner, name, before)
        else:
            told.fields.append(name)
    for name, added in footprint.links.items():
        winner.set_links(name, [key for key in winner.links(name) if key not in added])
    save_all([winner])
    for name, value in footprint.given_up.items():
        if name not in told.fields or not _taken(winner, name, value):
            _set(loser, name, value)
    loser.binned_at = None
    save_all([loser])


def _taken(row: Record, name: str, value: Any) -> bool:
    if name.startswith("extra."):
        return type(row).everything.filter(**{f"extra__{name[6:]}": value}).exists()
    return type(row).everything.filter(**{name: value}).exists()


def _alone(model: type[Record]) -> set[str]:
    """Return the fields of which no two records may have the same value."""
    found = {f.name for f in model._meta.concrete_fields if f.unique and not f.primary_key}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and len(constraint.fields) == 1:
            found.add(constraint.fields[0])
    customs = CustomField.objects.filter(record=model.label(), unique=True)
    return found | {f"extra.{name}" for name in customs.values_list("name", flat=True)}


def _value(row: Record, name: str) -> Any:
    if name.startswith("extra."):
        return row.extra.get(name.removeprefix("extra."))
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]


def _set(row: Record, name: str, value: Any) -> None:
    if name.startswith("extra."):
        key = name.removeprefix("extra.")
        row.extra = {k: v for k, v in row.extra.items() if k != key}
        if value is not None:
            row.extra = {**row.extra, key: value}
        return
    column = row._meta.get_field(name)
    assert isinstance(column, models.Field)
    setattr(row, column.attname, value if column.is_relation else column.to_python(value))


def _empty(row: Record, name: str) -> Any:
    if name.startswith("extra."):
        return None
    column = row._meta.get_field(name)
    return None if getattr(column, "null", False) else ""


def _rows_of(model: type[models.Model]) -> Any:
    """Return all rows, those in the bin too."""
    return getattr(model, "everything", model._default_manager).all()


def _add(found: dict[str, int], label: str, number: int) -> None:
    if number:
        found[label] = found.get(label, 0) + number


class _tentative:
    """A savepoint that takes back the journal's notes too, when an error leaves it."""

    def __enter__(self) -> None:
        self.before = len(current_work().notes)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is not None:
            del current_work().notes[self.before :]
        self.savepoint.__exit__(kind, error, trace)
