"""Empties the bin: what has lain there for 30 days is deleted for good, and the journal says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change, current_work
from huike.kernel.entity.entity import entities
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import edit_all
from huike.kernel.records.locking import is_locked
from huike.kernel.records.record import Record

KEPT = timedelta(days=30)
CHUNK = 200


@daily(at="04:30")
@job("records.purge", title=_("Empty the bin"), priority=-10)
def empty_bin(work: JobRun) -> dict[str, int]:
    """Delete what has lain in the bin for 30 days.

    What something else still points at stays (a product that old orders name). Returns how many
    records were deleted and how many stayed.
    """
    before = timezone.now() - KEPT
    told = {"deleted": 0, "kept": 0}
    for entity in entities():
        if entity.model._meta.proxy:  # another view of rows that stand under their own record
            continue
        old = entity.model.everything.filter(binned_at__lt=before).order_by("pk")
        last = 0
        while rows := list(old.filter(pk__gt=last)[:CHUNK]):
            last = rows[-1].pk
            with change(work.actor, "records.purge"):
                deleted = sum(purge(row) for row in rows)
                work.checkpoint({})
            told["deleted"] += deleted
            told["kept"] += len(rows) - deleted
            work.progress(told["deleted"] + told["kept"])
    return told


def purge(row: Record) -> bool:
    """Delete one row of the bin for good, with what belongs to it, and journal all of that.

    Links of other records to what goes are emptied where their columns say SET_NULL. Returns False,
    deleting nothing, where the row is locked or something else needs it. Raises ValidationError for
    a row outside the bin.
    """
    if row.binned_at is None:
        raise ValidationError(_("Move it to the bin first."))
    if is_locked(row):
        return False
    collector = Collector(using=router.db_for_write(type(row)), origin=row)
    try:
        collector.collect([row])
    except (ProtectedError, RestrictedError):
        return False
    _unlink(collector)
    gone = [(row.label(), row.pk, row.version), *_taken_along(collector, row)]
    collector.delete()
    for label, key, version in gone:
        current_work().note(Noted(label, key, Entry.Kind.PURGE, version))
    return True


def _unlink(collector: Collector) -> None:
    """Empty the links to what is to go, where the column says SET_NULL, as a journaled edit."""
    updates: Any = collector.field_updates  # the stubs know an older shape
    for (column, value), groups in updates.items():
        model = column.model
        if not issubclass(model, Record):
            continue
        keys = [other.pk for group in groups for other in group]
        rows = model.everything.filter(pk__in=keys)
        if model.read_only:
            rows.unjournaled_update(**{column.name: value})
        else:
            edit_all(rows, {column.name: value})
    collector.field_updates.clear()


def _taken_along(collector: Collector, row: Record) -> Iterator[tuple[str, int, int]]:
    """Yield the journaled records that go with `row`, such as the notes about a customer."""
    groups: list[Iterable[object]] = [*collector.data.values(), *collector.fast_deletes]
    for group in groups:
        for other in group:
            if isinstance(other, Record) and not other.read_only and other != row:
                yield other.label(), other.pk, other.version
