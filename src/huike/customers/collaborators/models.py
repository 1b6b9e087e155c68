"""Who helps with a customer beside its owner: sees it, and may change it where that was said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record


class Collaborator(Record):
    """A person who helps the owner of a customer, for a while or for good."""

    # a collaborator sees who else helps, but only who owns the customer says who does
    scope = Scope("party__owner", "party__department", "party", shares_writing=False)
    titled_by = ("party", "user")
    title_joins = ("party", "user")

    party = models.ForeignKey(
        Party, models.CASCADE, related_name="collaborators", verbose_name=_("customer")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("collaborator")
    )
    may_edit = models.BooleanField(
        _("may change it"),
        default=False,
        help_text=_("Else only see it, with its timeline, orders and files."),
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty: until it is ended.")
    )
    remark = models.CharField(_("what for"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("collaborator")
        verbose_name_plural = _("collaborators")
        indexes = [models.Index(fields=["user", "party"], name="collaborator_of_user")]

    def __str__(self) -> str:
        return f"{self.party_id} + {self.user_id}"
