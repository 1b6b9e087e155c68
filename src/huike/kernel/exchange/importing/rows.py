"""Takes rows one by one: finds the record each means, reads its cells, checks and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.requiring import missing, requirements
from huike.kernel.exchange.formats.tables import Numbered
from huike.kernel.exchange.importing.finding import Finder
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.linking import Linker
from huike.kernel.exchange.importing.plan import CREATE, UPDATE
from huike.kernel.exchange.importing.readers import reader_of
from huike.kernel.exchange.importing.recipes import Recipe, Writer
from huike.kernel.exchange.importing.storing import Storing
from huike.kernel.exchange.importing.targets import Filled
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Link
from huike.kernel.records.record import Record

Values = dict[str, Any]


@dataclass
class Line:
    """One row of the file on its way."""

    number: int
    cells: Sequence[object]
    values: Values = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    row: Record | None = None
    is_new: bool = False
    was_binned: bool = False
    is_double: bool = False  # means the same record as an earlier line of the same batch


class RowWriter(Writer):
    """The import of any entity."""

    def __init__(self, recipe: Recipe, intake: Intake) -> None:
        self.recipe, self.intake = recipe, intake
        self.actor, self.plan = intake.actor, intake.plan
        self.entity = recipe.entity
        self.model = recipe.entity.model
        self.fields = self.entity.fields(self.actor)
        offered = {f.name: f for f in recipe.offered(self.actor)}
        self.columns = [
            (at, filled.name, filled.label, reader_of(filled.field, filled.kind, column.style))
            for at, column in enumerate(self.plan.columns)
            if (filled := offered.get(column.target))
        ]
        self.linkers = self._linkers(offered)
        self.width = len(self.plan.columns)
        self.may_add = may(self.actor, self.model, Op.ADD)
        self.finder = Finder(self.actor, self.model, self.plan.match, self._unique_names())
        self.required = [f for f in self.fields.values() if f.is_writable and f.required]
        self.rules = requirements(self.actor, self.entity, self.fields)
        self.cleans = self.model.clean is not models.Model.clean
        self.storing = Storing(self.actor, self.model)
        self.defaults = self._defaults()

    def take(self, rows: Sequence[Numbered]) -> None:
        lines = [self.read(number, cells) for number, cells in rows]
        self.link(lines)
        good = [line for line in lines if not line.wrong]
        self.finder.prepare([line.values for line in good])
        for line in good:
            self.place(line)
        if self.intake.dry:
            self.foresee([line for line in good if not line.wrong])
            self.finder.imagine()
        else:
            self.store([line for line in good if not line.wrong])
        self.tell(lines)

    def read(self, number: int, cells: Sequence[object]) -> Line:
        """Read the cells of a row; what can't be read is noted."""
        line = Line(number, cells)
        if len(cells) > self.width:
            line.wrong.append(_("There are more cells than columns; is a separator in a value?"))
        values = line.values
        for at, name, label, read in self.columns:
            try:
                value = read(cells[at])
            except ValidationError as error:
                why = " ".join(error.messages)
                line.wrong.append(_("%(field)s: %(why)s") % {"field": label, "why": why})
                continue
            if value is not None and value != "" and value != []:
                values[name] = value
        self.fold(line)
        return line

    def fold(self, line: Line) -> None:
        """Put several targets together, where a recipe has such."""

    def link(self, lines: Sequence[Line]) -> None:
        for name, linker in self.linkers.items():
            holding = [line for line in lines if name in line.values]
            linker.prepare({line.values[name] for line in holding})
            for line in holding:
                try:
                    line.values[name] = linker.key(line.values[name])
                except ValidationError as error:
                    line.wrong.append(" ".join(error.messages))

    def place(self, line: Line) -> None:
        """Decide which record a line means, and put its values there."""
        found, why = self.finder.find(line.values)
        if why:
            line.wrong.append(why)
        elif found is None:
            self._place_new(line)
        else:
            self._place_known(line, found)
        if line.wrong or line.row is None:
            return
        line.wrong += self.check(line)
        if not line.wrong:
            self.finder.remember(line.row, line.values)

    def _place_new(self, line: Line) -> None:
        if self.plan.mode == UPDATE:
            line.wrong.append(_("There is no record to update with this key."))
        elif not self.may_add:
            line.wrong.append(_("You may not add records of this kind."))
        else:
            line.row, line.is_new = self.new_row(line), True
            self.write(line)

    def _place_known(self, line: Line, row: Record) -> None:
        line.is_double = row._state.adding or row.pk in self.finder.touched
        line.row = row
        if self.plan.mode == CREATE and not row.binned_at:
            return
        if row.binned_at:
            row.binned_at, line.was_binned = None, True
        self.write(line)

    def new_row(self, line: Line) -> Record:
        row = self.model(**self.defaults)
        row.extra = dict(self.customs)
        return row

    def write(self, line: Line) -> None:
        assert line.row is not None
        for name, value in line.values.items():
            if (f := self.fields.get(name)) is not None:
                f.write(line.row, value)

    def check(self, line: Line) -> list[str]:
        """Return what is wrong with a row that has its values, as a form would say it."""
        row = line.row
        assert row is not None
        names = {
            f.name
            for f in self.required
            if (line.is_new or f.name in line.values) and f.raw(row) in EMPTY
        } | set(missing(self.rules, row, line.values))
        labels = [f.label for f in self.fields.values() if f.name in names]
        wrong = [_("“%(field)s” is missing.") % {"field": label} for label in labels]
        wrong += self.finder.taken(row, line.values, self.fields)
        if self.cleans and not wrong:
            try:
                row.clean()
            except ValidationError as error:
                wrong += error.messages
        return wrong

    def foresee(self, lines: Sequence[Line]) -> None:
        """Refuse in a dry run what the actor's reach would refuse."""
        for line in lines:
            row = line.row
            if row is None or row is self.finder.nobody:
                continue
            kept = line.is_new or line.was_binned or line.is_double
            if not kept and (self.plan.mode == CREATE or not self.storing.changed(row)):
                continue
            if why := self.storing.foresee(row):
                line.wrong.append(why)

    def store(self, lines: Sequence[Line]) -> None:
        """Write what is good; what the database or the actor's reach refuses is noted."""
        if self.plan.mode == CREATE:
            lines = [line for line in lines if line.is_new or line.was_binned or line.is_double]
        refused = self.storing.store([line.row for line in lines if line.row is not None])
        for line in lines:
            if why := refused.get(id(line.row)):
                line.wrong.append(why)
        kept = [line for line in lines if not line.wrong]
        self._store_links(kept)
        self.follow(kept)
        self.finder.forget()

    def _store_links(self, lines: Sequence[Line]) -> None:
        for name, linker in self.linkers.items():
            if linker.many and not name.startswith(EXTRA):
                wanted = {
                    line.row.pk: line.values[name]
                    for line in lines
                    if line.row is not None and name in line.values
                }
                self.storing.link({id(x.row): x.row for x in lines}.values(), name, wanted)

    def follow(self, lines: Sequence[Line]) -> None:
        """Write what hangs on the rows, where a recipe has such."""

    def tell(self, lines: Sequence[Line]) -> None:
        """Count, and refuse what is wrong."""
        self.intake.count("rows", len(lines))
        for line in lines:
            if line.wrong:
                self.intake.reject(line.number, line.cells, line.wrong)
            else:
                self.intake.count(self._outcome(line))

    def _outcome(self, line: Line) -> str:
        if line.is_new:
            return "created"
        if line.was_binned:
            return "restored"
        if self.plan.mode == CREATE:
            return "skipped"
        row = line.row
        assert row is not None
        if line.is_double or self.storing.changed(row):
            return "updated"
        return "unchanged"

    def _linkers(self, offered: dict[str, Filled]) -> dict[str, Linker]:
        found = {}
        for _at, name, _label, _read in self.columns:
            if isinstance(offered[name].field.kind, Link):
                found[name] = Linker(self.actor, offered[name].field)
        return found

    def _unique_names(self) -> list[str]:
        """Return the given fields that no two records may share."""
        given = {name for _at, name, _label, _read in self.columns}
        alone = {
            constraint.fields[0]
            for constraint in self.model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and len(constraint.fields) == 1
        }
        names = {n for n, f in self.fields.items() if f.unique or n in alone}
        return sorted(names & given)

    def _defaults(self) -> dict[str, Any]:
        """Return what a new record begins with: its owner, and the defaults of custom fields."""
        names = {f.name for f in self.model._meta.concrete_fields}
        owner = self.plan.owner or self.actor.user_id
        given: dict[str, Any] = {}
        if "owner" in names and owner is not None:
            given["owner_id"] = owner
        if "department" in names:
            given["department_id"] = department_of(owner, self.intake)
        self.customs = custom_defaults(self.fields)
        return given


def custom_defaults(fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return what the custom fields of a new record begin with, as its `extra` holds it."""
    return {
        f.name.removeprefix(EXTRA): f.kind.plain(f.kind.parse(f.default))
        for f in fields.values()
        if f.is_custom and f.default not in EMPTY
    }


def department_of(owner: int | None, intake: Intake) -> int | None:
    """Return the department of an owner; the kernel knows only that users have one."""
    if owner is None or owner == intake.actor.user_id:
        return intake.actor.department_id
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager.filter(pk=owner)
    found: int | None = users.values_list("department_id", flat=True).first()
    return found
