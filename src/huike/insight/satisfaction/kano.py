"""Kano classes: which attributes must be there, which delight, which nobody cares about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from huike.insight.satisfaction.figures import FEWEST

KanoClass = Literal[
    "attractive", "one-dimensional", "must-be", "indifferent", "reverse", "questionable"
]

_TABLE: tuple[tuple[KanoClass, ...], ...] = (
    ("questionable", "attractive", "attractive", "attractive", "one-dimensional"),
    ("reverse", "indifferent", "indifferent", "indifferent", "must-be"),
    ("reverse", "indifferent", "indifferent", "indifferent", "must-be"),
    ("reverse", "indifferent", "indifferent", "indifferent", "must-be"),
    ("reverse", "reverse", "reverse", "reverse", "questionable"),
)
# When two classes have as many votes, the one that costs more to get wrong wins.
_PRECEDENCE: tuple[KanoClass, ...] = (
    "must-be", "one-dimensional", "attractive", "indifferent", "reverse", "questionable",
)  # fmt: skip


@dataclass(frozen=True)
class KanoResult:
    """An attribute's class with its votes; `kind`, better and worse are None below n = 5."""

    n: int
    votes: dict[KanoClass, int]
    kind: KanoClass | None
    better: float | None
    worse: float | None


def kano_class(if_present: int, if_absent: int) -> KanoClass:
    """The class of one person's pair of answers, each 1 (like it) to 5 (dislike it).

    Source: Kano et al. 1984, evaluation table as in Matzler and Hinterhuber 1998.
    """
    return _TABLE[if_present - 1][if_absent - 1]


def kano(pairs: Iterable[tuple[int, int]]) -> KanoResult:
    """Class and better/worse coefficients of one attribute from its (present, absent) answers.

    better = (A + O) / (A + O + M + I), from 0 to 1: how much having it pleases;
    worse = -(O + M) / (A + O + M + I), from -1 to 0: how much lacking it angers
    (Berger et al. 1993). Pairs outside 1-5 are ignored.
    """
    votes = Counter(kano_class(p, a) for p, a in pairs if p in range(1, 6) and a in range(1, 6))
    counted = {kind: votes.get(kind, 0) for kind in _PRECEDENCE}
    n = sum(counted.values())
    if n < FEWEST:
        return KanoResult(n, counted, None, None, None)
    kind = max(_PRECEDENCE, key=lambda k: (counted[k], -_PRECEDENCE.index(k)))
    attractive, one, must = (counted[k] for k in ("attractive", "one-dimensional", "must-be"))
    base = attractive + one + must + counted["indifferent"]
    if base == 0:
        return KanoResult(n, counted, kind, None, None)
    return KanoResult(n, counted, kind, (attractive + one) / base, -(one + must) / base)
