"""Who is in a segment, for one reader: never more than the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import current_work
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.filters import condition
from huike.marketing.conditions import read
from huike.marketing.models import Segment, SegmentMember
from huike.staff.models import User
from huike.staff.rights.acting import actor_of

_open: ContextVar[frozenset[int]] = ContextVar("segments", default=frozenset())


def members(actor: Actor, segment: Segment) -> QuerySet[Party]:
    """Return the customers of a segment that `actor` may see.

    Raises ValidationError where the actor may not filter by what the segment asks for.
    """
    return visible(actor, Party).filter(belonging(actor, segment))


def belonging(actor: Actor, segment: Segment) -> Q:
    """Return the condition that a customer is in the segment."""
    if segment.kind == Segment.Kind.STATIC:
        return Q(pk__in=frozen(segment).values("party_id"))
    with _inside(segment):
        return condition(actor, entity_of(Party), read(segment.filter))


def frozen(segment: Segment) -> QuerySet[SegmentMember]:
    """Return the members of a static segment as they were frozen last."""
    return SegmentMember.objects.filter(segment=segment.pk, generation=segment.generation)


@contextmanager
def _inside(segment: Segment) -> Iterator[None]:
    """A segment may ask for another, but not for itself."""
    within = _open.get()
    if segment.pk is not None and segment.pk in within:
        raise ValidationError(_("A segment can't be made of itself."))
    token = _open.set(within | ({segment.pk} if segment.pk else set()))
    try:
        yield
    finally:
        _open.reset(token)


def in_segments(actor: Actor, op: str, value: Any) -> Q:
    """Compile “is in one of these segments” (or in none of them) for filters of customers.

    Raises ValidationError for a segment that the actor may not see.
    """
    if op not in {"in", "out", "is", "not"}:
        raise ValidationError(_("A customer is in a segment, or is not."))
    keys = {int(v) for v in (value if isinstance(value, list) else [value]) if str(v).isdigit()}
    found = list(visible(actor, Segment).filter(pk__in=keys))
    if len(found) < len(keys):
        raise ValidationError(_("There is no such segment, or you may not see it."))
    belongs = Q(pk__in=[])
    for segment in found:
        belongs |= Q(pk__in=members(actor, segment).values("pk"))
    return belongs if op in {"in", "is"} else ~belongs


def count_now(segment: Segment) -> None:
    """Put the size on the segment as its owner sees it; None where the owner may not ask."""
    segment.sized_at = timezone.now()
    try:
        segment.size = members(keeper(segment), segment).count()
    except ValidationError:
        segment.size = None


def keeper(segment: Segment) -> Actor:
    """Return whose eyes the stored size is counted with: the owner's, else who works on it now."""
    owner = User.objects.filter(pk=segment.owner_id or 0).first()
    return actor_of(owner, via="system") if owner else current_work().actor


@dataclass(frozen=True)
class Overlap:
    """How many customers a segment shares with another one."""

    other: Segment
    size: int
    shared: int
    share: float  # of this segment
    share_of_other: float


def overlaps(actor: Actor, segment: Segment, most: int = 20) -> list[Overlap]:
    """Return what a segment shares with the others that `actor` may see, the closest first."""
    mine = members(actor, segment)
    size = mine.count()
    others = visible(actor, Segment, Op.VIEW).exclude(pk=segment.pk or 0).order_by("-changed_at")
    found = []
    for other in others[:most]:
        try:
            theirs = members(actor, other)
            number, shared = theirs.count(), mine.filter(belonging(actor, other)).count()
        except ValidationError:
            continue
        found.append(Overlap(other, number, shared, _ratio(shared, size), _ratio(shared, number)))
    return sorted(found, key=lambda overlap: -overlap.shared)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
