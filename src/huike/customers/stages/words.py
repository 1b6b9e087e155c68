"""Relations and stages as people call them; the analysis finds them, people may overrule it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Relation(TextChoices):
    """What a party is to us, by what it did."""

    NON_CUSTOMER = "non_customer", _("non-customer")
    POTENTIAL = "potential", _("potential customer")
    TARGET = "target", _("target customer")
    CURRENT = "current", _("current customer")
    LOST = "lost", _("lost customer")


class Stage(TextChoices):
    """Where the relationship stands."""

    EXPLORATION = "exploration", _("exploration")
    FORMATION = "formation", _("formation")
    STABLE = "stable", _("stable")
    DECLINE = "decline", _("decline")
    LOST = "lost", pgettext_lazy("stage", "lost")
