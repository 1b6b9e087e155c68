"""The net of ties around a party, some steps deep, without what its reader may not see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from huike.customers.models import Party, Tie
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op

STEPS = 2
MOST = 60  # parties in one net; a picture of more can't be read
BUSY = 400  # ties looked at for one step


@dataclass(frozen=True)
class Net:
    """Parties by how many steps they are away from the first, and the ties among them."""

    parties: dict[Party, int]
    ties: list[Tie]
    is_whole: bool  # False: more parties are tied than are shown


def net_of(actor: Actor, party: Party, steps: int = STEPS, most: int = MOST) -> Net:
    """Return the parties tied to `party` in up to `steps` steps, nearest first.

    A party out of the actor's sight is no node, and nothing is reached through it. Two queries for
    each step, and one for the ties among the outermost.
    """
    found: dict[int, tuple[Party, int]] = {party.pk: (party, 0)}
    if not may(actor, Tie, Op.VIEW):
        return Net({party: 0}, [], True)
    ties: dict[int, Tie] = {}
    border, is_whole = {party.pk}, True
    for step in range(1, steps + 1):
        touching = _touching(actor, border)
        beyond = sorted({k for t in touching for k in _ends(t)} - found.keys())
        seen = _seen(actor, beyond)
        is_whole = is_whole and len(found) + len(seen) <= most and len(touching) < BUSY
        border = set()
        for other in seen[: max(most - len(found), 0)]:
            found[other.pk] = (other, step)
            border.add(other.pk)
        ties |= {t.pk: t for t in touching}
        if not border:
            break
    ties |= {t.pk: t for t in _touching(actor, border)} if border else {}
    shown = [t for t in ties.values() if all(key in found for key in _ends(t))]
    for tie in shown:
        tie.party, tie.other = found[tie.party_id][0], found[tie.other_id][0]
    return Net(dict(found.values()), sorted(shown, key=lambda t: t.pk), is_whole)


def _touching(actor: Actor, keys: Iterable[int]) -> list[Tie]:
    some = list(keys)
    rows = visible(actor, Tie).filter(Q(party__in=some) | Q(other__in=some))
    return list(rows.order_by("pk")[:BUSY])


def _seen(actor: Actor, keys: list[int]) -> list[Party]:
    return list(visible(actor, Party).filter(pk__in=keys).order_by("pk")) if keys else []


def _ends(tie: Tie) -> tuple[int, int]:
    return tie.party_id, tie.other_id
