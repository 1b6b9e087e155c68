"""What a customer's page shows beyond the generic: purchases, next actions, people, ties, files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from huike.channels.models import Interaction
from huike.channels.queries import contacts
from huike.customers.models import Party, Tie
from huike.customers.queries import people_of, ties_of
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import joined
from huike.kernel.entity.titles import is_open
from huike.office.models import Task
from huike.office.queries import tasks_of
from huike.trade.models import Order
from huike.trade.queries import orders_of, purchases
from huike.web.customers.roles import role_facts
from huike.web.records.files import files_of
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 6
BAR = 40  # the height of the tallest month


def party(opened: Open) -> Party:
    """Return the row of the page, which is a party's."""
    return cast(Party, opened.row)


def name_facts(opened: Open) -> dict[str, Any] | None:
    """Show how a Chinese name is read, to those who may read the name."""
    row = party(opened)
    name = opened.fields.get("name")
    if name is None or name.right is FieldRight.MASKED or row.name_key == row.name.casefold():
        return None
    return {"pinyin": row.name_key}


def purchase_facts(opened: Open) -> dict[str, Any] | None:
    """Show what was bought; amounts only to those who may read an order's amount."""
    actor = opened.actor
    if not may(actor, Order, Op.VIEW):
        return None
    entity = entity_of(Order)
    fields = entity.fields(actor)
    shown = [fields[n] for n in ("number", "on", "total", "state") if n in fields]
    rows = orders_of(actor, party(opened)).order_by("-on", "-pk")
    bought = purchases(actor, party(opened))
    open_amounts = "total" in fields and fields["total"].right is not FieldRight.MASKED
    return {
        "bought": bought,
        "bars": _bars(list(bought.months)) if open_amounts and is_open(actor, Order, "on") else [],
        "days": is_open(actor, Order, "on"),
        "amounts": open_amounts,
        "fields": {f.name: f for f in shown},
        "orders": list(joined(entity, rows, shown)[:FEW]),
        "may_add": may(actor, Order, Op.ADD),
    }


def _bars(months: list[tuple[Any, Decimal]]) -> list[dict[str, Any]]:
    most = max([total for _month, total in months] + [Decimal(1)])
    return [
        {
            "x": n * 24 + 3,
            "height": round(float(max(total, Decimal(0)) / most) * BAR, 1),
            "month": month,
            "total": total,
        }
        for n, (month, total) in enumerate(months)
    ]


def action_facts(opened: Open) -> dict[str, Any] | None:
    """Show what is to be done next: open tasks and follow-ups."""
    actor = opened.actor
    tasks = list(tasks_of(actor, party(opened))[:FEW]) if may(actor, Task, Op.VIEW) else []
    follow_ups: list[Interaction] = []
    if may(actor, Interaction, Op.VIEW):
        due = contacts(actor, opened.row).exclude(follow_up_on=None)
        follow_ups = list(due.order_by("follow_up_on")[:FEW])
    return {"tasks": tasks, "follow_ups": follow_ups, "may_add": may(actor, Task, Op.ADD)}


def people_facts(opened: Open) -> dict[str, Any] | None:
    """Show the contacts of an organisation, with their phone as the reader may see it."""
    row = party(opened)
    if row.kind != Party.Kind.ORGANISATION or not may(opened.actor, Tie, Op.VIEW):
        return None
    ties = list(people_of(opened.actor, row)[:30])
    hidden = out_of_sight(opened.actor, {tie.party_id for tie in ties})
    return {
        "people": [(tie, tie.party_id in hidden) for tie in ties],
        "phone": opened.fields.get("phone"),
        "may_add": may(opened.actor, Tie, Op.ADD),
    }


def tie_facts(opened: Open) -> dict[str, Any] | None:
    """Show the nearest ties as a list; the picture is asked for once it comes into sight."""
    if not may(opened.actor, Tie, Op.VIEW):
        return None
    row = party(opened)
    ties = list(ties_of(opened.actor, row)[:30])
    hidden = out_of_sight(opened.actor, {key for t in ties for key in (t.party_id, t.other_id)})
    return {
        "ties": [
            (t, t.other if t.party_id == row.pk else t.party, t.party_id == row.pk) for t in ties
        ],
        "hidden": hidden,
        "may_add": may(opened.actor, Tie, Op.ADD),
    }


def file_facts(opened: Open) -> dict[str, Any] | None:
    """Show the newest files."""
    found = files_of(opened, 4)
    return {"files": found} if found else None


def out_of_sight(actor: Actor, keys: set[int]) -> set[int]:
    """Return those parties that `actor` may not see."""
    seen = visible(actor, Party).filter(pk__in=keys).values_list("pk", flat=True)
    return keys - set(seen)


def register() -> None:
    """Put the panels on the page, in the order in which they stand."""
    folder = "web/customers"
    panels = (
        Panel(f"{folder}/name.html", name_facts, "head"),
        Panel(f"{folder}/purchases.html", purchase_facts, replaces=("orders",)),
        Panel(f"{folder}/roles.html", role_facts),
        Panel(f"{folder}/actions.html", action_facts, replaces=("tasks",)),
        Panel(f"{folder}/people.html", people_facts),
        Panel(f"{folder}/ties.html", tie_facts, replaces=("ties", "ties_from"), late=True),
        Panel(f"{folder}/files.html", file_facts, late=True),
    )
    for panel in panels:
        add_panel(Party.label(), panel)
