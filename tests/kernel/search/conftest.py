"""A cast of customers and actors for the tests of search."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from huike.customers.models import Party
from huike.kernel.actor import Actor, Op, Rights
from huike.kernel.change.work import change
from huike.staff.models import Department, User

SYSTEM = Actor.system("test")


@pytest.fixture
def add(db: None) -> Callable[..., Party]:
    """Return a function that saves a customer as the product does, index included."""

    def make(name: str, **fields: object) -> Party:
        with change(SYSTEM, "test.add"):
            row = Party(name=name, **fields)
            row.save()
        return row

    return make


@pytest.fixture
def edit(db: None) -> Callable[..., None]:
    def run(row: Party, **fields: object) -> None:
        with change(SYSTEM, "test.edit"):
            for name, value in fields.items():
                setattr(row, name, value)
            row.save()

    return run


@pytest.fixture
def showroom(db: None) -> Department:
    with change(SYSTEM, "test.add"):
        row = Department(name="展厅")
        row.save()
    return row


@pytest.fixture
def salesman(showroom: Department) -> Actor:
    """Somebody who sees only the own customers."""
    user = User.objects.create_user("li", name="李销售", department=showroom)
    return actor(user, "own")


def actor(user: User, reach: str, **limits: str) -> Actor:
    """Return the actor for `user` who views customers as far as `reach`."""
    label = Party.label()
    rights = Rights(
        {(label, Op.VIEW.value): frozenset({reach})},
        {(label, name): right for name, right in limits.items()},
    )
    department = user.department_id
    return Actor(user.name, user.pk, department, frozenset({department or 0}), rights)
