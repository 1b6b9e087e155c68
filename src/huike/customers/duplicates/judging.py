"""What people decide about a pair: merge it as suggested, or say that the two are not the same."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.duplicates.merges import merge
from huike.customers.duplicates.models import DuplicatePair, Merge
from huike.customers.duplicates.suggesting import (
    NOT_TAKEN,
    better,
    differs,
    mergeable,
    suggested,
)
from huike.customers.models import Party
from huike.kernel.access.scope import require, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.titles import title
from huike.kernel.kinds.links import Links


def merge_pair(actor: Actor, pair: DuplicatePair) -> Merge:
    """Merge the two of an open pair: the one of whom more is known stays and is completed."""
    _require_open(pair)
    winner, loser = better(_party(pair.one_id), _party(pair.other_id))
    return merge(actor, winner, loser)


def foretold(actor: Actor, pair: DuplicatePair) -> tuple[str, str]:
    """Say of each field in which the two differ what both have, and what will stand afterwards."""
    winner, loser = better(_party(pair.one_id), _party(pair.other_id))
    taken = set(suggested(actor, winner, loser))
    before, after = [], [_("stays: %s") % title(actor, winner)]
    for f in mergeable(actor).values():
        if f.name in NOT_TAKEN or not differs(f, winner, loser):
            continue
        mine, theirs = f.text(winner) or "—", f.text(loser) or "—"
        before.append(f"{f.label}: {mine} | {theirs}")
        adds = isinstance(f.kind, Links) and f.name in taken and mine != "—"
        result = f"{mine}、{theirs}" if adds else theirs if f.name in taken else mine
        after.append(f"{f.label}: {result}")
    return "\n".join(before), "\n".join(after)


def merge_by_hand(
    actor: Actor, winner: Party, loser: int | None = None, take: str = "", why: str = ""
) -> Merge:
    """Merge the party with the key `loser` into `winner`; `take` names fields, with commas."""
    other = visible(actor, Party).filter(pk=loser).first() if loser else None
    if other is None:
        raise ValidationError({"loser": _("There is no such record, or you may not see it.")})
    names = [name.strip() for name in take.replace("，", ",").split(",") if name.strip()]
    return merge(actor, winner, other, names or None, why or "")


def dismiss(actor: Actor, pair: DuplicatePair) -> None:
    """Note that the two are not the same; no sweep asks again. Needs the right to edit both."""
    _judge(actor, pair, DuplicatePair.State.DIFFERENT)


def reopen(actor: Actor, pair: DuplicatePair) -> None:
    """Let a pair that was said not to be the same be judged again."""
    _judge(actor, pair, DuplicatePair.State.OPEN)


def _judge(actor: Actor, pair: DuplicatePair, state: DuplicatePair.State) -> None:
    for pk in (pair.one_id, pair.other_id):
        require(actor, Op.EDIT, _party(pk))
    if pair.state == DuplicatePair.State.MERGED:
        _require_open(pair)
    with change(actor, "customers.judge_pair"):
        pair.state = state
        opened = state == DuplicatePair.State.OPEN
        pair.judged_by = "" if opened else actor.name
        pair.judged_at = None if opened else timezone.now()
        pair.save()


def _require_open(pair: DuplicatePair) -> None:
    if pair.state != DuplicatePair.State.OPEN:
        told = {"who": pair.judged_by, "what": pair.get_state_display()}
        raise ValidationError(_("%(who)s has judged this pair already: %(what)s.") % told)


def _party(pk: int) -> Party:
    return Party.everything.get(pk=pk)
