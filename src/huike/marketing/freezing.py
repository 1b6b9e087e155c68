"""Keeps the members of static segments: frozen, refreshed, put in and taken out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records import raw
from huike.kernel.records.action import action
from huike.kernel.records.undo import apart
from huike.marketing.models import Segment, SegmentMember
from huike.marketing.segments import count_now, frozen, members

COLUMNS = ("segment", "generation", "party")
AT_ONCE = 5000  # customers put in by hand; more are frozen from a filter


@action("marketing.freeze", needs=Op.EDIT)
def freeze(actor: Actor, segment: Segment) -> Segment:
    """Make a live segment static: whoever is in it now, as far as `actor` sees, stays in it."""
    if segment.kind == Segment.Kind.STATIC:
        raise ValidationError(_("This segment is static already."))
    return _frozen(segment, members(actor, segment).values_list("pk", flat=True))


@action("marketing.refresh", needs=Op.EDIT)
def refresh(actor: Actor, segment: Segment) -> Segment:
    """Fill a static segment anew with the customers that its filter finds now."""
    if segment.kind != Segment.Kind.STATIC or not segment.filter:
        raise ValidationError(_("Only a static segment with a filter can be refreshed."))
    live = Segment(pk=segment.pk, filter=segment.filter)
    return _frozen(segment, members(actor, live).values_list("pk", flat=True))


@action("marketing.thaw", needs=Op.EDIT)
def thaw(actor: Actor, segment: Segment) -> Segment:
    """Let a static segment follow its filter again."""
    if segment.kind != Segment.Kind.STATIC or not segment.filter:
        raise ValidationError(_("Only a static segment with a filter can become live."))
    segment.kind = Segment.Kind.LIVE
    segment.save()
    return segment


@action("marketing.empty", needs=Op.EDIT)
def begin_empty(actor: Actor, segment: Segment) -> Segment:
    """Make a segment static with nobody in it, to be filled by hand."""
    return _frozen(segment, ())


@action("marketing.put_in", needs=Op.EDIT)
def put_in(actor: Actor, segment: Segment, keys: Sequence[int]) -> int:
    """Put customers that `actor` sees into a static segment; return how many were not yet in it."""
    _must_be_static(segment)
    if len(keys) > AT_ONCE:
        raise ValidationError(_("These are too many at once. Use a filter instead."))
    seen = visible(actor, Party).filter(pk__in=keys)
    added = sorted(set(seen.values_list("pk", flat=True)) - set(_keys(segment, keys)))
    _insert(segment, added)
    _note(segment, [], added)
    return len(added)


@action("marketing.take_out", needs=Op.EDIT)
def take_out(actor: Actor, segment: Segment, keys: Sequence[int]) -> int:
    """Take customers that `actor` sees out of a static segment; return how many were in it."""
    _must_be_static(segment)
    seen = visible(actor, Party).filter(pk__in=keys)
    taken = sorted(_keys(segment, list(seen.values_list("pk", flat=True))))
    frozen(segment).filter(party_id__in=taken).delete()
    _note(segment, taken, [])
    return len(taken)


def _must_be_static(segment: Segment) -> None:
    if segment.kind != Segment.Kind.STATIC:
        raise ValidationError(_("Only a static segment is changed by hand. Freeze it first."))


def _frozen(segment: Segment, keys: Iterable[int]) -> Segment:
    """Write the members as a new generation; the one before is kept for an undo."""
    found = list(keys)
    rows = SegmentMember.objects.filter(segment=segment)
    rows.filter(generation__lt=segment.generation).delete()
    newest = rows.aggregate(newest=Max("generation"))["newest"] or 0
    segment.generation = max(newest, segment.generation) + 1
    segment.kind = Segment.Kind.STATIC
    _insert(segment, found)
    segment.save()
    return segment


def _insert(segment: Segment, keys: Iterable[int]) -> None:
    columns = raw.columns_of(SegmentMember, COLUMNS)
    rows = ((segment.pk, segment.generation, key) for key in keys)
    raw.insert_values(SegmentMember, columns, rows)


def _keys(segment: Segment, keys: Sequence[int]) -> list[int]:
    found = frozen(segment).filter(party_id__in=keys)
    return list(found.values_list("party_id", flat=True))


def _note(segment: Segment, before: list[int], after: list[int]) -> None:
    """Journal who was put in or taken out, and count again."""
    if not before and not after:
        return
    segment.version += 1
    count_now(segment)
    Segment.everything.unjournaled_save([segment], ["version", "size", "sized_at"])
    noted = {"members": [before, after]}
    current_work().note(Noted(segment.label(), segment.pk, Entry.Kind.EDIT, segment.version, noted))


def _take_back(segment: Segment, before: Any, after: Any) -> str:
    """Undo what was done by hand: those put in go, those taken out come back."""
    if segment.kind != Segment.Kind.STATIC:
        return str(_("It is live now."))
    frozen(segment).filter(party_id__in=after or []).delete()
    still = Party.objects.filter(pk__in=before or []).values_list("pk", flat=True)
    _insert(segment, sorted(set(still) - set(_keys(segment, list(before or [])))))
    _note(segment, list(after or []), list(before or []))
    return ""


apart[Segment.label(), "members"] = _take_back
