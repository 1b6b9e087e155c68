"""Names of linked rows, as far as one actor may know them: for groups, chips and board columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huike.kernel.actor import Actor
from huike.kernel.kinds.links import COVERED, Link


def names_of(actor: Actor, kind: Link, keys: Iterable[Any]) -> dict[int, str]:
    """Return the name of each key; what is out of sight is called "···"."""
    wanted = {int(key) for key in keys if str(key).isdigit()}
    found = kind.read_by(actor).names(wanted)
    return {key: found.get(key, COVERED) for key in wanted}
