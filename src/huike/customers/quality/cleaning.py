"""Turns what a file lacks into a task of its owner; the room that keeps tasks makes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.quality.completeness import missing, weights
from huike.customers.quality.models import Finding
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of

DAYS = 7
Maker = Callable[[Actor, Party, str, str, date], Any]
_makers: list[Maker] = []


def tasks_by(make: Maker) -> None:
    """Let a room make the task: `make(actor, party, title, text, due_on)`."""
    if make not in _makers:
        _makers.append(make)


def make_task(actor: Actor, party: Party, due_on: date | None = None, note: str = "") -> None:
    """Give the owner of a file the task to mend it.

    Raises ValidationError where nothing is wrong with it, nobody owns it, or the task is there.
    """
    if party.owner_id is None:
        raise ValidationError(_("Nobody owns this customer: there is nobody to give the task to."))
    text = told(party)
    if not text:
        raise ValidationError(_("Nothing is missing or wrong in this file."))
    due = due_on or timezone.localdate() + timedelta(days=DAYS)
    for make in _makers:
        make(actor, party, _("Complete the customer file"), f"{note}\n{text}".strip(), due)


def told(party: Party) -> str:
    """Return what is missing and what breaks a rule, as lines; the names of fields, no values."""
    fields = entity_of(Party).fields(Actor.system("quality"))
    bare = [fields[n].label for n in missing(party, weights()[party.kind]) if n in fields]
    lines = [_("Missing: %s") % "、".join(bare)] if bare else []
    for finding in Finding.objects.filter(party=party).select_related("rule").order_by("pk"):
        lines.append(" ".join(filter(None, (finding.rule.name, finding.rule.remark))))
    return "\n".join(lines)
