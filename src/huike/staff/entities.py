"""Where each field of departments shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.entity import Entity, Section, register
from huike.staff.models import Department

register(
    Entity(
        model=Department,
        icon="sitemap",
        columns=("name", "parent", "position"),
        form=(Section(_("Department"), ("name", "parent", "position")),),
        ordering="position",
        match=("name",),
        menu="settings",
        in_menu=False,
    )
)
