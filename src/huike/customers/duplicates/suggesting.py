"""What a merge is suggested to look like: who stays, and which values come from the other."""

from __future__ import annotations

from typing import Any

from huike.customers.models import Party
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Links
from huike.kernel.lists.acting.checking import same

NOT_TAKEN = frozenset({"owner", "department", "kind"})  # whose it is stays as it is
ADDED = frozenset({"is_customer", "is_supplier", "is_distributor", "is_competitor", "is_partner",
                   "is_employee"})  # what one of them is, both are  # fmt: skip


def better(one: Party, other: Party) -> tuple[Party, Party]:
    """Return (winner, loser): the one of whom more is known stays, among equals the older one."""
    if one.is_locked != other.is_locked:
        return (one, other) if one.is_locked else (other, one)
    known = {row.pk: _known(row) for row in (one, other)}
    first, second = sorted((one, other), key=lambda row: row.pk)
    return (first, second) if known[first.pk] >= known[second.pk] else (second, first)


def suggested(actor: Actor, winner: Party, loser: Party) -> list[str]:
    """Return the fields to take from the loser: what the winner lacks, tags and roles."""
    found = []
    for f in mergeable(actor).values():
        if f.name in NOT_TAKEN:
            continue
        mine, theirs = value_of(f, winner), value_of(f, loser)
        if isinstance(f.kind, Links):
            if set(theirs) - set(mine):
                found.append(f.name)
        elif f.name in ADDED:
            if theirs and not mine:
                found.append(f.name)
        elif mine in EMPTY and theirs not in EMPTY:
            found.append(f.name)
    return found


def mergeable(actor: Actor) -> dict[str, Field]:
    """Return the fields of a party that a merge may choose, as far as `actor` may write them."""
    fields = entity_of(Party).fields(actor)
    stored = (f for f in fields.values() if f.is_custom or f.column is not None)
    return {f.name: f for f in stored if f.is_writable and f.right is FieldRight.WRITE}


def value_of(f: Field, row: Party) -> Any:
    """Return a field's value as it is compared: keys for links."""
    if isinstance(f.kind, Links) and not f.is_custom:
        return row.links(f.name)
    return f.raw(row)


def differs(f: Field, one: Party, other: Party) -> bool:
    """Tell whether two parties differ in a field, one emptiness being as good as another."""
    return not same(value_of(f, one), value_of(f, other))


def _known(row: Party) -> int:
    values = (getattr(row, f.attname) for f in row._meta.concrete_fields)
    return sum(value not in EMPTY and value is not False for value in values)
