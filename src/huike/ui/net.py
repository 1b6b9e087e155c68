"""A net of things and the ties between them, as one picture: drawn by ui/charts/net.js."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from huike.ui.charts import Text


@dataclass(frozen=True)
class Knot:
    """One thing in the net; `step` counts from the one in the middle, which is 0."""

    key: str
    name: str
    group: int  # place in the groups of `net`
    step: int
    href: str = ""


@dataclass(frozen=True)
class Strand:
    """A tie from one knot to another, with the word for it."""

    source: str
    target: str
    text: str
    href: str = ""


def net(groups: Sequence[Text], knots: Iterable[Knot], strands: Iterable[Strand]) -> dict[str, Any]:
    """Return the spec of a net: each knot in the colour of its group, nearer ones larger."""
    return {
        "kind": "net",
        "groups": [str(group) for group in groups],
        "knots": [[k.key, k.name, k.group, k.step, k.href] for k in knots],
        "strands": [[s.source, s.target, s.text, s.href] for s in strands],
    }
