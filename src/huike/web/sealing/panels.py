"""What sealing puts on the pages of records."""

from __future__ import annotations

from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.web.records.panels import Panel, add_panel
from huike.web.sealing.pages import protection


def register() -> None:
    """Show lock and seal beside the record."""
    for model in (Party, Interaction):
        add_panel(model.label(), Panel("web/sealing/protection.html", protection))
