"""Roles: made, copied, granted as a matrix, limited field by field, and removed when unused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.access.scope import READING
from huike.kernel.actor import Actor, FieldRight, Op, Reach
from huike.kernel.change.setup import delete_setup, note_setup, save_setup
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.staff.door.networks import check_networks, refuse_lockout
from huike.staff.people import require_an_administrator

Matrix = Mapping[tuple[str, str], str]  # (record, operation): reach


def save_role(actor: Actor, role: Role, given: Mapping[str, Any], matrix: Matrix | None) -> Role:
    """Save a role with its whole matrix (None leaves it as it is); journaled cell by cell."""
    require_administrator(actor)
    for name in ("name", "description", "is_administrator", "networks"):
        if name in given:
            setattr(role, name, given[name])
    check_networks(given.get("networks", ""))
    with change(actor, "staff.save_role"):
        save_setup(actor, role, "staff.save_role")
        if matrix is not None:
            _grant(role, matrix)
        require_an_administrator()
        if "networks" in given:
            refuse_lockout(actor, given.get("address"))
    return role


def matrix_of(role: Role) -> dict[tuple[str, str], str]:
    """Return what a role grants: {(record, operation): reach}; what nobody can do is left out."""
    if role.pk is None:
        return {}
    rows = Grant.objects.filter(role=role).values_list("record", "op", "reach")
    idle = {(e.model.label(), op) for e in entities() for op in set(Op) - set(ops_for(e))}
    return {(record, op): reach for record, op, reach in rows if (record, op) not in idle}


def reaches_for(entity: Entity) -> list[str]:
    """Return how far a grant on a record can reach: what nobody owns is all or nothing."""
    scope = entity.model.scope
    if scope.owner is None and scope.department is None:
        return [Reach.ALL.value]
    return [reach.value for reach in Reach]


def ops_for(entity: Entity) -> list[Op]:
    """Return what can be granted on a record: results are only read, and some are never imported.

    What people can't add by hand (a loan) may still be added by a verb that asks for that right.
    """
    if entity.model.read_only:
        return [op for op in Op if op in READING]
    return [op for op in Op if entity.can_add or op is not Op.IMPORT]


def _grant(role: Role, matrix: Matrix) -> None:
    """Make the role's grants those of `matrix`; grants of records unknown here stay."""
    before = matrix_of(role)
    for entity in entities():
        record = entity.model.label()
        for op in ops_for(entity):
            key = (record, op.value)
            wanted, held = matrix.get(key, ""), before.get(key, "")
            if wanted == held:
                continue
            if wanted and wanted not in Reach.values:
                raise ValidationError(_("“%s” is not a scope.") % wanted)
            _grant_one(role, record, op.value, wanted)
            note_setup(role, f"grant:{record}:{op.value}", held or None, wanted or None)


def _grant_one(role: Role, record: str, op: str, reach: str) -> None:
    found = Grant.objects.filter(role=role, record=record, op=op)
    if not reach:
        found.delete()
    elif not found.update(reach=reach):
        Grant.objects.create(role=role, record=record, op=op, reach=reach)


def limits_of(role: Role, record: str) -> dict[str, str]:
    """Return the rights that a role has to the fields of a record, where they are limited."""
    rows = FieldLimit.objects.filter(role=role, record=record)
    return dict(rows.values_list("field", "right"))


def limit_fields(actor: Actor, role: Role, record: str, rights: Mapping[str, str]) -> None:
    """Set what a role may do with each field of a record; full rights need no row."""
    require_administrator(actor)
    known = entity_of(record).fields(Actor.system("roles"))
    before = limits_of(role, record)
    with change(actor, "staff.limit_fields"):
        for name, right in rights.items():
            if name not in known or right not in FieldRight.values:
                continue
            held = before.get(name, FieldRight.WRITE.value)
            if right == held:
                continue
            FieldLimit.objects.filter(role=role, record=record, field=name).delete()
            if right != FieldRight.WRITE:
                FieldLimit.objects.create(role=role, record=record, field=name, right=right)
            note_setup(role, f"field:{record}:{name}", held, right)


def copy_role(actor: Actor, role: Role) -> Role:
    """Make a new role with the same grants and limits, held by nobody."""
    require_administrator(actor)
    made = Role(name=_free_name(role.name), description=role.description)
    with change(actor, "staff.copy_role"):
        save_setup(actor, made, "staff.copy_role")
        _grant(made, matrix_of(role))
        for limit in FieldLimit.objects.filter(role=role):
            FieldLimit.objects.create(
                role=made, record=limit.record, field=limit.field, right=limit.right
            )
            note_setup(made, f"field:{limit.record}:{limit.field}", None, limit.right)
    return made


def _free_name(name: str) -> str:
    number, free = 2, _("%s (copy)") % name
    while Role.objects.filter(name=free).exists():
        free, number = f"{name} ({number})", number + 1
    return free[:100]


def delete_role(actor: Actor, role: Role) -> None:
    """Delete a role that nobody holds."""
    require_administrator(actor)
    if role.users.exists():
        raise ValidationError(_("People hold this role. Give them another one first."))
    with change(actor, "staff.delete_role"):
        for (record, op), reach in matrix_of(role).items():
            note_setup(role, f"grant:{record}:{op}", reach, None)
        delete_setup(actor, role, "staff.delete_role")
