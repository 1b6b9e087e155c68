"""A field whose value the database works out: by a formula, or as a sum over related records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, TextField, Value
from django.db.models.expressions import Combinable

from huike.kernel.actor import FieldRight
from huike.kernel.entity.field import Field
from huike.kernel.formulas.terms import Term
from huike.kernel.records.record import Record

NOTHING = Value(None, output_field=TextField())
NEVER: Callable[[tuple[str, ...]], Term] = lambda within: Term(NOTHING, "text")  # noqa: E731


@dataclass(frozen=True)
class WorkedOut(Field):
    """A custom field that no record holds: `make(names under way)` returns its SQL for the reader.

    Filter, sort, groups, sums and segments compare that SQL; pages, files and the API ask for the
    values of all their rows at once.
    """

    make: Callable[[tuple[str, ...]], Term] = NEVER
    finish: Callable[[Term], Any] = lambda term: term.value

    def term(self, within: tuple[str, ...] = ()) -> Term:
        """Return the value as a piece for other formulas; raise ValidationError."""
        return self.make(within or (self.name,))

    def expression(self) -> Combinable:
        try:
            made: Combinable = self.finish(self.term())
        except ValidationError:  # something it names is gone, or closed to this reader
            return NOTHING
        return made

    def condition(self, op: str, value: Any) -> Q:
        return self.kind.compare(self.expression(), op, value)

    def raw(self, row: Record) -> Any:
        held = row.__dict__.get("_worked_out", {})
        if (self.name, row.version) not in held:
            work_out([self], [row])
            held = row.__dict__.get("_worked_out", {})
        return held.get((self.name, row.version))

    def write(self, row: Record, value: Any) -> None:
        raise TypeError(f"{self.name} is worked out")

    @property
    def is_comparable(self) -> bool:
        return self.right not in {FieldRight.MASKED, FieldRight.HIDDEN}


def work_out(fields: Sequence[Field], rows: Sequence[Record]) -> None:
    """Ask for the values of all worked out ones of `fields` on all `rows`, in one query."""
    asked = [f for f in fields if isinstance(f, WorkedOut)]
    stored = [row for row in rows if row.pk is not None]
    if not asked or not stored:
        return
    columns = {f"w{n}": f.expression() for n, f in enumerate(asked)}
    found = type(stored[0]).everything.filter(pk__in={row.pk for row in stored}).order_by()
    values = {pk: told for pk, *told in found.annotate(**columns).values_list("pk", *columns)}
    for row in stored:
        told = values.get(row.pk, [None] * len(asked))
        fresh = {(f.name, row.version): value for f, value in zip(asked, told, strict=True)}
        row.__dict__["_worked_out"] = {**row.__dict__.get("_worked_out", {}), **fresh}
