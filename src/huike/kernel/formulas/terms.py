"""A piece of a formula with the type of its value, as the database reckons it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, DateField, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.db.models.lookups import Exact, IsNull
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.field import Field
from huike.kernel.formulas import sql
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.times import Day, Moment
from huike.kernel.kinds.words import Text

NUMBER, TEXT, DATE, YES_NO = "number", "text", "date", "yes_no"
TYPES: Mapping[str, str | Promise] = {
    NUMBER: _("a number"),
    TEXT: _("a text"),
    DATE: _("a date"),
    YES_NO: _("yes or no"),
}


@dataclass(frozen=True)
class Term:
    """One piece: its SQL, its type, and for a choice the kind that knows its labels.

    Of `yes_no` the SQL is a condition; `value` makes a column of it. `constant` is what was
    written in the formula.
    """

    sql: Any
    type: str
    choice: Choice | None = None
    constant: Any = None

    @property
    def value(self) -> Any:
        """Return what can stand in a column."""
        if self.type == YES_NO:
            return sql.truth(self.sql)
        if self.choice is not None:
            return labels(self.sql, self.choice)
        return self.sql

    @property
    def is_empty(self) -> Q:
        if self.type == YES_NO:
            return ~Q(self.sql)
        empty = Q(IsNull(self.sql, True))
        return empty | Q(Exact(self.sql, Value(""))) if self.type == TEXT else empty

    def as_text(self) -> Any:
        """Return the piece as it reads within a text; what is empty is nothing."""
        made: Any = self.value
        if self.type == NUMBER:
            made = sql.PlainNumber(self.sql)
        elif self.type == DATE:
            made = sql.PlainDate(self.sql)
        return Coalesce(made, Value(""), output_field=TextField())


def constant(value: Any) -> Term | None:
    """Return a number, a text or a truth that is written in the formula; None for all else."""
    if isinstance(value, bool):
        return Term(Q(Exact(Value(1), Value(1 if value else 0))), YES_NO, constant=value)
    if isinstance(value, int | float) and abs(value) < sql.LIMIT:
        return Term(sql.decimal(Value(Decimal(str(value)))), NUMBER, constant=value)
    if isinstance(value, str):
        return Term(Value(value, output_field=TextField()), TEXT, constant=value)
    return None


def of_field(f: Field) -> Term | None:
    """Return a field's value as a piece; None for a kind that formulas can't reckon with."""
    kind = f.kind
    if kind.is_number:
        return Term(sql.decimal(f.expression()), NUMBER)
    if kind.name == "yes_no":
        return Term(Q(Exact(f.expression(), Value(True))), YES_NO)
    if isinstance(kind, Moment):
        return Term(TruncDate(f.expression()), DATE)
    if isinstance(kind, Day):
        return Term(_day(f), DATE)
    if kind.name == "choice" and isinstance(kind, Choice):
        return Term(_text(f.expression()), TEXT, kind)
    if isinstance(kind, Text):
        return Term(_text(f.expression()), TEXT)
    return None


def labels(expression: Any, kind: Choice) -> Combinable:
    """Return what people call the choice that `expression` holds."""
    cases = [
        When(Q(Exact(expression, Value(value))), then=Value(str(label)))
        for value, label in kind.options.items()
    ]
    return Case(*cases, default=expression, output_field=TextField()) if cases else expression


def kind_of(result: str, made: Mapping[str, Kind]) -> Kind:
    """Return the kind of value of a result."""
    return made.get(result, made[TEXT])


def _text(expression: Any) -> Combinable:
    plain = Cast(expression, TextField())
    return Coalesce(plain, Value("", output_field=CharField()), output_field=TextField())


def _day(f: Field) -> Combinable:
    """Custom dates lie in JSON as text, which both databases read as a date only when told."""
    if f.column is not None or not f.is_custom:
        return f.expression()
    return Cast(f.expression(), DateField())
