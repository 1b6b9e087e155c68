"""The sweep in the background: every night what changed, at times and on demand the whole file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.customers.duplicates.matching.keys import READ
from huike.customers.duplicates.merges import gather
from huike.customers.duplicates.models import DuplicatePair, DuplicateSweep, Merge
from huike.customers.feeds import changed_parties, journal_mark
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.records.bulk import chunks, create_all

if TYPE_CHECKING:
    from huike.customers.duplicates.matching.detecting import Found, Sweep

CHUNK = 500
FULL_AFTER = timedelta(days=30)
LATE = timedelta(days=3)  # as long rows may still come for a merged party


@daily("03:50")
@job("customers.find_duplicates", title=gettext_lazy("Look for duplicates"))
def find_duplicates(work: JobRun, full: bool = False) -> dict[str, Any]:
    """Compare the parties and keep the likely pairs; killed, it writes the same pairs again.

    Without `full` only parties that changed since the last sweep are compared with all others.
    """
    from huike.customers.duplicates.matching.detecting import sweep  # here: it loads DuckDB

    started, mark = time.monotonic(), journal_mark()
    last = None if full else _last()
    changed = changed_parties(last.mark) if last is not None else None
    work.progress(0, 4, _("reading"))
    rows = list(parties())
    work.progress(1, 4, _("comparing %(n)s customers") % {"n": len(rows)})
    models = None if last is None or changed is None else last.learnt
    result = sweep(rows, models, changed)
    work.progress(2, 4, _("writing"))
    new = _keep(work, result.found)
    if changed is None:
        _forget(result.found)
    work.progress(3, 4, _("rows that came late"))
    late = _gather_late(work)
    _remember(result, mark, time.monotonic() - started, is_full=changed is None)
    return {"parties": result.parties, "pairs": len(result.found), "new": new, "late": late}


def _last() -> DuplicateSweep | None:
    """Return the sweep whose models hold and from which on changes are looked at."""
    newest = DuplicateSweep.objects.order_by("-pk").first()
    full = DuplicateSweep.objects.filter(is_full=True, at__gt=timezone.now() - FULL_AFTER)
    return newest if full.exists() else None


def parties() -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield every party outside the bin with what of it is compared."""
    for pk, *values in Party.objects.order_by("pk").values_list("pk", *READ).iterator(5000):
        yield pk, dict(zip(READ, values, strict=True))


def _keep(work: JobRun, found: Sequence[Found]) -> int:
    """Write pairs, chunk by chunk; those judged already stay as they were judged."""
    new = 0
    for some in chunks(found, CHUNK):
        with change(work.actor, "customers.find_duplicates"):
            new += keep_pairs(some)
            work.checkpoint({"new": new})
    return new


def keep_pairs(found: Sequence[Found]) -> int:
    """Write pairs inside the current change; return how many are new."""
    by_pair = {(f.one, f.other): f for f in found}
    keys = [f.one for f in found]
    known = DuplicatePair.everything.filter(one__in=keys)
    again = [pair for pair in known if (pair.one_id, pair.other_id) in by_pair]
    for pair in again:
        one = by_pair.pop((pair.one_id, pair.other_id))
        pair.probability, pair.likeness = share(one.probability), dict(one.likeness)
        pair.binned_at = None
    DuplicatePair.everything.unjournaled_save(again, ["probability", "likeness", "binned_at"])
    create_all([_pair(one) for one in by_pair.values()], clean=False)
    return len(by_pair)


def _pair(found: Found) -> DuplicatePair:
    return DuplicatePair(
        one_id=found.one,
        other_id=found.other,
        probability=share(found.probability),
        likeness=dict(found.likeness),
    )


def share(probability: float) -> Decimal:
    """Return a probability as the column holds it."""
    return Decimal(str(round(probability, 4)))


def _forget(found: Sequence[Found]) -> None:
    """Put open pairs that a full sweep no longer finds out of sight."""
    pairs = {(f.one, f.other) for f in found}
    rows = DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN)
    gone = [pk for pk, *pair in rows.values_list("pk", "one", "other") if tuple(pair) not in pairs]
    for some in chunks(gone, CHUNK):
        rows = DuplicatePair.everything.filter(pk__in=some)
        rows.unjournaled_update(binned_at=timezone.now())


def _gather_late(work: JobRun) -> int:
    recent = Merge.objects.filter(
        state=Merge.State.MERGED, created_at__gt=timezone.now() - LATE, winner__binned_at=None,
        loser__binned_at__isnull=False,
    )  # fmt: skip
    moved = 0
    recent = recent.exclude(footprint={})  # one of the two was erased
    for made in recent.select_related("winner", "loser").order_by("pk"):
        with change(work.actor, "customers.gather"):
            moved += gather(made)
    return moved


def _remember(result: Sweep, mark: str, seconds: float, *, is_full: bool) -> None:
    DuplicateSweep.objects.create(
        parties=result.parties,
        pairs=len(result.found),
        seconds=seconds,
        is_full=is_full,
        mark=mark,
        learnt=result.models,
    )
