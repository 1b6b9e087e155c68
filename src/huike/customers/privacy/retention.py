"""Retention: what has shown no sign of life for as long as a rule says is anonymised or binned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from huike.customers.models import Party
from huike.customers.privacy.erasing import erase
from huike.customers.privacy.models import PrivacyRequest, RetentionRule
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import bin_all
from huike.kernel.records.record import Record

CHUNK = 100
# What else shows that a customer lives: a function of a day that returns customers active since.
signs: list[Callable[[date], QuerySet[Any]]] = []
# How records other than customers are anonymised: label -> function of actor and rows.
anonymisers: dict[str, Callable[[Actor, list[Record]], None]] = {}


def last_day(rule: RetentionRule, today: date | None = None) -> date:
    """Return the day before which the last activity must lie for a rule to apply."""
    day = today or timezone.localdate()
    year, month = divmod(day.year * 12 + day.month - 1 - rule.months, 12)
    return date(year, month + 1, min(day.day, 28))


def due(rule: RetentionRule, today: date | None = None) -> QuerySet[Any]:
    """Return the records that a rule would act on now, oldest first."""
    before = last_day(rule, today)
    if rule.kind == RetentionRule.Kind.CUSTOMER:
        return _idle_customers(before, rule)
    rows: QuerySet[Any] = entity_of(rule.kind).model.objects.filter(at__lt=_begin(before))
    rows = rows.exclude(party__is_locked=True)
    if rule.act == RetentionRule.Act.ANONYMISE:
        rows = rows.exclude(Q(subject="") & Q(body="") & Q(sealed=[]))
    return rows.order_by("pk")


def _idle_customers(before: date, rule: RetentionRule) -> QuerySet[Any]:
    rows: QuerySet[Any] = Party.objects.filter(created_at__lt=_begin(before))
    rows = rows.filter(is_locked=False, is_employee=False).filter(
        Q(last_contact_on=None) | Q(last_contact_on__lt=before)
    )
    for sign in signs:
        rows = rows.exclude(pk__in=sign(before))
    live = (PrivacyRequest.State.OPEN, PrivacyRequest.State.WORK)
    rows = rows.exclude(pk__in=PrivacyRequest.objects.filter(state__in=live).values("party"))
    if rule.act == RetentionRule.Act.ANONYMISE:  # who is anonymous already has nothing to lose
        rows = rows.exclude(code="", phone="", email="", about="", id_number="", birthday=None)
    return rows.order_by("pk")


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def carry_out(actor: Actor, rule: RetentionRule, work: JobRun | None = None) -> dict[str, int]:
    """Do what a rule says to all that is due; one that can't be done is left and counted."""
    told = {"done": 0, "left": 0}
    after = 0
    while rows := list(due(rule).filter(pk__gt=after)[:CHUNK]):
        after = rows[-1].pk
        with change(actor, "customers.retention"):
            done = _act(actor, rule, rows)
            if work is not None:
                work.checkpoint({})
        told["done"] += done
        told["left"] += len(rows) - done
        if work is not None:
            work.progress(told["done"] + told["left"])
    return told


def _act(actor: Actor, rule: RetentionRule, rows: list[Any]) -> int:
    if rule.act == RetentionRule.Act.BIN:
        return bin_all(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]))
    if rule.kind != RetentionRule.Kind.CUSTOMER:
        anonymisers[rule.kind](actor, rows)
        return len(rows)
    return sum(_erased(actor, party) for party in rows)


def _erased(actor: Actor, party: Party) -> bool:
    try:
        erase(actor, party)
    except ValidationError:  # somebody locked it a moment ago
        return False
    return True


@daily(at="03:20")
@job("customers.retention", title=gettext_lazy("Keep to the retention rules"), priority=-10)
def keep_rules(work: JobRun) -> dict[str, int]:
    """Carry out all rules in force; return how many records were done and left."""
    told = {"done": 0, "left": 0}
    for rule in RetentionRule.objects.filter(is_active=True).order_by("pk"):
        for name, count in carry_out(work.actor, rule, work).items():
            told[name] += count
    return told
