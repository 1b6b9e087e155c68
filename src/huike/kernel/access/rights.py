"""Merges the grants of several roles into the rights that an actor carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from huike.kernel.access.models import FieldLimit, Grant
from huike.kernel.actor import FieldRight, Rights

_STRENGTH = {right.value: strength for strength, right in enumerate(FieldRight)}


def rights_of(role_ids: Iterable[int]) -> Rights:
    """Return the rights of someone who holds all of these roles.

    Grants add up. A field is limited only if every role that grants viewing the record limits it,
    and then by the most generous of those limits.
    """
    roles = set(role_ids)
    grants: dict[tuple[str, str], set[str]] = defaultdict(set)
    viewers: dict[str, set[int]] = defaultdict(set)
    for role, record, op, reach in Grant.objects.filter(role__in=roles).values_list(
        "role", "record", "op", "reach"
    ):
        grants[record, op].add(reach)
        viewers[record].add(role)
    limits: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for role, record, name, right in FieldLimit.objects.filter(role__in=roles).values_list(
        "role", "record", "field", "right"
    ):
        limits[record, name][role] = right
    fields = {
        key: max(by_role.values(), key=_STRENGTH.__getitem__)
        for key, by_role in limits.items()
        if viewers[key[0]] <= by_role.keys()
    }
    return Rights({key: frozenset(reaches) for key, reaches in grants.items()}, fields)
