"""What a token may do: scopes cut a person's rights down, never up.

A scope is "<record>:read" or "<record>:write", where the record is the path of its addresses
("customers/party") or "*" for all. Writing includes reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op, Reach, Rights
from huike.kernel.entity.entity import entities

EVERY = "*"
READS = frozenset({Op.VIEW.value})
WRITES = READS | {Op.ADD.value, Op.EDIT.value, Op.DELETE.value}
_FORM = re.compile(r"(\*|[a-z_]+/[a-z_]+):(read|write)")
_FAR = [reach.value for reach in Reach]  # nearest first


def checked(scopes: Iterable[str]) -> list[str]:
    """Return scopes without doubles; raise ValidationError for one that means nothing."""
    known = {entity.key for entity in entities()} | {EVERY}
    found = sorted(set(scopes))
    for scope in found:
        form = _FORM.fullmatch(scope)
        if form is None or form[1] not in known:
            raise ValidationError(
                _("“%(scope)s” is not a scope. Write customers/party:read, or *:write for all.")
                % {"scope": scope[:80]}
            )
    if not found:
        raise ValidationError(_("Choose at least one scope."))
    return found


def is_wide(scopes: Iterable[str]) -> bool:
    """Tell whether scopes cover every record, so that jobs and search results may be told."""
    return any(scope.startswith(f"{EVERY}:") for scope in scopes)


def narrowed(actor: Actor, scopes: Iterable[str], reach: str) -> Actor:
    """Return `actor` with no more than `scopes` allow, and no further than `reach`."""
    chosen = set(scopes)
    if f"{EVERY}:write" in chosen and not reach:
        return actor
    grants = {}
    for entity in entities():
        label = entity.model.label()
        for op in _operations(entity.key, chosen):
            if reaches := actor.reaches(label, Op(op)):
                grants[label, op] = frozenset(_near(r, reach) for r in reaches)
    fields = {} if actor.is_unlimited else actor.rights.fields
    return replace(actor, rights=Rights(grants, fields), is_administrator=False, is_system=False)


def _operations(key: str, scopes: set[str]) -> frozenset[str]:
    if scopes & {f"{key}:write", f"{EVERY}:write"}:
        return WRITES
    if scopes & {f"{key}:read", f"{EVERY}:read"}:
        return READS
    return frozenset()


def _near(reach: str, most: str) -> str:
    """Return the nearer of two reaches."""
    return min(reach, most, key=_FAR.index) if most else reach
