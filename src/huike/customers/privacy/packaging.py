"""The package that a person may take along: everything about them over all rooms, as JSON for
machines and HTML for people, with the files, in one ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from huike.customers.models import Party
from huike.customers.privacy.models import PartyView
from huike.customers.privacy.places import Place, places
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.change.models import Entry
from huike.kernel.entity.attachments import may_read
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.entity.telling import tell
from huike.kernel.files import StoredFile
from huike.kernel.records.sealing import sealed_names

COVERED = frozenset({FieldRight.HIDDEN, FieldRight.MASKED})
MOST_FILES = 200 * 1024 * 1024  # bytes; what is beyond is named in the package, not packed


@dataclass
class Part:
    """All rows of one kind: titles of columns, values for people and for machines."""

    record: str
    label: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    plain: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    sealed: int = 0


@dataclass
class Package:
    """A made package."""

    content: bytes
    rows: int


def build(actor: Actor, party: Party) -> Package:
    """Make the package of a customer, of what `actor` may read in full."""
    parts = [_part_of(actor, entity_of(Party), Party.everything.filter(pk=party.pk))]
    parts += [_of_place(actor, place, party) for place in places() if place.in_export]
    parts = [part for part in parts if part.rows]
    files = _files(actor, party, parts)
    told = _told(party, parts, actor, files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        text = json.dumps(told, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        package.writestr("data.json", text)
        page = {"parts": parts, "told": told, "at": timezone.localtime()}
        package.writestr("readable.html", render_to_string("customers/package.html", page))
        _pack(package, files)
    return Package(out.getvalue(), sum(len(part.rows) for part in parts))


def _of_place(actor: Actor, place: Place, party: Party) -> Part:
    return _part_of(actor, entity_of(place.record), place.rows([party.pk]))


def _part_of(actor: Actor, entity: Entity, rows: Any) -> Part:
    """Return rows through the entity's fields: what the maker may not read in full stays out."""
    known = entity.fields(actor)
    shown = [f for f in known.values() if f.right not in COVERED]
    everything = entity.fields(Actor.system("package"))
    part = Part(entity.model.label(), entity.label, [f.label for f in shown])
    part.left_out = sorted(everything.keys() - {f.name for f in shown})
    found = list(joined(entity, rows, shown))
    cover(actor, shown, found)
    for row in found:
        part.rows.append([f.text(row) for f in shown])
        part.plain.append({"id": row.pk, **_plain(row, shown)})
        part.sealed += bool(sealed_names(row))
    for parts in entity.parts:
        _with_parts(actor, entity, parts, found, part)
    return part


def _plain(row: Any, shown: list[Field]) -> dict[str, Any]:
    return {f.name: f.plain(row) for f in shown}


def _with_parts(actor: Actor, entity: Entity, parts: Any, found: list[Any], part: Part) -> None:
    """Put the parts of rows (the lines of an order) into the machine's half of the package."""
    fields = parts.fields(actor, entity.model.label())
    by_row = parts.of(found, fields.values())
    for told in part.plain:
        lines = by_row.get(told["id"], [])
        told[parts.name] = [{n: f.plain(line) for n, f in fields.items()} for line in lines]


def _told(party: Party, parts: list[Part], actor: Actor, files: list[StoredFile]) -> dict[str, Any]:
    entity = entity_of(Party)
    entries = Entry.objects.filter(record=party.label(), record_id=party.pk)
    history = tell(
        actor, entity, entries.select_related("change").order_by("pk"), entity.fields(actor)
    )
    return {
        "customer": party.pk,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "records": {part.record: part.plain for part in parts},
        "left_out": {part.record: part.left_out for part in parts if part.left_out},
        "sealed": {part.record: part.sealed for part in parts if part.sealed},
        "history": [
            {
                "at": one.at.isoformat(),
                "who": one.who,
                "what": one.kind,
                "fields": {d.name: [d.before, d.after] for d in one.differences},
            }
            for one in history
        ],
        "seen_by": [
            {"on": v.on.isoformat(), "who": v.who, "times": v.times}
            for v in PartyView.objects.filter(party_id=party.pk).order_by("on", "pk")
        ],
        "files": [{"name": f"files/{f.pk}-{f.name}", "sha256": f.digest} for f in files],
    }


def _files(actor: Actor, party: Party, parts: list[Part]) -> list[StoredFile]:
    found = list(StoredFile.objects.filter(record=party.label(), record_id=party.pk))
    for part in parts:
        ids = [row["id"] for row in part.plain]
        found += StoredFile.objects.filter(record=part.record, record_id__in=ids)
    unique = {f.pk: f for f in found if f.size and not f.is_sealed}
    return [f for f in unique.values() if may_read(actor, f)]


def _pack(package: zipfile.ZipFile, files: list[StoredFile]) -> None:
    size = 0
    for stored in files:
        size += stored.size
        if size <= MOST_FILES:
            with stored.open() as source:
                package.writestr(f"files/{stored.pk}-{stored.name}", source.read())
