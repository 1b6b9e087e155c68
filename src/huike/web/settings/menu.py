"""What set-up puts into the side menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.ui.menu import Page, add_page


def register() -> None:
    """Add the pages that people look for by name; all others are on the first of them."""
    for label, icon, address, closed in (
        (_("All settings"), "settings", "settings", False),
        (_("People"), "user-cog", "settings-people", True),
        (_("Custom fields"), "forms", "settings-fields", True),
        (_("Journal"), "history", "settings-journal", True),
    ):
        add_page(Page("settings", label, icon, address, only_administrators=closed))
