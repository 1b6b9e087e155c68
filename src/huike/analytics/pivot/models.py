"""A pivot that somebody keeps: its definition, and whether everybody may open it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.analytics.pivot.kind import DefinitionField
from huike.kernel.access.scope import Scope
from huike.staff.models import Owned


class Pivot(Owned):
    """A saved table of figures; each reader sees in it the figures of own rows."""

    scope = Scope("owner", "department", shared="is_shared")

    name = models.CharField(_("name"), max_length=100)
    about = models.CharField(_("remarks"), max_length=300, blank=True)
    definition = DefinitionField(
        _("what it shows"),
        blank=True,
        help_text=_("As the page of pivots writes it; revenue by month if empty."),
    )
    is_shared = models.BooleanField(
        _("for everybody"),
        default=False,
        help_text=_("Everybody who may see pivots may open it; each sees own figures."),
    )

    class Meta(Owned.Meta):
        verbose_name = _("pivot")
        verbose_name_plural = _("pivots")
        indexes = [models.Index(fields=["is_shared"], name="pivot_shared")]

    def __str__(self) -> str:
        return self.name
