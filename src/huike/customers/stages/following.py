"""Keeps relation and stage of customers: the rule's word, unless a person has said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.customers.stages.models import StageChange, StageOverride
from huike.kernel.change.work import Work, change, closing
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import chunks

CHUNK = 1000
NAMES = ("relation", "stage")
COLUMNS = ("relation", "stage", "rule_relation", "rule_stage")
Found = Mapping[int, tuple[str, str]]  # party: (relation, stage) by rule


def found_by_rule(found: Found, by: str = "") -> int:
    """Take over what the analysis found; return how many customers changed.

    A person's word stands until its end: then what was found here comes to light. To be called
    chunk by chunk, each in a transaction.
    """
    rows = _stored(found)
    before = _values(rows)
    for row in rows:
        row.rule_relation, row.rule_stage = found[row.pk]
    return _settle(rows, before, by)


def settle(parties: Iterable[int], by: str = "") -> int:
    """Let the word of people, or else the rule, hold for these customers from now on."""
    rows = _stored(parties)
    return _settle(rows, _values(rows), by)


def _stored(parties: Iterable[int]) -> list[Party]:
    return list(Party.everything.filter(pk__in=list(parties)).only("pk", *COLUMNS))


def _values(rows: Sequence[Party]) -> dict[int, tuple[str, ...]]:
    return {row.pk: tuple(getattr(row, name) for name in COLUMNS) for row in rows}


def _settle(rows: Sequence[Party], before: Mapping[int, tuple[str, ...]], by: str) -> int:
    words, changes = _words(rows, timezone.localdate()), []
    for row in rows:
        word = words.get(row.pk)
        for name, old in zip(NAMES, before[row.pk], strict=False):
            said = getattr(word, name) if word else ""
            setattr(row, name, said or getattr(row, f"rule_{name}"))
            # what the very first look finds is no change
            if getattr(row, name) != old and (old or said):
                changes.append(_change(row, name, old, said, word, by))
    after = _values(rows)
    changed = [row for row in rows if after[row.pk] != before[row.pk]]
    Party.everything.all().unjournaled_save(changed, COLUMNS)
    StageChange.everything.all().unjournaled_create(changes)
    return len({c.party_id for c in changes})


def _change(
    row: Party, name: str, before: str, said: str, word: StageOverride | None, by: str
) -> StageChange:
    now = timezone.now()
    return StageChange(
        party_id=row.pk,
        at=now,
        what=name,
        before=before,
        after=getattr(row, name),
        by_rule=not said,
        by=word.created_by if word and said else by,
        note=word.remark if word and said else "",
        created_at=now,
        changed_at=now,
    )


def _words(rows: Sequence[Party], today: date) -> dict[int, StageOverride]:
    """Return the newest word of a person for each customer, where one holds today."""
    keys = [row.pk for row in rows]
    holding = StageOverride.objects.filter(party__in=keys, until__gte=today).order_by("pk")
    return {word.party_id: word for word in holding}


def follow(work: Work) -> None:
    """Let a word that was given, changed or taken back hold at once."""
    notes = [n for n in work.notes if n.record == "customers.stageoverride"]
    keys = [n.record_id for n in notes if n.record_id is not None]
    if keys:
        parties = StageOverride.everything.filter(pk__in=keys).values_list("party_id", flat=True)
        settle(set(parties), work.actor.name)


@daily("00:30")
@job("customers.stages", title=_("Let the rule hold where a stage set by hand has ended"))
def end_words(work: JobRun) -> dict[str, Any]:
    """Give back to the rule those customers for whom a person's word has ended."""
    today, ended = timezone.localdate(), 0
    differs = ~Q(party__relation=F("party__rule_relation"))
    differs |= ~Q(party__stage=F("party__rule_stage"))
    over = StageOverride.everything.filter(differs, until__lt=today)
    for chunk in chunks(sorted(set(over.values_list("party_id", flat=True))), CHUNK):
        with change(work.actor, "customers.stages"):
            ended += settle(chunk)
            work.checkpoint({})
        work.progress(ended)
    return {"ended": ended}


def register() -> None:
    """Let every change be followed; called once, when the room is loaded."""
    if follow not in closing:
        closing.append(follow)
