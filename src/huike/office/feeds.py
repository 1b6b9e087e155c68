"""What the office gives the warehouse: tasks, who had them, when due and when done."""

from __future__ import annotations

from huike.kernel.feeds import Feed, Given, register
from huike.office.models import Task

register(
    Feed(
        "task",
        Task.everything.all,
        "task",
        {
            "task": Given("pk", "integer"),
            "customer": Given("party_id", "integer"),
            "owner": Given("owner_id", "integer"),
            "department": Given("department_id", "integer"),
            "state": Given("state"),
            "priority": Given("priority"),
            "at": Given("created_at", "time"),
            "due_on": Given("due_on", "date"),
            "done_at": Given("done_at", "time"),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("binned_at", "time"),
        },
        journal=Task.label(),
    )
)
