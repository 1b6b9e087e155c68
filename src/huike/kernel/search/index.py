"""Keeps the index current: with every change, as a whole after a restore, and checked for drift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, Work
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import EXTRA
from huike.kernel.records.bulk import chunks
from huike.kernel.records.record import Record
from huike.kernel.search.documents import (
    Document,
    custom_names,
    documents_of,
    names,
    searched,
    terms_by_id,
)
from huike.kernel.search.models import Rebuild
from huike.kernel.search.store import store
from huike.kernel.search.terms import kind

CHUNK = 500
REBUILD_CHUNK = 5000
LAST = 2**43 - 1  # the highest id that the index can hold
Progress = Callable[[int], None]


def write(record: str, ids: Iterable[int], documents: Iterable[Document]) -> None:
    """Let the rows `ids` of one kind of record be found by `documents` and by nothing else."""
    terms: dict[int, Sequence[str]] = dict.fromkeys(ids, ())
    terms.update(terms_by_id(documents))
    store().write(kind(record), terms)


def index_rows(model: type[Record], ids: Iterable[int]) -> None:
    """Bring the index up to date for some rows, inside the caller's transaction.

    Rows that are gone are taken out. Raises LookupError for a model without entity.
    """
    entity = entity_of(model)
    fields = names(entity, custom_names([model.label()]))
    for chunk in chunks(ids, CHUNK):
        rows = _rows(model, fields).filter(pk__in=chunk)
        write(model.label(), chunk, (d for row in rows for d in documents_of(row, fields)))


def remove(model: type[Record], ids: Iterable[int]) -> None:
    """Take rows out of the index."""
    for chunk in chunks(ids, CHUNK):
        store().remove(kind(model.label()), chunk)


def index_work(work: Work) -> None:
    """Index what a change has touched, just before it is committed."""
    by_record: dict[str, list[Noted]] = defaultdict(list)
    for noted in work.notes:
        by_record[noted.record].append(noted)
    for entity in searched():
        if not (notes := by_record.get(entity.model.label())):
            continue
        purged = [n.record_id for n in notes if n.kind == Entry.Kind.PURGE and n.record_id]
        remove(entity.model, purged)
        ids = {n.record_id for n in notes if n.record_id and _matters(n, entity)} - {*purged}
        if ids:
            index_rows(entity.model, sorted(ids))


def _matters(noted: Noted, entity: Entity) -> bool:
    if noted.kind == Entry.Kind.CREATE:
        return True
    touched = noted.fields.keys()
    return any(n in entity.search or n.startswith("extra.") or "seal" in n for n in touched)


def reindex(model: type[Record], progress: Progress | None = None) -> int:
    """Rebuild one record's part of the index; returns how many rows it went through.

    Each chunk is committed by itself, and a rebuild that was stopped goes on where it stopped.
    `progress` is called with the number of rows done so far. Changes made meanwhile are kept.
    """
    label = model.label()
    state, fresh = Rebuild.objects.get_or_create(record=label)
    if fresh or state.finished_at:
        state.last_id, state.started_at, state.finished_at = 0, timezone.now(), None
    done = 0
    while count := _rebuild_chunk(model, state):
        done += count
        if progress:
            progress(done)
    index_rows(model, store().differing(kind(label), {}, state.last_id, LAST))  # of deleted rows
    state.finished_at = timezone.now()
    state.save()
    store().settle()
    return done


@transaction.atomic
def _rebuild_chunk(model: type[Record], state: Rebuild) -> int:
    label = model.label()
    fields = names(entity_of(model), custom_names([label]))
    # locked, so that nobody changes a row between our reading and our writing
    rows = _after(_rows(model, fields).select_for_update(of=("self",)), state.last_id)
    if not rows:
        return 0
    last = rows[-1].pk
    terms = terms_by_id(d for row in rows for d in documents_of(row, fields))
    store().load(kind(label), terms, state.last_id, last)
    state.last_id = last
    state.save()
    return len(rows)


def drift(model: type[Record], limit: int = 1000) -> list[int]:
    """Return ids of rows that the index knows wrongly, not at all, or though they are gone."""
    label, after = model.label(), 0
    fields = names(entity_of(model), custom_names([label]))
    found: list[int] = []
    while len(found) < limit:
        rows = _after(_rows(model, fields), after)
        upto = rows[-1].pk if rows else LAST
        terms = terms_by_id(d for row in rows for d in documents_of(row, fields))
        found += store().differing(kind(label), terms, after, upto)
        if not rows:
            break
        after = upto
    return found[:limit]


def _rows(model: type[Record], fields: Sequence[str]) -> QuerySet[Record]:
    """Return all rows of a record, with no more of their columns than is searched."""
    return model.everything.only("extra", *(n for n in fields if not n.startswith(EXTRA)))


def _after(rows: QuerySet[Record], key: int) -> list[Record]:
    return list(rows.filter(pk__gt=key).order_by("pk")[:REBUILD_CHUNK])
