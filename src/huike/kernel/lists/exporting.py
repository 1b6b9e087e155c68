"""Writes a view to a file: every value through its field for that actor, masked ones masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huike.kernel.access.scope import require_any, within
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.change.journal import note_export
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.reading import cover, joined
from huike.kernel.exchange.vcards import Address, Card, write_vcards
from huike.kernel.exchange.writing import Words, write_csv, write_txt, write_xlsx
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.times import Moment
from huike.kernel.records.bulk import chunks
from huike.kernel.records.record import Record

BATCH = 1000
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    "vcard": "text/vcard; charset=utf-8",
}
ENDINGS = {"csv": "csv", "xlsx": "xlsx", "txt": "txt", "vcard": "vcf"}


Writer = Callable[[Actor, Entity, QuerySet[Any], BinaryIO, Any], int]


@dataclass(frozen=True)
class Output:
    """A kind of file that a room makes of its own records; it journals what goes out."""

    kind: str
    label: str | Promise
    ending: str
    content_type: str
    write: Writer  # (actor, entity, rows, out, progress) -> how many there were


_outputs: dict[str, dict[str, Output]] = defaultdict(dict)


def add_output(record: str, output: Output) -> None:
    """Offer one more kind of file on the list of a record; it is made in the background."""
    _outputs[record][output.kind] = output


def outputs_for(entity: Entity) -> list[Output]:
    """Return what rooms make of the rows of a list besides the common kinds."""
    return list(_outputs[entity.model.label()].values())


def output_of(entity: Entity, kind: str) -> Output | None:
    return _outputs[entity.model.label()].get(kind)


def kinds_for(entity: Entity) -> list[str]:
    """Return the kinds of file that a list can be written to; cards only for who has a phone."""
    names = entity.field_names
    return [k for k in KINDS if k != "vcard" or {"name", "phone"} <= set(names)]


def ending_of(entity: Entity, kind: str) -> str:
    """Return how the name of a file of this kind ends."""
    own = output_of(entity, kind)
    return own.ending if own else ENDINGS[kind]


def content_type_of(entity: Entity, kind: str) -> str:
    own = output_of(entity, kind)
    return own.content_type if own else KINDS[kind]


def exported(actor: Actor, entity: Entity, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of `rows` that `actor` may export; raise PermissionDenied for none at all."""
    require_any(actor, entity.model, Op.EXPORT)
    return rows.filter(within(actor, entity.model, Op.EXPORT))


def write_file(
    actor: Actor,
    entity: Entity,
    rows: QuerySet[Any],
    fields: Sequence[Field],
    kind: str,
    out: BinaryIO,
    progress: Any = None,
) -> int:
    """Write `rows` to `out` as a file of `kind`, journal it, and return how many there were."""
    if own := output_of(entity, kind):
        return own.write(actor, entity, rows, out, progress)
    if kind not in kinds_for(entity):
        raise ValidationError(_("There is no export of this kind."))
    columns = [f.label for f in fields]
    words = Words(_("Yes"), _("No"))
    if kind == "vcard":
        cards = _cards(actor, entity, rows)
        number = write_vcards(out, cards, progress=progress)
    else:
        cells = _cells(actor, entity, rows, fields)
        if kind == "xlsx":
            number = write_xlsx(
                out, columns, cells, sheet=entity.label, words=words, progress=progress
            )
        else:
            writer = write_csv if kind == "csv" else write_txt
            number = writer(out, columns, cells, words=words, progress=progress)
    note_export(
        actor, entity.model.label(), rows=number, fields=[f.name for f in fields], kind=kind
    )
    return number


def _read(
    actor: Actor, entity: Entity, rows: QuerySet[Any], fields: Sequence[Field]
) -> Iterator[Record]:
    """Read rows a thousand at a time, so that memory stays flat."""
    ready = joined(entity, rows, fields)
    for batch in chunks(ready.iterator(BATCH), BATCH):
        cover(actor, fields, batch)
        yield from batch


def _cells(
    actor: Actor, entity: Entity, rows: QuerySet[Any], fields: Sequence[Field]
) -> Iterator[list[object]]:
    for row in _read(actor, entity, rows, fields):
        yield [cell(f, row) for f in fields]


def cell(f: Field, row: Record) -> object:
    """Return what a file holds: numbers and dates as such, all else as people read it."""
    if f.right is FieldRight.MASKED or isinstance(f.kind, Link):
        return f.text(row)
    if not f.kind.text_reads_back:
        return f.edit(row)
    value = f.value(row)
    if isinstance(f.kind, Moment) and hasattr(value, "tzinfo"):
        return timezone.localtime(value).replace(tzinfo=None)
    if f.kind.is_number and not f.is_custom:
        return value
    if f.kind.name in {"date", "yes_no"} and not isinstance(value, str):
        return value
    return f.text(row)


def _cards(actor: Actor, entity: Entity, rows: QuerySet[Any]) -> Iterator[Card]:
    fields = entity.fields(actor)
    shown = [fields[n] for n in _CARD_FIELDS if n in fields]
    for row in _read(actor, entity, rows, shown):
        yield _card(fields, row, entity)


_CARD_FIELDS = (
    "name", "phone", "telephone", "email", "address", "district", "city", "province",
    "postcode", "country", "website", "birthday", "job", "kind", "about",
)  # fmt: skip


def _card(fields: Mapping[str, Field], row: Record, entity: Entity) -> Card:
    def text(name: str) -> str:
        return fields[name].text(row) if name in fields else ""

    phones = [("cell", text("phone")), ("work", text("telephone"))]
    born = fields.get("birthday")
    seen = born is not None and born.right is not FieldRight.MASKED
    is_firm = "kind" in fields and fields["kind"].value(row) == "organisation"
    return Card(
        name=text("name"),
        organisation=text("name") if is_firm else "",
        title=text("job"),
        phones=tuple((kind, number) for kind, number in phones if number),  # type: ignore[misc]
        emails=tuple(filter(None, [text("email")])),
        address=Address(
            street=f"{text('district')}{text('address')}",
            city=text("city"),
            region=text("province"),
            postcode=text("postcode"),
            country=text("country"),
        ),
        birthday=born.value(row) if born is not None and seen else None,
        url=text("website"),
        note=text("about"),
        uid=f"huike-{entity.key.replace('/', '-')}-{row.pk}",
    )
