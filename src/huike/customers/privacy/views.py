"""Who looked at a customer: a row per person, day and way, apart from the journal's chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from huike.customers.models import Party
from huike.customers.privacy.deadlines import setting
from huike.customers.privacy.models import PartyView
from huike.kernel.access.scope import allowed
from huike.kernel.actor import Actor, Op
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.seeing import when_seen

NEWEST = 200


def note(actor: Actor, row: Any) -> None:
    """Note that a person saw a customer: an update, and once a day an insert."""
    if actor.user_id is None:
        return
    key = {"party_id": row.pk, "user_id": actor.user_id, "on": timezone.localdate()}
    key["via"] = actor.via
    now = timezone.now()
    mine = PartyView.objects.filter(**key)
    if mine.update(times=F("times") + 1, last_at=now):
        return
    try:
        with transaction.atomic():
            PartyView.objects.create(**key, who=actor.name, last_at=now)
    except IntegrityError:  # the same person's other tab was a moment earlier
        mine.update(times=F("times") + 1, last_at=now)


def may_see_views(actor: Actor, party: Party) -> bool:
    """Tell whether the actor may know who saw a customer: who may delete it may."""
    return allowed(actor, Op.DELETE, party)


def views_of(party: Party) -> list[PartyView]:
    """Return who saw a customer, newest first."""
    return list(PartyView.objects.filter(party_id=party.pk).order_by("-last_at")[:NEWEST])


@daily(at="04:20")
@job("customers.prune_views", title=gettext_lazy("Drop old views of customers"), priority=-10)
def prune(work: JobRun) -> int:
    """Delete views that are older than the settings keep them; return how many."""
    before = timezone.localdate() - timedelta(days=setting().views_kept)
    return PartyView.objects.filter(on__lt=before).delete()[0]


when_seen[Party.label()].append(note)
