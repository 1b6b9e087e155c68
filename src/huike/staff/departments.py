"""The tree of departments: read as one picture, and changed a branch at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.verbs import bin_, store
from huike.staff.models import Department, User


@dataclass
class Branch:
    """A department with those below it; `people` may sign in, `all_people` are those of all."""

    row: Department
    depth: int = 0
    people: int = 0
    all_people: int = 0
    below: list[Branch] = field(default_factory=list)


def tree() -> list[Branch]:
    """Return the departments outside the bin as branches (two queries)."""
    count: Counter[int | None] = Counter(
        User.objects.filter(is_active=True).values_list("department_id", flat=True)
    )
    below: dict[int | None, list[Department]] = defaultdict(list)
    rows = list(Department.objects.order_by("position", "pk"))
    known = {row.pk for row in rows}
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    return [_branch(row, 0, below, count) for row in below[None]]


def _branch(
    row: Department,
    depth: int,
    below: dict[int | None, list[Department]],
    count: Counter[int | None],
) -> Branch:
    branches = [_branch(child, depth + 1, below, count) for child in below[row.pk]]
    own = count[row.pk]
    return Branch(row, depth, own, own + sum(b.all_people for b in branches), branches)


def flat(branches: list[Branch]) -> list[Branch]:
    """Return the branches as one list, each before those below it."""
    return [found for branch in branches for found in (branch, *flat(branch.below))]


def add_department(actor: Actor, name: str, parent: Department | None) -> Department:
    """Add a department as the last one below `parent`."""
    require_administrator(actor)
    row = Department(name=name.strip(), parent=parent, position=len(_children(parent)) + 1)
    return store(actor, row, "staff.add_department")


def rename_department(actor: Actor, row: Department, name: str) -> Department:
    """Give a department another name."""
    require_administrator(actor)
    row.name = name.strip()
    return store(actor, row, "staff.rename_department")


def move_department(
    actor: Actor, row: Department, parent: Department | None, place: int | None = None
) -> None:
    """Put a department below another one, at `place` among those there; scopes follow at once."""
    require_administrator(actor)
    if parent is None and row.parent_id is not None and _children(None):
        raise ValidationError(_("There is one department at the top; put this one below another."))
    others = [child for child in _children(parent) if child.pk != row.pk]
    others.insert(len(others) if place is None else max(0, place), row)
    row.parent = parent
    with change(actor, "staff.move_department"):
        for position, child in enumerate(others, 1):
            child.position = position
            store(actor, child)


def bin_department(actor: Actor, row: Department) -> None:
    """Move an empty department to the bin."""
    require_administrator(actor)
    with change(actor, "staff.bin_department"):
        bin_(actor, row)


def _children(parent: Department | None) -> list[Department]:
    return list(Department.objects.filter(parent=parent).order_by("position", "pk"))
