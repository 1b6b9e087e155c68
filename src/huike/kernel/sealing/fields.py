"""Which fields of a row a person may seal, and which of the sealed ones that person may read."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from huike.kernel.actor import FieldRight
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.kinds.words import Text
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import sealed_names

REMARK = "sealed_remark"  # text that was never in clear and has no column


def can_be_sealed(entity: Entity) -> bool:
    """Tell whether records of this kind have a place for sealed content."""
    return any(f.name == "sealed" for f in entity.model._meta.concrete_fields)


def sealable(entity: Entity, fields: Mapping[str, Field]) -> dict[str, Field]:
    """Return the fields of text that may be sealed: those that a row can do without."""
    if not can_be_sealed(entity):
        return {}
    return {
        name: f
        for name, f in fields.items()
        if f.is_writable and isinstance(f.kind, Text) and not (f.required or f.unique)
    }


def readable_names(row: Record, names: list[str], fields: Mapping[str, Field]) -> list[str]:
    """Return those of the sealed `names` that the reader's roles let the reader read in full."""
    open_rights = (FieldRight.READ, FieldRight.WRITE)
    return [n for n in names if n == REMARK or (n in fields and fields[n].right in open_rights)]


def labels(row: Record) -> str:
    """Return what people call the sealed fields of a row, for lists and the API."""
    if not (sealed := sealed_names(row)):
        return ""
    columns = {f.name: capfirst(str(f.verbose_name)) for f in row._meta.concrete_fields}
    columns[REMARK] = _("Sealed remarks")
    return "、".join(columns.get(n, n.removeprefix(EXTRA)) for n in sealed)


def label_of(name: str, fields: Mapping[str, Field]) -> str:
    """Return what people call a sealed field."""
    return _("Sealed remarks") if name == REMARK else fields[name].label
