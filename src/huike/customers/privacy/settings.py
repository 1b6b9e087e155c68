"""Changes what is set about privacy, journaled like all set-up."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.customers.privacy.deadlines import setting
from huike.customers.privacy.models import PrivacySetting
from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.change.work import change


def set_privacy(actor: Actor, given: Mapping[str, str]) -> PrivacySetting:
    """Set the term of requests, whether marketing needs consent, and how long views are kept."""
    require_administrator(actor)
    days = given.get("views_kept", "")
    if not days.isdigit() or not 1 <= int(days) <= 3650:
        raise ValidationError({"views_kept": _("Give a number of days from 1 to 3650.")})
    with change(actor, "customers.set_privacy"):
        PrivacySetting.objects.get_or_create(pk=1)
        row = setting()
        row.term = given.get("term", row.term)
        row.needs_consent = bool(given.get("needs_consent"))
        row.views_kept = int(days)
        return save_setup(actor, row, "customers.set_privacy")
