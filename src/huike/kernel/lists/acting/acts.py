"""What can be done to many rows at once: set, add, remove, transfer, bin, and business verbs.

An act checks its values once for all rows, exactly like a single write does, and then puts them on
row after row; kernel/lists/acting/bulk.py decides on which rows, and when they are saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.requiring import Requirements, missing, requirements
from huike.kernel.kinds.choices import Choices
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Link, Links
from huike.kernel.kinds.trees import is_tree
from huike.kernel.lists.acting.checking import (
    check_unique,
    constraints_on,
    is_alone,
    parsed,
    refuse,
    same,
    scope_columns,
)
from huike.kernel.records.bulk import save_all
from huike.kernel.records.bulk_links import link_all
from huike.kernel.records.emptiness import refuse_unless_empty
from huike.kernel.records.locking import refuse_if_locked
from huike.kernel.records.record import Record

Fields = Mapping[str, Field]


@dataclass
class Act:
    """One thing to be done to every chosen row."""

    name: ClassVar[str]
    op: ClassVar[Op] = Op.EDIT

    @property
    def is_slow(self) -> bool:
        """Tell whether doing it to a single row is work for the background already."""
        return False

    def prepare(self, actor: Actor, entity: Entity, fields: Fields, count: int) -> None:
        """Check what is asked, once; raise Refused."""
        raise NotImplementedError

    def words(self) -> str:
        """Say in a sentence what will be done."""
        raise NotImplementedError

    def change(self, row: Record) -> bool:
        """Put it on the row, unsaved; tell whether anything differs; raise ValidationError."""
        raise NotImplementedError

    def write(self, rows: Sequence[Record]) -> None:
        """Save rows that `change` has changed."""
        save_all(rows)

    def text(self, row: Record) -> str:
        """Return what the row shows of it, before or after."""
        raise NotImplementedError

    def foretold(self, row: Record) -> tuple[str, str] | None:
        """Return what to show as before and after where `text` does not tell it."""
        return None

    def moves(self) -> bool:
        """Tell whether rows may leave the actor's reach by it."""
        return False

    def as_json(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass
class Edit(Act):
    """Sets one field, or adds to or removes from one that holds several values."""

    name: ClassVar[str] = "edit"
    field_name: str
    given: Any
    how: str = "set"  # set, add, remove
    field: Field = kept(init=False)
    value: Any = kept(init=False, default=None)
    _moves: bool = kept(init=False, default=False)
    _constraints: Sequence[Any] = kept(init=False, default=())
    _required: Sequence[Requirements] = kept(init=False, default=())

    def prepare(self, actor: Actor, entity: Entity, fields: Fields, count: int) -> None:
        self.field = self._writable(fields)
        self.value = parsed(actor, entity, self.field, self.given)
        several = isinstance(self.field.kind, Links | Choices)
        if self.how not in ({"set", "add", "remove"} if several else {"set"}):
            refuse(self.field_name, _("Nothing can be added to “%s”.") % self.field.label)
        if self.value not in EMPTY and is_alone(entity, self.field):
            if count > 1:
                words = _("No two records may have the same “%s”.") % self.field.label
                refuse(self.field_name, words)
            check_unique(entity, self.field, self.value)
        self._moves = self.field_name in scope_columns(entity)
        self._constraints = constraints_on(entity.model, self.field_name)
        self._required = requirements(actor, entity, fields)

    def _writable(self, fields: Fields) -> Field:
        found = fields.get(self.field_name)
        if found is None:
            refuse(self.field_name, _("There is no field of this name."))
        if not found.is_writable:
            refuse(self.field_name, _("You may not change “%(field)s”.") % {"field": found.label})
        return found

    def words(self) -> str:
        shown = self.field.kind.text(self.value) or _("(empty)")
        sentence = {
            "set": _("Set “%(field)s” to “%(value)s”"),
            "add": _("Add “%(value)s” to “%(field)s”"),
            "remove": _("Remove “%(value)s” from “%(field)s”"),
        }[self.how]
        return sentence % {"field": self.field.label, "value": shown}

    def change(self, row: Record) -> bool:
        before = self.field.raw(row)
        after = self._after(before)
        if same(before, after):
            return False
        if self.field.required and after in EMPTY:
            raise ValidationError(_("This field is required."))
        self.field.write(row, after)
        if self.field.column is not None and not isinstance(self.field.kind, Link):
            others = {f.name for f in row._meta.fields} - {self.field_name}
            row.clean_fields(exclude=others)
        row.clean()
        if wrong := missing(self._required, row, {self.field_name}):
            raise ValidationError([text for texts in wrong.values() for text in texts])
        for constraint in self._constraints:
            constraint.validate(type(row), row)
        return True

    def _after(self, before: Any) -> Any:
        if self.how == "set":
            return self.value
        held = list(before or [])
        if self.how == "remove":
            return [v for v in held if v not in self.value]
        joined = held + [v for v in self.value if v not in held]
        return sorted(joined) if isinstance(self.field.kind, Links) else self._in_order(joined)

    def _in_order(self, values: list[Any]) -> list[Any]:
        assert isinstance(self.field.kind, Choices)
        return [v for v in self.field.kind.options if v in values]

    def write(self, rows: Sequence[Record]) -> None:
        if isinstance(self.field.kind, Links) and self.field.column is not None:
            wanted = {row.pk: row.links(self.field_name) for row in rows}
            link_all(rows, self.field_name, wanted)
        else:
            save_all(rows)

    def text(self, row: Record) -> str:
        if isinstance(self.field.kind, Links):
            return self.field.kind.text(self.field.raw(row))
        return self.field.text(row)

    def moves(self) -> bool:
        return self._moves

    def as_json(self) -> dict[str, Any]:
        given = {"field_name": self.field_name, "given": self.given, "how": self.how}
        return {"act": self.name, **given}


@dataclass
class Transfer(Act):
    """Gives rows to another owner, in that owner's or another department (移交)."""

    name: ClassVar[str] = "transfer"
    owner: Any
    department: Any = None  # the new owner's own where empty
    note: str = ""
    _owner: Edit = kept(init=False)
    _department: Edit | None = kept(init=False, default=None)

    def prepare(self, actor: Actor, entity: Entity, fields: Fields, count: int) -> None:
        if self.owner in EMPTY:
            refuse("owner", _("Choose who is to have them."))
        self._owner = Edit("owner", self.owner)
        self._owner.prepare(actor, entity, fields, count)
        if "department" not in fields:
            return
        department = self.department or self._home(self._owner)
        if department is not None:
            self._department = Edit("department", department)
            self._department.prepare(actor, entity, fields, count)

    def _home(self, owner: Edit) -> Any:
        assert isinstance(owner.field.kind, Link)
        person = owner.field.kind.model._default_manager.filter(pk=owner.value).first()
        return getattr(person, "department_id", None)

    def words(self) -> str:
        return _("Hand over to “%s”") % self._owner.field.kind.text(self._owner.value)

    def change(self, row: Record) -> bool:
        moved = self._department.change(row) if self._department else False
        return self._owner.change(row) or moved

    def text(self, row: Record) -> str:
        place = self._department.text(row) if self._department else ""
        return " · ".join(filter(None, [self._owner.text(row), place]))

    def moves(self) -> bool:
        return True

    def as_json(self) -> dict[str, Any]:
        given = {"owner": self.owner, "department": self.department, "note": self.note}
        return {"act": self.name, **given}


@dataclass
class ToBin(Act):
    """Moves rows to the bin, for 30 days."""

    name: ClassVar[str] = "bin"
    op: ClassVar[Op] = Op.DELETE

    def prepare(self, actor: Actor, entity: Entity, fields: Fields, count: int) -> None:
        self.now = timezone.now()

    def words(self) -> str:
        return _("Move to the bin")

    def change(self, row: Record) -> bool:
        refuse_if_locked(row)
        row.binned_at = self.now
        if is_tree(type(row)):
            refuse_unless_empty(row)
        return True

    def text(self, row: Record) -> str:
        return _("in the bin") if row.binned_at else ""

    def as_json(self) -> dict[str, Any]:
        return {"act": self.name}
