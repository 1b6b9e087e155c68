"""Adds and removes links (tags, mentions) of many rows at once, journaled row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records.record import Record


def links_of(rows: Sequence[Record], name: str) -> dict[int, list[int]]:
    """Return the keys that each row's many-to-many field `name` holds, in one query."""
    found: dict[int, list[int]] = {row.pk: [] for row in rows}
    if not rows:
        return found
    column = type(rows[0])._meta.get_field(name)
    through, here, there = _through(column)
    pairs = through.objects.filter(**{f"{here}__in": list(found)}).values_list(here, there)
    by_row: dict[int, list[int]] = defaultdict(list)
    for row, other in pairs:
        by_row[row].append(other)
    return found | {pk: sorted(keys) for pk, keys in by_row.items()}


def link_all(rows: Sequence[Record], name: str, wanted: Mapping[int, Iterable[int]]) -> int:
    """Let each row's field `name` hold exactly the keys `wanted` for it; returns how many changed.

    The rows must have been read in this transaction and checked by the caller.
    """
    before = links_of(rows, name)
    changed = [row for row in rows if before[row.pk] != sorted(set(wanted[row.pk]))]
    if not changed:
        return 0
    model = type(changed[0])
    through, here, there = _through(model._meta.get_field(name))
    new, gone = [], defaultdict(list)
    for row in changed:
        after, old = set(wanted[row.pk]), set(before[row.pk])
        new += [through(**{here: row.pk, there: key}) for key in sorted(after - old)]
        for key in old - after:
            gone[key].append(row.pk)
        row.version += 1
        fields = {name: [before[row.pk], sorted(after)]}
        noted = Noted(model.label(), row.pk, Entry.Kind.EDIT, row.version, fields)
        current_work().note(noted)
    for key, keys in gone.items():
        through.objects.filter(**{there: key, f"{here}__in": keys}).delete()
    through.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    model.everything.filter(pk__in=[row.pk for row in changed]).unjournaled_update(
        version=F("version") + 1, changed_at=timezone.now()
    )
    return len(changed)


def _through(column: Any) -> tuple[Any, str, str]:
    """Return the table between, and its columns for this row and for the other."""
    through = column.remote_field.through
    here = through._meta.get_field(column.m2m_field_name()).attname
    there = through._meta.get_field(column.m2m_reverse_field_name()).attname
    return through, here, there
