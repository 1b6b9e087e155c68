"""Takes values out of the journal without breaking its chain: what was sealed or erased.

An entry keeps the digest that the chain was built on. That it was redacted, and what its digest is
since, stands in a newer entry of the chain, so nobody can redact without leaving a trace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from huike.kernel.change.models import REDACTED, Entry
from huike.kernel.change.work import Noted, current_work

CHUNK = 500
EXTRAS = "extra."  # among the names: every custom field


def redact(
    record: str, ids: Iterable[int], names: Collection[str] | None = None, only: Q | None = None
) -> int:
    """Cover the values that the journal holds of rows, inside the current change.

    `names` are the fields as the journal calls them; None covers all of them. `only` limits it to
    some entries. Returns how many entries were altered. What the change under way has noted itself
    is covered too.
    """
    keys = list(ids)
    count = 0
    for at in range(0, len(keys), CHUNK):
        entries = Entry.objects.filter(record=record, record_id__in=keys[at : at + CHUNK])
        entries = entries.filter(only) if only is not None else entries
        changed = [e for e in entries.exclude(fields={}) if _cover(e, names)]
        Entry.objects.bulk_update(changed, ["fields"], batch_size=CHUNK)
        _note(record, changed)
        count += len(changed)
    for noted in current_work().notes:
        if noted.record == record and noted.record_id in keys and noted.kind != Entry.Kind.REDACT:
            noted.fields = _covered(noted.fields, names)
    return count


def redactions() -> dict[int, str]:
    """Return the digest that each redacted entry has since: {entry: digest}."""
    found: dict[int, str] = {}
    for fields in Entry.objects.filter(kind=Entry.Kind.REDACT).order_by("pk").values_list("fields"):
        found |= {int(key): digest for key, (_before, digest) in fields[0].items()}
    return found


def _cover(entry: Entry, names: Collection[str] | None) -> bool:
    if entry.kind in {Entry.Kind.REDACT, Entry.Kind.VIEW}:
        return False
    after = _covered(entry.fields, names)
    if after == entry.fields:
        return False
    entry.fields = after
    return True


def _covered(fields: dict[str, Any], names: Collection[str] | None) -> dict[str, Any]:
    return {
        name: [_hidden(v) for v in values]
        if _is_meant(name, names) and isinstance(values, list)
        else values
        for name, values in fields.items()
    }


def _is_meant(name: str, names: Collection[str] | None) -> bool:
    if names is None or name in names:
        return True
    return EXTRAS in names and name.startswith(EXTRAS)


def _hidden(value: Any) -> Any:
    return value if value in (None, "", [], {}) or isinstance(value, bool) else REDACTED


def _note(record: str, entries: list[Entry]) -> None:
    from huike.kernel.change.journal import entry_digest

    by_row: dict[int | None, dict[str, list[Any]]] = {}
    for e in entries:
        digest = entry_digest(e.record, e.record_id, e.kind, e.version, e.fields)
        by_row.setdefault(e.record_id, {})[str(e.pk)] = [e.digest, digest]
    for key, fields in by_row.items():
        current_work().note(Noted(record, key, Entry.Kind.REDACT, fields=fields))
