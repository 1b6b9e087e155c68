"""The one question that all verbs of set-up ask first: is this an administrator?"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor


def require_administrator(actor: Actor) -> None:
    """Raise PermissionDenied unless `actor` administers this organisation."""
    if not actor.is_unlimited:
        raise PermissionDenied(_("Only an administrator may change the set-up."))
