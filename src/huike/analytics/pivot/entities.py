"""Where each field of a saved pivot shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.analytics.pivot.models import Pivot
from huike.kernel.entity.entity import Entity, Section
from huike.kernel.entity.entity import register as register_entity


def register() -> None:
    """Register the saved pivot; its place in the menu is the page that shows it."""
    register_entity(
        Entity(
            model=Pivot,
            icon="table-options",
            columns=("name", "definition", "about", "is_shared", "owner", "changed_at"),
            facts=("is_shared", "owner"),
            form=(
                Section(
                    _("Pivot"),
                    ("name", "about", "definition", "is_shared", "owner", "department"),
                ),
            ),
            search=("name", "about"),
            views=((_("For everybody"), 'filter=["is_shared","yes"]'),),
            match=("name",),
            menu="analytics",
            home="/pivot/",
        )
    )
