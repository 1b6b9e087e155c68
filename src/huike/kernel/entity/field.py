"""One value of a record, fixed or custom, as one actor may see it: the only way to a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from huike.kernel.actor import FieldRight
from huike.kernel.entity.titles import linked
from huike.kernel.kinds.kind import EMPTY, Kind
from huike.kernel.kinds.links import COVERED, Link, Links
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import is_sealed, refuse_if_sealed

EXTRA = "extra."


@dataclass(frozen=True)
class Field:
    """How one value is named, read, written, shown and compared, within one actor's rights."""

    name: str  # as in URLs, files and API; custom fields are called extra.<name>
    label: str
    kind: Kind
    right: FieldRight = FieldRight.WRITE
    required: bool = False
    editable: bool = True
    help: str = ""
    default: Any = None
    unique: bool = False
    column: models.Field[Any, Any] | None = None  # of a fixed field
    compute: Callable[[Any], Any] | None = None  # of a field that is worked out from the row

    @property
    def is_custom(self) -> bool:
        return self.name.startswith(EXTRA)

    @property
    def is_writable(self) -> bool:
        return self.editable and self.right is FieldRight.WRITE and self.compute is None

    @property
    def is_comparable(self) -> bool:
        """Filter, sort, group and search would give a masked value away; computed ones can't."""
        return self.right not in {FieldRight.MASKED, FieldRight.HIDDEN} and self.compute is None

    @property
    def is_sortable(self) -> bool:
        return self.is_comparable and self.kind.is_sortable

    def raw(self, row: Record) -> Any:
        """Return the stored value; for the kernel only, surfaces use `value`, `text` or `plain`."""
        if self.compute is not None:
            return self.compute(row)
        if self.column is None:
            return row.extra.get(self.name.removeprefix(EXTRA))
        if isinstance(self.kind, Links):
            return row.links(self.name)
        return getattr(row, self.column.attname)

    def value(self, row: Record) -> Any:
        value = self.raw(row)
        return self.kind.mask(value) if self.right is FieldRight.MASKED else value

    def text(self, row: Record) -> str:
        """Return what people read."""
        if is_sealed(row, self.name):
            return _("(sealed)")
        if self.right is FieldRight.MASKED:
            return self.kind.mask(self.raw(row))
        if self.name in getattr(row, "_out_of_sight", ()):
            return COVERED
        if not isinstance(self.kind, Link):
            return self.kind.text(self.raw(row))
        if self.column is not None:
            return linked(self.kind.reader, row, self.column.name, self.kind)
        known = getattr(row, "_names", {}).get(self.name)
        return known if known is not None else self.kind.text(self.raw(row))

    def edit(self, row: Record) -> str:
        """Return text that can be read back in, for forms and files."""
        if self.name in getattr(row, "_out_of_sight", ()):
            return ""
        if self.right is FieldRight.MASKED:
            return self.kind.mask(self.raw(row))
        return self.kind.edit(self.raw(row))

    def plain(self, row: Record) -> Any:
        """Return what JSON holds."""
        if self.name in getattr(row, "_out_of_sight", ()):
            return None
        value = self.raw(row)
        if self.right is FieldRight.MASKED:
            return self.kind.mask(value)
        return self.kind.plain(value)

    def write(self, row: Record, value: Any) -> None:
        """Put a parsed value on the row, which the caller saves; refuse it where it is sealed."""
        if value not in EMPTY:
            refuse_if_sealed(row, [self.name])
        if self.column is None:
            name = self.name.removeprefix(EXTRA)
            kept = {k: v for k, v in row.extra.items() if k != name}
            row.extra = kept if value in EMPTY else {**kept, name: self.kind.plain(value)}
        elif isinstance(self.kind, Links):
            row.set_links(self.name, value)
        elif value is None and not self.column.null:
            setattr(row, self.column.attname, self.column.get_default())
        else:
            setattr(row, self.column.attname, value)

    def expression(self) -> Combinable:
        """Return what the database compares and sorts by."""
        if self.column is not None:
            return F(self.column.name)
        text = KeyTextTransform(self.name.removeprefix(EXTRA), "extra")
        if self.kind.is_number or isinstance(self.kind, Link):
            return Cast(text, models.DecimalField(max_digits=20, decimal_places=4))
        if self.kind.name == "yes_no":
            return Case(When(Q(Exact(text, "true")), then=Value(True)), default=Value(False))
        return Cast(text, models.TextField())

    def condition(self, op: str, value: Any) -> Q:
        """Return the condition "this field stands in `op` to `value`"; raise ValidationError."""
        if self.is_custom and isinstance(value, list):
            value = [_comparable(v) for v in value]
        return self.kind.compare(self.expression(), op, value)


def _comparable(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
