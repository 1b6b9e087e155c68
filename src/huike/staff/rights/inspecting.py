"""What lies behind a refusal, for administrators: whose row it is, where it lies, its state."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huike.kernel.records.record import Record
from huike.staff.models import Department


def facts_of(row: Record) -> list[tuple[str, str]]:
    """Return (what, in words) of all that decides who reaches a row."""
    facts = [(_("Record"), f"{row} (#{row.pk})")]
    if row.scope.owner:
        facts.append((_("Owner"), str(_follow(row, row.scope.owner) or _("nobody"))))
    if row.scope.department:
        place = _follow(row, row.scope.department)
        facts.append((_("Department"), _path(place) if place else _("none")))
    if row.scope.owner is None and row.scope.department is None:
        facts.append((_("Scope"), _("Belongs to the whole firm: any scope shows it.")))
    facts.append((_("In the bin"), _("yes") if row.binned_at else _("no")))
    parent = _follow(row, row.scope.parent) if row.scope.parent else None
    if parent is not None and parent.binned_at:
        facts.append((_("Belongs to"), _("“%s”, which lies in the bin") % parent))
    return facts


def _follow(row: Record, path: str) -> Record | None:
    found: Record | None = row
    for name in path.split("__"):
        found = getattr(found, name, None)
    return found


def _path(place: Record) -> str:
    """Return a department with all above it."""
    names: list[str] = []
    node = place if isinstance(place, Department) else None
    while node is not None and len(names) < 20:
        names.insert(0, node.name)
        node = node.parent
    return " › ".join(names)
