"""What a merge did, what taking it back left, and what the rooms tell about their own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from huike.kernel.records.record import Record

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
