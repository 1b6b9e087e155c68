"""The seeded firm's departments, people, rights, fields, categories and tags, made by its verbs."""

from __future__ import annotations

from dataclasses import dataclass

from bench.firm import words
from django.contrib.auth.hashers import make_password

from huike.customers.models import Category, Party, Tag
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.defining import add_field
from huike.staff.demo import ALL_OPS, PASSWORD, RECORDS, SHARED, grant
from huike.staff.models import Department, User

USERS, DEPARTMENTS = 200, 30


@dataclass(frozen=True)
class Firm:
    """Keys that rows refer to; `owners` holds (user, department) of everybody who has customers."""

    owners: list[tuple[int, int]]
    categories: list[int]
    tags: list[int]


def people() -> Firm:
    """Make 30 departments in a tree, 200 users in them, three roles, ten fields of customers.

    The first user of a division, `manager1` to `manager5`, sees that division and what is below.
    """
    system = Actor.system("bench")
    with change(system, "bench.firm"):
        departments = _departments()
        roles = _roles()
        users = _users(departments, roles)
        categories = [Category(name=n, position=i) for i, n in enumerate(words.CATEGORIES)]
        tags = [Tag(name=name) for name in words.TAGS]
        for row in (*categories, *tags):
            row.save()
    for name, (label, kind, choices) in words.FIELDS.items():
        given = {"name": name, "label": label, "kind": kind, "choices": list(choices)}
        add_field(system, Party.label(), given)
    owners = [(u.pk, u.department_id) for u in users if u.department_id != departments[0].pk]
    return Firm(owners, [c.pk for c in categories], [t.pk for t in tags])


def _departments() -> list[Department]:
    root = Department(name="启程汽车集团")
    root.save()
    made = [root]
    for position, name in enumerate(words.DIVISIONS):
        made.append(Department(name=name, parent=root, position=position))
        made[-1].save()
    for number in range(DEPARTMENTS - len(made)):
        above = made[1 + number % len(words.DIVISIONS)]
        made.append(Department(name=f"{above.name}{number // 5 + 1}组", parent=above))
        made[-1].save()
    return made


def _roles() -> dict[str, Role]:
    made = {
        "admin": Role.objects.create(name="系统管理员", is_administrator=True),
        "manager": Role.objects.create(name="部门经理", description="本部门及下级"),
        "seller": Role.objects.create(name="销售顾问", description="看本部门,改自己的"),
    }
    grant(made["manager"], RECORDS, ALL_OPS, "below")
    grant(made["seller"], RECORDS, ["view"], "department")
    grant(made["seller"], RECORDS, ["add", "edit"], "own")
    for name in ("manager", "seller"):
        grant(made[name], SHARED, ["view"], "all")
    return made


def _users(departments: list[Department], roles: dict[str, Role]) -> list[User]:
    password = make_password(PASSWORD)  # once: hashing is slow on purpose
    made: list[User] = []
    for number in range(USERS):
        department = departments[number % DEPARTMENTS]
        if number == 0:
            name, role = "admin", "admin"
        elif 1 <= number <= len(words.DIVISIONS):
            name, role = f"manager{number}", "manager"
        else:
            name, role = f"seller{number}", "seller"
        called = words.SURNAMES[number % len(words.SURNAMES)] + words.GIVEN[number % 97]
        user = User.objects.create(
            username=name, password=password, name=called, department=department
        )
        user.roles.add(roles[role])
        made.append(user)
    return made
