"""A customer's page: birthdays and anniversaries, when they come round, and whether greeted."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone

from huike.customers.days.models import Anniversary, Occasion
from huike.customers.days.queries import coming_of, ready
from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel


def day_facts(opened: Open) -> dict[str, Any] | None:
    """Show the days with their next date (two queries); None where none may be read."""
    actor, row, today = opened.actor, cast(Party, opened.row), timezone.localdate()
    if not may(actor, Anniversary, Op.VIEW):
        return None
    days = coming_of(actor, row, today)
    greetable = ready(actor, row, today) if days and may(actor, Occasion, Op.VIEW) else {}
    return {
        "days": [(day, (day.on - today).days, greetable.get((day.kind, day.on))) for day in days],
        "may_add": may(actor, Anniversary, Op.ADD),
        "may_greet": may(actor, Occasion, Op.EDIT),
    }


def register() -> None:
    """Put the panel on a customer's page in place of the plain lists."""
    panel = Panel(
        "web/days/days.html", day_facts, replaces=("anniversaries", "occasions"), late=True
    )
    add_panel(Party.label(), panel)
