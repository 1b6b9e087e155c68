"""What the staff room gives the warehouse: people and the tree of departments."""

from __future__ import annotations

from huike.kernel.feeds import Feed, Given, register
from huike.staff.models import Department, User

register(
    Feed(
        "department",
        Department.everything.all,
        "department",
        {
            "department": Given("pk", "integer"),
            "name": Given("name"),
            "parent": Given("parent_id", "integer"),
            "position": Given("position", "integer"),
        },
        journal=Department.label(),
    )
)

register(
    Feed(
        "staff",
        User.objects.all,
        "staff",
        {
            "staff": Given("pk", "integer"),
            "name": Given("name"),
            "department": Given("department_id", "integer"),
            "is_active": Given("is_active", "flag"),
            "joined_at": Given("joined_at", "time"),
        },
    )
)
