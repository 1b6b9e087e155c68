"""The CLV matrix: every customer a dot, what is earned now against what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Q

from huike.analytics.figures.asking import Question
from huike.customers.models import Party
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import cover, joined

MOST_DOTS = 3000
RANKS = {"lead": 0, "iron": 1, "platinum": 2, "gold": 3}  # what a firm would rather have


@dataclass(frozen=True)
class Dot:
    """One customer."""

    party: int
    name: str
    now: Decimal
    later: Decimal
    tier: str


@dataclass(frozen=True)
class Dots:
    """The customers shown, how many there are in all, and where the cells meet."""

    dots: Sequence[Dot]
    customers: int
    lines: tuple[Decimal | None, Decimal | None]


def dots(question: Question) -> Dots | None:
    """Return the customers of the matrix, evenly chosen where they are too many to be drawn.

    Where the cells meet is read from the classes: the least that still counted as high. None
    where one of the two amounts is hidden.
    """
    now = "current_profit" if question.on is None else "profit"
    if not question.open("matrix", now, "clv"):
        return None
    rows = question.rows(("matrix", "filled")).exclude(clv=None)
    high = rows.aggregate(
        now=Min(now, filter=Q(matrix__in=["gold", "platinum"])),
        later=Min("clv", filter=Q(matrix__in=["gold", "iron"])),
    )
    count = rows.count()
    every = -(-count // MOST_DOTS)
    if every > 1:
        rows = rows.annotate(turn=F("party_id") % every).filter(turn=0)
    return Dots(_drawn(question, rows, now), count, (high["now"], high["later"]))


def _drawn(question: Question, rows: Any, now: str) -> list[Dot]:
    named = question.fields.get("party")
    fields = [named] if named is not None else []
    titles = (f"party__{name}" for name in Party.titled_by or ("name",))
    rows = joined(entity_of(question.model), rows.order_by("pk"), fields)
    found = list(rows.only("matrix", "clv", now, "party", "party__sealed", *titles))
    cover(question.actor, fields, found)
    return [
        Dot(
            row.party_id,
            named.text(row) if named else "",
            getattr(row, now) or Decimal(0),
            row.clv,
            row.matrix,
        )
        for row in found
    ]


def is_up(before: str, after: str) -> bool:
    """Tell whether a move in the matrix is one that a firm likes."""
    return RANKS[after] > RANKS[before]
