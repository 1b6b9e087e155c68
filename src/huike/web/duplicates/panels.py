"""A customer's page tells who may be the same, and what was merged into it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from huike.customers.duplicates.models import DuplicatePair, Merge
from huike.customers.duplicates.wording import sentence, sure
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 5


def duplicate_facts(opened: Open) -> dict[str, Any] | None:
    """Show open pairs with this customer, and the merges into it, newest first."""
    actor, row = opened.actor, opened.row
    pairs: list[tuple[DuplicatePair, Party, str]] = []
    if may(actor, DuplicatePair, Op.VIEW):
        mine = visible(actor, DuplicatePair).filter(Q(one=row.pk) | Q(other=row.pk), state="open")
        for pair in mine.select_related("one", "other").order_by("-probability")[:FEW]:
            other = pair.other if pair.one_id == row.pk else pair.one
            pairs.append((pair, other, sentence(pair.likeness)))
    merges: list[Merge] = []
    if may(actor, Merge, Op.VIEW):
        into = visible(actor, Merge).filter(winner=row.pk).defer("footprint")
        merges = list(into.select_related("loser").order_by("-pk")[:FEW])
    if not pairs and not merges:
        return None
    return {"pairs": pairs, "merges": merges, "sure": sure}


def register() -> None:
    """Put the panel on the page."""
    add_panel(Party.label(), Panel("web/duplicates/merges.html", duplicate_facts, late=True))
