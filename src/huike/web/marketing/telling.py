"""What a segment is in words and numbers, for one reader."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from huike.kernel.actor import Actor
from huike.marketing.conditions import Conditions, read
from huike.marketing.models import Segment
from huike.marketing.segments import Overlap, members, overlaps


@dataclass(frozen=True)
class Told:
    """A segment told to one reader; without `size` the reader may not ask, and `wrong` says why."""

    sentence: str
    size: int | None
    overlaps: list[Overlap] = field(default_factory=list)
    wrong: str = ""


def tell_segment(actor: Actor, segment: Segment, *, compare: bool = False) -> Told:
    """Return what a segment says and how many customers the reader finds in it."""
    sentence = Conditions().read_by(actor).say(read(segment.filter))
    try:
        size = members(actor, segment).count()
        return Told(sentence, size, overlaps(actor, segment) if compare else [])
    except ValidationError as error:
        return Told(sentence, None, wrong=" ".join(error.messages))
