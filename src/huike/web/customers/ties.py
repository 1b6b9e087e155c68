"""The picture of a party's ties: it stands in the middle, the others around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from huike.customers.models import Party, Tie
from huike.kernel.actor import Actor
from huike.kernel.entity.titles import text_of, title
from huike.kernel.kinds.links import COVERED

MOST = 10
WIDTH, HEIGHT = 320, 220


@dataclass(frozen=True)
class Dot:
    """One tied party in the picture."""

    x: float
    y: float
    name: str
    tie: str
    address: str


def dots(actor: Actor, party: Party, ties: Sequence[Tie], hidden: set[int]) -> list[Dot]:
    """Return where the others stand; those in `hidden` are not named."""
    found = ties[:MOST]
    return [_dot(actor, party, tie, n, len(found), hidden) for n, tie in enumerate(found)]


def _dot(actor: Actor, party: Party, tie: Tie, n: int, count: int, hidden: set[int]) -> Dot:
    other = tie.other if tie.party_id == party.pk else tie.party
    turn = 2 * math.pi * n / count - math.pi / 2
    covered = other.pk in hidden
    return Dot(
        x=round(WIDTH / 2 + 112 * math.cos(turn), 1),
        y=round(HEIGHT / 2 + 76 * math.sin(turn), 1),
        name=COVERED if covered else title(actor, other)[:8],
        tie=text_of(actor, tie, "kind"),
        address="" if covered else f"/customers/party/{other.pk}/",
    )
