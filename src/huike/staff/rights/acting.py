"""Turns a signed-in person into the actor that every verb and query asks for."""

from __future__ import annotations

from collections import defaultdict

from huike.kernel.access.rights import rights_of
from huike.kernel.actor import Actor
from huike.staff.door.networks import networks_of
from huike.staff.models import Department, User


def actor_of(user: User, via: str = "web") -> Actor:
    """Return the actor for `user` with the rights of this moment (four queries)."""
    roles = list(user.roles.all())
    administrator = any(role.is_administrator for role in roles)
    return Actor(
        name=user.name or user.username,
        user_id=user.pk,
        department_id=user.department_id,
        departments_below=departments_below(user.department_id),
        rights=rights_of(role.pk for role in roles),
        is_administrator=administrator,
        via=via,
        networks=networks_of(roles),
        helps=user.helps,
    )


def departments_below(root: int | None) -> frozenset[int]:
    """Return the department `root` and all below it."""
    if root is None:
        return frozenset()
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Department.everything.values_list("pk", "parent_id"):
        children[parent].append(pk)
    found, waiting = {root}, [root]
    while waiting:
        below = [pk for pk in children[waiting.pop()] if pk not in found]
        found.update(below)
        waiting += below
    return frozenset(found)
