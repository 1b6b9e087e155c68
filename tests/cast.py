"""The cast of every test: Alice owns things in the north, Bob sits beside her, Dora leads both,
Carol works in the south, Mona manages everyone, Iris may do nothing, and Root administers."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import connection

from huike.kernel.access.models import Grant, Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entities, has_entity
from huike.kernel.records.record import Record
from huike.staff.models import Department, User
from huike.staff.rights.acting import actor_of
from tests.breadth import ON_POSTGRESQL, WIDE

SYSTEM = Actor.system("test")
PASSWORD = "correct horse battery"
OPS = ("view", "add", "edit", "delete", "import", "export")
# who: (department, {operation: reach})
ROLES: dict[str, tuple[str, dict[str, str]]] = {
    "alice": ("north 1", dict.fromkeys(("view", "add", "edit", "export", "import"), "own")),
    "bob": ("north 1", {"view": "department"}),
    "dora": ("north", dict.fromkeys(OPS, "below")),
    "carol": ("south", dict.fromkeys(OPS, "own")),
    "mona": ("south", dict.fromkeys(OPS, "all")),
    "iris": ("north 1", {}),
    "root": ("firm", {}),
}
SEES = ("alice", "bob", "dora", "mona", "root")  # a row of Alice's
EDITS = ("alice", "dora", "mona", "root")
BINS = ("dora", "mona", "root")
ADDS = ("alice", "dora", "carol", "mona", "root")


@dataclass
class Cast:
    """The people, by name, and their departments."""

    users: dict[str, User]
    departments: dict[str, Department]

    def __getattr__(self, name: str) -> User:
        return self.users[name]

    def actor(self, name: str) -> Actor:
        """Return the actor with the rights of this moment."""
        return actor_of(User.objects.get(username=name))


@pytest.fixture
def cast(db: None) -> Cast:
    with change(SYSTEM, "test.cast"):
        departments = {"firm": Department(name="firm")}
        departments["firm"].save()
        for name, parent in (("north", "firm"), ("south", "firm"), ("north 1", "north")):
            departments[name] = Department(name=name, parent=departments[parent])
            departments[name].save()
    return Cast(_users(departments), departments)


def _users(departments: dict[str, Department]) -> dict[str, User]:
    """Save everybody with a role of the same name, in few statements: most tests have the cast."""
    roles = [Role(name=name, is_administrator=name == "root") for name in ROLES]
    Role.objects.bulk_create(roles)
    with connection.cursor() as cursor:
        cursor.execute(_grants())
    users = [
        User(username=name, name=name, department=departments[department])
        for name, (department, _grants) in ROLES.items()
    ]
    User.objects.bulk_create(users)
    has = User.roles.through
    has.objects.bulk_create(
        has(user=user, role=role) for user, role in zip(users, roles, strict=True)
    )
    return {user.username: user for user in users}


@cache
def _grants() -> str:
    """Return one statement for all grants: a thousand objects would take most of a short test."""
    rows = ", ".join(
        f"('{name}', '{entity.model.label()}', '{op}', '{reach}')"
        for name, (_department, reaches) in ROLES.items()
        for entity in entities()
        for op, reach in reaches.items()
    )
    roles, grants = Role._meta.db_table, Grant._meta.db_table
    return (
        f"INSERT INTO {grants} (role_id, record, op, reach) "
        f"SELECT r.id, column2, column3, column4 FROM {roles} r "
        f"JOIN (VALUES {rows}) AS v ON r.name = v.column1"
    )


Make = Callable[..., Any]


def makers() -> dict[type[Record], Callable[..., Record]]:
    """Gather each room's makers: demo.py holds one for each of its records."""
    found: dict[type[Record], Callable[..., Record]] = {}
    for entity in entities():
        name = entity.model.__module__.rsplit(".", 1)[0] + ".demo"
        if importlib.util.find_spec(name):
            found |= getattr(importlib.import_module(name), "MAKERS", {})
    return found


@pytest.fixture
def make(db: None) -> Make:
    """Return make(Model, owner, **given): a saved row of that owner, with all that it needs."""
    numbers = itertools.count(1)
    known = makers()

    def made(model: type[Record], owner: User | None = None, /, **given: Any) -> Any:
        names = {f.name: f for f in model._meta.concrete_fields}
        for name, f in names.items():
            needed = not f.null or name == model.scope.parent
            if f.is_relation and needed and name not in given and has_entity(f.related_model):
                given[name] = made(f.related_model, owner)
        for name, f in names.items():
            if name in {"name", "number", "code", "title"} and (f.unique or name == "name"):
                given.setdefault(name, f"{name} {next(numbers)}")
        if owner is not None and "owner" in names:
            given.setdefault("owner", owner)
            given.setdefault("department", owner.department)
        row = known[model](**given)
        with change(SYSTEM, "test.make"):
            row.save()
        return model.everything.get(pk=row.pk)

    return made


def written() -> list[Entity]:
    """Return what people write; the rest are results (tests/contract/test_results.py)."""
    return [entity for entity in entities() if not entity.model.read_only]


def with_each(kinds: Iterable[str]) -> list[tuple[Entity, str]]:
    """Return every entity with every kind of custom field.

    A short run, and PostgreSQL, deals them in turn until every entity and every kind has had one:
    the SQL of a custom field is of its kind, and the same for every entity.
    """
    if WIDE and not ON_POSTGRESQL:
        return list(itertools.product(written(), kinds))
    ours, theirs = written(), list(kinds)
    turns = range(max(len(ours), len(theirs)))
    return [(ours[n % len(ours)], theirs[n % len(theirs)]) for n in turns]


def is_owned(entity: Entity) -> bool:
    return entity.model.scope.owner is not None


def name_field(entity: Entity) -> str:
    """Return a field of plain text that every row of the entity can be told by."""
    return next(
        n for n in ("name", "title", "number", "body", "remark", "code") if n in entity.form_names
    )
