"""What of a record is searched: the entity's search fields and the custom fields of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.entity.field import EXTRA
from huike.kernel.kinds.own import OWN, words_of
from huike.kernel.records.record import Record
from huike.kernel.search.terms import terms_of

UNSEEN = {FieldRight.HIDDEN, FieldRight.MASKED}


@dataclass(frozen=True)
class Document:
    """One value that a record is found by."""

    record: str
    record_id: int
    field: str
    text: str


Customs = Mapping[str, Sequence[str]]


def searched() -> list[Entity]:
    """Return the entities that search covers; a proxy is found by what its record is found by."""
    return [e for e in entities() if e.search and not e.model._meta.proxy]


def custom_names(records: Iterable[str] | None = None) -> Customs:
    """Return the names of the custom fields of text of each record (one query)."""
    fields = CustomField.objects.filter(kind=CustomField.Kind.TEXT)
    if records is not None:
        fields = fields.filter(record__in=list(records))
    found: dict[str, list[str]] = defaultdict(list)
    for record, name in fields.values_list("record", "name"):
        found[record].append(EXTRA + name)
    return found


def names(entity: Entity, customs: Customs) -> list[str]:
    """Return the names of all searched fields of one entity."""
    stored = [name for name in entity.search if name not in entity.computed]
    return [*stored, OWN, *customs.get(entity.model.label(), ())]


def open_names(actor: Actor, entity: Entity, customs: Customs) -> list[str]:
    """Return the searched fields that `actor` may read in full: only these may match."""
    label = entity.model.label()
    return [n for n in names(entity, customs) if actor.field_right(label, n) not in UNSEEN]


def documents_of(row: Record, fields: Sequence[str]) -> list[Document]:
    """Return what `row` is found by; what is sealed stands in none of its columns."""
    label = row.label()
    return [Document(label, row.pk, name, text) for name in fields if (text := raw(row, name))]


def raw(row: Record, name: str) -> str:
    """Return the stored value of a searched field as text; for the index only."""
    if name == OWN:
        return words_of(row.extra.get(name[len(EXTRA) :]))
    value = row.extra.get(name[len(EXTRA) :]) if name.startswith(EXTRA) else getattr(row, name)
    return "" if value is None else str(value)


def terms_by_id(documents: Iterable[Document]) -> dict[int, list[str]]:
    """Return the terms of each record that the documents speak of."""
    found: dict[int, list[str]] = defaultdict(list)
    for d in documents:
        found[d.record_id] += terms_of(d.record, d.field, d.text)
    return found
