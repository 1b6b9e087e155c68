"""What the page of a saved pivot shows: the way to its figures."""

from __future__ import annotations

from typing import Any

from huike.analytics.pivot.models import Pivot
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel


def facts(opened: Open) -> dict[str, Any]:
    """Return where the pivot is shown."""
    return {"address": f"/pivot/{opened.row.pk}/"}


def register() -> None:
    """Put the panel above the timeline of a saved pivot."""
    add_panel(Pivot.label(), Panel("web/pivot/panel.html", facts, "main"))
