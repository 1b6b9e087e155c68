"""Who had a customer when, and why it left: written with every change of an owner, however made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from huike.customers.models import Party
from huike.customers.pool.models import OwnerChange
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Work, closing, current_work, if_it_fails

Why = OwnerChange.Why


@dataclass(frozen=True)
class Reason:
    """Why the owner of a customer changes, as the verb that changes it knows."""

    why: Why
    rule: str = ""
    days: int | None = None
    note: str = ""


_told: dict[UUID, dict[int, Reason]] = {}


def because(parties: Iterable[int], reason: Reason) -> None:
    """Say why the current change gives these parties another owner."""
    work = current_work()
    if work.uuid not in _told:
        _told[work.uuid] = {}
        if_it_fails(lambda: _forget(work.uuid))
    _told[work.uuid].update(dict.fromkeys(parties, reason))


def _forget(work: UUID) -> None:
    _told.pop(work, None)


def reasons_of(work: Work) -> dict[int, Reason]:
    """Return what was said so far within a change under way."""
    return _told.get(work.uuid, {})


def follow(work: Work) -> None:
    """Write the trail of a change that is about to be committed, and since when somebody owns."""
    told = _told.pop(work.uuid, {})
    moved: dict[int, list[int | None]] = {}
    for note in work.notes:
        if note.record != "customers.party" or note.record_id is None:
            continue
        if note.kind == Entry.Kind.CREATE or "owner_id" not in note.fields:
            continue
        before, after = note.fields["owner_id"]
        moved.setdefault(note.record_id, [before, after])[1] = after
    moved = {key: pair for key, pair in moved.items() if pair[0] != pair[1]}
    if moved:
        _write(work, moved, told)


def _write(work: Work, moved: dict[int, list[int | None]], told: dict[int, Reason]) -> None:
    now, usual = timezone.now(), Reason(_usual(work))
    rows = []
    for party, (before, after) in moved.items():
        reason = told.get(party, usual)
        rows.append(
            OwnerChange(
                party_id=party,
                at=now,
                before_id=before,
                after_id=after,
                why=reason.why,
                rule=reason.rule[:100],
                days=reason.days,
                note=reason.note[:300],
                by=work.actor.name,
                created_at=now,
                changed_at=now,
                created_by=work.actor.name,
            )
        )
    OwnerChange.everything.all().unjournaled_create(rows)
    today = timezone.localdate()
    free = [party for party, (_before, after) in moved.items() if after is None]
    owned = [party for party, (_before, after) in moved.items() if after is not None]
    parties = Party.everything
    parties.filter(pk__in=free).unjournaled_update(pooled_since=today, owned_since=None)
    parties.filter(pk__in=owned).unjournaled_update(pooled_since=None, owned_since=today)


def _usual(work: Work) -> Why:
    """Say why by what was done, where no verb of the pool has said more."""
    if work.undoes is not None:
        return Why.UNDONE
    handed = work.action.endswith((".transfer", ".hand_over"))
    return Why.HANDED if handed else Why.EDITED


def trail_of(actor: Actor, party: Party) -> QuerySet[OwnerChange]:
    """Return who had a customer, the newest change first."""
    rows = visible(actor, OwnerChange).filter(party=party.pk)
    return rows.select_related("before", "after").order_by("-at", "-pk")


def register() -> None:
    """Let every change be followed; called once, when the room is loaded."""
    if follow not in closing:
        closing.append(follow)
