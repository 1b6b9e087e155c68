"""Bulk verbs: many rows at once, journaled row by row and still fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.utils import timezone

from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records import raw
from huike.kernel.records.locking import goes_to_bin, refuse_if_locked, refuse_locked
from huike.kernel.records.record import Record, difference, plain
from huike.kernel.records.sealing import refuse_if_sealed

R = TypeVar("R", bound=Record)
T = TypeVar("T")
CHUNK = 500


def create_all(rows: Sequence[R], *, clean: bool = True, full_entries: bool = True) -> list[R]:
    """Insert many new rows of one model inside the current change and return them with their keys.

    `clean` validates each row (links and uniqueness are left to the database, which would cost a
    query each here); an import that has checked its values already may skip it. `full_entries`
    journals the first values too; an import leaves them out: the row itself still tells them.
    """
    work = current_work()
    if not rows:
        return []
    now = timezone.now()
    links = [f.name for f in type(rows[0])._meta.concrete_fields if f.is_relation]
    for row in rows:
        row.created_at, row.changed_at = row.created_at or now, now
        row.created_by = work.actor.name
        row.derive()
        if clean:
            row.full_clean(links, validate_unique=False, validate_constraints=False)
    type(rows[0]).everything.unjournaled_create(rows)
    for row in rows:
        row._loaded = row.snapshot()
        fields = difference({}, row._loaded) if full_entries else {}
        work.note(Noted(row.label(), row.pk, Entry.Kind.CREATE, row.version, fields))
    return list(rows)


def edit_all(rows: QuerySet[R], values: Mapping[str, Any]) -> int:
    """Give all `rows` the same `values` ({field: value}) inside the current change.

    Returns how many rows really changed. The values must have been checked by the caller.
    """
    model = rows.model
    if values.get("binned_at") is not None:
        refuse_locked(rows)
    fields = raw.columns_of(model, values)
    names = {f.name: f.attname for f in fields}
    stored = {f.name: f.get_prep_value(_key(values[f.name])) for f in fields}
    columns = ["pk", "version", *names.values()]
    changed = 0
    for chunk in chunks(rows.order_by("pk").values_list(*columns).iterator(CHUNK), CHUNK):
        changed += _edit_chunk(model, chunk, list(names.values()), stored)
    return changed


def _edit_chunk(
    model: type[Record], chunk: list[Any], attnames: list[str], stored: Mapping[str, Any]
) -> int:
    after = dict(zip(attnames, (plain(v) for v in stored.values()), strict=True))
    touched: list[int] = []
    for pk, version, *before in chunk:
        old = {name: plain(v) for name, v in zip(attnames, before, strict=True)}
        fields = difference(old, after)
        if fields:
            touched.append(pk)
            current_work().note(
                Noted(
                    model.label(),
                    pk,
                    _bulk_kind(fields, after.get("binned_at")),
                    version + 1,
                    fields,
                )
            )
    if touched:
        model.everything.filter(pk__in=touched).unjournaled_update(
            **stored, version=F("version") + 1, changed_at=timezone.now()
        )
    return len(touched)


def save_all(rows: Sequence[Record]) -> int:
    """Save many rows of one model, changed one by one, without checking their values again.

    The rows must have been read in this transaction. Returns how many differed from what was read.
    """
    changed, names = [], set()
    for row in rows:
        fields = difference(row._loaded, row.snapshot()) | row._changed_links()
        if not fields:
            continue
        if goes_to_bin(row):
            refuse_if_locked(row)
        refuse_if_sealed(row, fields)
        row._write_links(False)
        row.version += 1
        row.changed_at = timezone.now()
        row.derive()
        names |= {name.partition(".")[0] for name in fields} | row.derived
        changed.append(row)
        kind = _bulk_kind(fields, fields.get("binned_at", [None, None])[1])
        current_work().note(Noted(row.label(), row.pk, kind, row.version, fields))
    if changed:
        model = type(changed[0])
        columns = [f.name for f in model._meta.concrete_fields if f.attname in names]
        model.everything.unjournaled_save(changed, [*columns, "version", "changed_at"])
    return len(changed)


def bin_all(rows: QuerySet[R]) -> int:
    """Move all `rows` to the bin inside the current change; returns how many."""
    return edit_all(rows, {"binned_at": timezone.now()})


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `items` in lists of at most `size`."""
    it = iter(items)
    while chunk := list(islice(it, size)):
        yield chunk


def _bulk_kind(fields: Mapping[str, Any], binned: Any) -> Entry.Kind:
    if "binned_at" not in fields:
        return Entry.Kind.EDIT
    return Entry.Kind.RESTORE if binned is None else Entry.Kind.BIN


def _key(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value
