"""Keeps the occasions of the next weeks: made every night, and anew where a day was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.days.models import SOON, Anniversary, Occasion
from huike.customers.models import Party
from huike.kernel.change.work import Work, change, closing
from huike.kernel.days import recurring
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import chunks

AHEAD = 60  # days for which occasions lie ready
KEPT = 400  # days for which greeted ones are kept
AT_ONCE = 500  # more changed customers than this are left to the night
CHUNK = 500
WATCHED = {"birthday", "lunar_birthday", "is_customer", "is_employee", "binned_at"}
Key = tuple[int, str, int | None, date]


@daily("00:20")
@job("customers.occasions", title=_("Look ahead for birthdays and anniversaries"), priority=-5)
def look_ahead(work: JobRun) -> dict[str, Any]:
    """Make the occasions that have come into sight, and take away those gone by unticked."""
    today, made = timezone.localdate(), 0
    with change(work.actor, "customers.occasions"):
        old = Q(on__lt=today, greeted_on=None) | Q(on__lt=today - timedelta(days=KEPT))
        _remove(old)
        work.checkpoint({})
    for chunk in chunks(parties_in_sight(today), CHUNK):
        with change(work.actor, "customers.occasions"):
            made += refresh(chunk, today)
            work.checkpoint({})
        work.progress(made)
    return {"made": made}


def parties_in_sight(today: date) -> list[int]:
    """Return the keys of all parties of whom some day falls into the next weeks."""
    coming = recurring.coming(today, AHEAD)
    anniversaries = Anniversary.objects.filter(recurs__in=list(coming)).values_list("party_id")
    born = Party.objects.filter(_born(coming)).values_list("pk")
    return sorted({key for (key,) in (*born, *anniversaries)})


def _born(coming: Mapping[str, date]) -> Q:
    lunar = [key[1:] for key in coming if key.startswith("l")]
    found = Q(lunar_birthday__in=lunar)
    days: dict[int, list[int]] = {}
    for key in coming:
        if key.startswith("s"):
            month, day = int(key[1:3]), int(key[4:6])
            days.setdefault(month, []).append(day)
    for month, numbers in days.items():
        found |= Q(birthday__month=month, birthday__day__in=numbers)
    return found


def refresh(parties: Sequence[int], today: date) -> int:
    """Bring the coming occasions of these parties up to date; return how many are new.

    What was greeted stays; what no longer comes goes.
    """
    wanted = _wanted(parties, today)
    stored = Occasion.everything.filter(party__in=parties, on__gte=today)
    known: dict[Key, Occasion] = {}
    gone = []
    for row in stored.order_by(F("greeted_on").asc(nulls_last=True), "pk"):
        if row.greeted_on is None and (_key(row) not in wanted or _key(row) in known):
            gone.append(row.pk)
        else:
            known[_key(row)] = row
    _remove(Q(pk__in=gone))
    now, rows = timezone.now(), []
    for key, row in wanted.items():
        if key not in known:
            row.created_at = row.changed_at = now
            row.created_by = "calendar"
            rows.append(row)
    Occasion.everything.all().unjournaled_create(rows)
    return len(rows)


def _key(row: Occasion) -> Key:
    return (row.party_id, row.kind, row.anniversary_id, row.on)


def _wanted(parties: Sequence[int], today: date) -> dict[Key, Occasion]:
    coming = recurring.coming(today, AHEAD)
    rows = [*_birthdays(parties, coming), *_anniversaries(parties, coming)]
    return {_key(row): row for row in rows}


def _birthdays(parties: Sequence[int], coming: Mapping[str, date]) -> Iterable[Occasion]:
    rows = Party.objects.filter(_born(coming), pk__in=parties)
    for key, born, lunar in rows.values_list("pk", "birthday", "lunar_birthday"):
        if lunar and (on := coming.get(f"l{lunar}")):
            yield _occasion(key, Occasion.Kind.LUNAR, on, None)
        if born and (on := coming.get(f"s{born:%m-%d}")) and on > born:
            yield _occasion(key, Occasion.Kind.BIRTHDAY, on, on.year - born.year)


def _anniversaries(parties: Sequence[int], coming: Mapping[str, date]) -> Iterable[Occasion]:
    rows = Anniversary.objects.filter(
        party__in=parties, party__binned_at=None, recurs__in=list(coming)
    )
    for row in rows:
        on = coming[row.recurs]
        if on > row.on or (on == row.on and not row.is_yearly):
            years = on.year - row.on.year or None
            yield _occasion(row.party_id, row.kind, on, years, row)


def _occasion(
    party: int, kind: str, on: date, years: int | None, of: Anniversary | None = None
) -> Occasion:
    ahead = of.remind_days if of else SOON
    return Occasion(
        party_id=party,
        kind=kind,
        anniversary_id=of.pk if of else None,
        on=on,
        remind_on=on - timedelta(days=ahead),
        years=years,
    )


def _remove(condition: Q) -> None:
    """Delete what only the product had written: nobody has ticked or changed it."""
    rows = Occasion.everything.filter(condition)
    rows._raw_delete(rows.db)  # a record's own delete() asks for the bin, which is for people


def follow(work: Work) -> None:
    """Look at the days of those customers whom a change has touched."""
    touched = set()
    for note in work.notes:
        if note.record == "customers.party" and note.record_id:
            if note.kind == "create" or WATCHED & note.fields.keys():
                touched.add(note.record_id)
        elif note.record == "customers.anniversary" and note.record_id:
            found = Anniversary.everything.filter(pk=note.record_id).values_list("party_id")
            touched.update(key for (key,) in found)
    if 0 < len(touched) <= AT_ONCE:
        refresh(sorted(touched), timezone.localdate())


def register() -> None:
    """Let every change be followed; called once, when the room is loaded."""
    if follow not in closing:
        closing.append(follow)
