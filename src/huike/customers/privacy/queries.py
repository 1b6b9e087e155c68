"""Named questions about privacy: what is due, and what a customer asked."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from huike.customers.models import Party
from huike.customers.privacy.carrying import LIVE
from huike.customers.privacy.models import PrivacyRequest
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op


def due_requests(actor: Actor, until: date) -> QuerySet[PrivacyRequest]:
    """Return open requests due by a day that the actor may work on, the most urgent first."""
    rows = visible(actor, PrivacyRequest, Op.EDIT).filter(state__in=LIVE, due_on__lte=until)
    return rows.select_related("party", "owner").order_by("due_on", "pk")


def requests_of(actor: Actor, party: Party) -> QuerySet[PrivacyRequest]:
    """Return a customer's requests that the actor may see, open ones first."""
    rows = visible(actor, PrivacyRequest).filter(party=party)
    return rows.order_by("done_on", "due_on", "pk")
