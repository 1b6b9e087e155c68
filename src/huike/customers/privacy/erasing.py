"""Erases a person: what must be kept is anonymised, everything else goes, copies included.

Rows that other records or the law need (orders, above all) stay and tell nothing of a person any
more; journal, search index, files, sealed content and scores are emptied with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.duplicates.models import Merge
from huike.customers.models import Party
from huike.customers.privacy.models import PartyView
from huike.customers.privacy.places import PERSONAL, Place, places
from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.redaction import EXTRAS, redact
from huike.kernel.change.work import Noted, change, current_work
from huike.kernel.files import StoredFile
from huike.kernel.records.bulk import chunks
from huike.kernel.records.locking import refuse_if_locked
from huike.kernel.records.record import Record
from huike.kernel.sealing import contents
from huike.kernel.sealing.scrubbing import ask_to_scrub
from huike.kernel.search.documents import searched
from huike.kernel.search.index import index_rows

CHUNK = 500
KEPT_OF_PARTY = ("name", *PERSONAL)


@dataclass
class Line:
    """What was done in one place: `erased` values or rows, and rows kept with the reason."""

    label: str
    deleted: int = 0
    emptied: int = 0
    why_kept: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "place": self.label,
            "deleted": self.deleted,
            "emptied": self.emptied,
            "kept_because": self.why_kept,
        }


@dataclass
class Erased:
    """What an erasure did."""

    lines: list[Line] = field(default_factory=list)
    journal_entries: int = 0
    files: int = 0


def erase(actor: Actor, party: Party) -> Erased:
    """Erase what is known of the person (or firm) `party`, in one change.

    Raises PermissionDenied where the actor may not delete the customer, ValidationError where it
    is locked.
    """
    require(actor, Op.DELETE, party)
    refuse_if_locked(party)
    with change(actor, "customers.erase"):
        return _erase(actor, party)


def _erase(actor: Actor, party: Party) -> Erased:
    done, keys = Erased(), _persons(party)
    people = list(Party.everything.select_for_update().filter(pk__in=keys))
    texts = [t for one in people for t in _texts(one)]
    for place in places():
        done.lines.append(_in_place(place, keys, done))
    done.lines.insert(0, _anonymise(people, done))
    _forget_merges(keys, done)
    PartyView.objects.filter(party_id__in=keys).delete()
    for forget in contents.copies:
        forget(texts)
    ask_to_scrub(actor)
    return done


def _forget_merges(keys: Sequence[int], done: Erased) -> None:
    """Empty what merges keep to be undone, also those undone already, which tell of both sides.

    Where the other side lives on, its history loses what the merge had brought from the erased.
    """
    touched = Merge.everything.filter(Q(winner__in=keys) | Q(loser__in=keys))
    for made in touched.exclude(winner__in=keys):
        brought = Q(change__group=made.group) | Q(change__undoes=made.group)
        brought |= Q(change__action="customers.undo_merge")
        done.journal_entries += redact(Party.label(), [made.winner_id], None, brought)
    touched.unjournaled_update(footprint={})


def _persons(party: Party) -> list[int]:
    """Return the customer with all who were merged into it, whose files lie in the bin."""
    found, new = {party.pk}, {party.pk}
    while new:
        merged = Merge.everything.filter(winner__in=new, state=Merge.State.MERGED)
        new = set(merged.values_list("loser_id", flat=True)) - found
        found |= new
    return sorted(found)


def _texts(party: Party) -> list[str]:
    """Return what identifies a person and may have been copied to places that come and go."""
    names = ("name", "phone", "telephone", "email", "wechat", "id_number", "address", "about")
    return [t for n in names if len(t := str(getattr(party, n))) >= contents.LEAST]


def _anonymise(people: Sequence[Party], done: Erased) -> Line:
    line = Line(str(Party._meta.verbose_name_plural), why_kept=_("orders and figures need it"))
    for party in people:
        party.name = _("Erased customer %s") % party.pk
    line.emptied = empty(people, KEPT_OF_PARTY, done, keep=("name",))
    return line


def _in_place(place: Place, keys: Sequence[int], done: Erased) -> Line:
    line = Line(place.label, why_kept=str(place.kept))
    for rows in chunks(place.rows(keys).iterator(CHUNK), CHUNK):
        if place.kept:
            line.emptied += empty(rows, place.clear, done)
        else:
            line.deleted += _delete(place.model, rows, done)
    if not (line.emptied or line.deleted):
        line.why_kept = ""
    return line


def empty(
    rows: Sequence[Record], names: Sequence[str], done: Erased, keep: Sequence[str] = ()
) -> int:
    """Empty columns of rows of one model, with all copies, inside the current change.

    Those of `keep` have their new value already. Returns how many rows there were.
    """
    if not rows:
        return 0
    model, ids = type(rows[0]), [row.pk for row in rows]
    own = {f.name: f for f in model._meta.concrete_fields}
    names = [n for n in names if n in own]
    done.files += _drop_files(model.label(), ids)
    for row in rows:
        for name in names:
            if name not in keep:
                setattr(row, own[name].attname, _nothing(own[name]))
        _finish(row)
    model.everything.all().unjournaled_save(rows, _written(model, names))
    contents.drop(model.label(), ids)
    done.journal_entries += redact(model.label(), ids, {*map(_journaled(own), names), EXTRAS})
    _reindex(model, ids)
    for row in rows:
        fields = {"erased": [None, sorted(names)]}
        note = Noted(row.label(), row.pk, Entry.Kind.EDIT, row.version, fields)
        current_work().note(note)
    return len(rows)


def _finish(row: Any) -> None:
    if hasattr(row, "sealed"):
        row.sealed = []
    row.version += 1
    row.changed_at = timezone.now()
    row.derive()


def _written(model: type[Record], names: Iterable[str]) -> list[str]:
    columns = {f.name for f in model._meta.concrete_fields}
    more = {"version", "changed_at", "sealed", *model.derived} & columns
    return sorted({*names, *more})


def _journaled(own: dict[str, Any]) -> Any:
    return lambda name: own[name].attname


def _nothing(column: Any) -> Any:
    """Return what a column holds when it holds nothing."""
    if column.name == "extra":
        return {}
    if column.null:
        return None
    if isinstance(column, models.CharField | models.TextField) and not column.blank:
        return _("(erased)")
    return column.get_default() if column.has_default() else ""


def _delete(model: type[Record], rows: Sequence[Record], done: Erased) -> int:
    """Delete rows for good; the journal keeps that they were there, and nothing they said."""
    ids = [row.pk for row in rows]
    done.files += _drop_files(model.label(), ids)
    contents.drop(model.label(), ids)
    done.journal_entries += redact(model.label(), ids)
    if not model.read_only:
        for row in rows:
            note = Noted(row.label(), row.pk, Entry.Kind.PURGE, row.version)
            current_work().note(note)
    QuerySet.delete(model.everything.filter(pk__in=ids))
    _reindex(model, ids)
    return len(ids)


def _drop_files(label: str, ids: Sequence[int]) -> int:
    """Delete the bytes and names of files that hang on rows; the rows of files stay, empty."""
    found = list(StoredFile.objects.filter(record=label, record_id__in=ids).exclude(size=0))
    return sum(_drop_file(stored) for stored in found)


def _drop_file(stored: StoredFile) -> bool:
    from huike.kernel.files import forget

    if stored.name.startswith(CERTIFICATE):
        return False
    forget(stored)
    contents.drop(StoredFile._meta.label_lower, [stored.pk])
    return True


CERTIFICATE = "certificate-"  # the proof of an earlier erasure names nobody and stays


def _reindex(model: type[Record], ids: Sequence[int]) -> None:
    if any(entity.model is model for entity in searched()):
        index_rows(model, ids)


def check_may_erase(actor: Actor, party: Party) -> None:
    """Raise where `erase` would: asked before a certificate is begun."""
    require(actor, Op.DELETE, party)
    if party.binned_at is not None:
        raise ValidationError(_("Take the customer out of the bin first."))
    refuse_if_locked(party)
