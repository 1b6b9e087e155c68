"""Who of a campaign's customers is held out: decided by a stored seed, so it can be checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def split(keys: Iterable[int], *, seed: int, held_out_share: float) -> tuple[list[int], list[int]]:
    """Return (treated, held out), the same for the same keys and seed in whatever order.

    The rule is that of `huike.insight.uplift.split`, which this room lies too low to ask; a test
    holds the two to one result.
    """
    ranked = sorted(set(keys), key=lambda key: _rank(key, seed))
    held = round(len(ranked) * held_out_share)
    return ranked[held:], ranked[:held]


def _rank(key: int, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{key!r}".encode(), digest_size=16).digest()
