"""The roles that a party plays, each with the numbers that are known of it, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.queries import referred_by, rivals_customers, supplied_by
from huike.kernel.actor import Actor
from huike.web.records.loading import Open


@dataclass(frozen=True)
class Role:
    """One role: its label, a number with its words, and what is not kept yet."""

    label: str
    number: int | None
    words: str
    note: str = ""


def role_facts(opened: Open) -> dict[str, Any] | None:
    """Show the roles other than customer; the purchases tell of that one."""
    row = cast(Party, opened.row)
    names = ("is_supplier", "is_distributor", "is_competitor", "is_partner", "is_employee")
    played = [n for n in names if getattr(row, n) and n in opened.fields]
    found = [_role(opened.actor, row, n, opened.fields[n].label) for n in played]
    return {"roles": found} if found else None


def _role(actor: Actor, row: Party, name: str, label: str) -> Role:
    if name == "is_supplier":
        note = _("Purchase orders and payables are not kept here yet.")
        return Role(label, supplied_by(actor, row).count(), _("parties it supplies"), note)
    if name == "is_competitor":
        known = rivals_customers(actor, row)
        number = None if known is None else known.count()
        return Role(label, number, _("of our customers buy from it"))
    words = _("customers it referred to us")
    return Role(label, referred_by(actor, row).count(), words)
