"""Tells what the journal holds about a record, through its fields: nothing that is hidden leaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from huike.kernel.actor import Actor, FieldRight
from huike.kernel.change.models import REDACTED, Entry
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import COVERED, Link, Links

Names = Mapping[tuple[str, Any], str]


@dataclass(frozen=True)
class Difference:
    """One field's value before and after, as text for one reader."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One journal entry in words."""

    pk: int
    kind: str
    kind_label: str
    at: datetime
    who: str
    user_id: int | None
    action: str
    group: UUID
    version: int
    is_undo: bool = False
    differences: Sequence[Difference] = field(default_factory=tuple)


def tell(
    actor: Actor, entity: Entity, entries: Iterable[Entry], fields: Mapping[str, Field]
) -> list[Told]:
    """Return `entries` (fetched with their changes) as `actor` may read them.

    An entry of which nothing may be read still tells that, when and by whom something was done.
    """
    chosen = list(entries)
    by_key = {_key(f): f for f in fields.values()}
    names = _names(actor, chosen, by_key)
    return [_told(entry, by_key, names) for entry in chosen]


def _key(f: Field) -> str:
    """Return what the journal calls a field: its column, for links "owner_id"."""
    return f.name if f.column is None or isinstance(f.kind, Links) else f.column.attname


def _told(entry: Entry, by_key: Mapping[str, Field], names: Names) -> Told:
    done = entry.change
    differences = [
        Difference(f.name, f.label, _text(f, before, names), _text(f, after, names))
        for key, (before, after) in entry.fields.items()
        if (f := by_key.get(key)) is not None
    ]
    return Told(
        pk=entry.pk,
        kind=entry.kind,
        kind_label=str(Entry.Kind(entry.kind).label),
        at=done.at,
        who=done.who,
        user_id=done.user_id,
        action=done.action,
        group=done.group,
        version=entry.version,
        is_undo=done.undoes is not None,
        differences=differences,
    )


def _text(f: Field, value: Any, names: Names) -> str:
    if value in EMPTY:
        return ""
    if value == REDACTED:
        return REDACTED
    if f.right is FieldRight.MASKED:
        return f.kind.mask(value)
    if isinstance(f.kind, Link):
        target = f.kind.target.lower()
        keys = value if isinstance(value, list) else [value]
        return "、".join(names.get((target, int(key)), COVERED) for key in keys)
    return f.kind.text(value)


def _names(actor: Actor, entries: Sequence[Entry], by_key: Mapping[str, Field]) -> Names:
    """Return the names of all linked rows that the reader may see, a query or two per record."""
    wanted: dict[str, tuple[Link, set[int]]] = {}
    for entry in entries:
        for key, values in entry.fields.items():
            f = by_key.get(key)
            if f is None or not isinstance(f.kind, Link):
                continue
            _kind, keys = wanted.setdefault(f.kind.target.lower(), (f.kind, set()))
            for value in values:
                keys.update(int(v) for v in (value if isinstance(value, list) else [value]) if v)
    found: dict[tuple[str, Any], str] = defaultdict(str)
    for target, (kind, keys) in wanted.items():
        for key, name in kind.read_by(actor).names(keys).items():
            found[target, key] = name
    return dict(found)
