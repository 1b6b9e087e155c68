"""What the two databases say differently about dates and numbers, said in one way."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DecimalField,
    ExpressionWrapper,
    FloatField,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Cast, NullIf, Round
from django.db.models.lookups import LessThan

LIMIT = 1e15  # as kernel/kinds/numbers.py has it


class DaysBetween(Func):
    """Days from one date to another: the second argument subtracted from the first."""

    arity = 2
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) AS INTEGER)"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=") - julianday(", **more
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="((%(expressions)s)::date)",
            arg_joiner=")::date - (", **more,
        )  # fmt: skip


class DaysLater(Func):
    """A date some days after another."""

    arity = 2
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "date(%(expressions)s AS INTEGER) || ' days')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", CAST(", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "((%(expressions)s)::numeric::integer)"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=")::date + (", **more
        )


class FullYears(Func):
    """Full years from the first date to the second, as an age is told."""

    arity = 2
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        first, second = self.source_expressions
        one, given = compiler.compile(first)
        two, also = compiler.compile(second)
        sql = (
            f"(CAST(strftime('%%Y', {two}) AS INTEGER) - CAST(strftime('%%Y', {one}) AS INTEGER)"
            f" - (strftime('%%m-%%d', {two}) < strftime('%%m-%%d', {one})))"
        )
        return sql, (*also, *given, *also, *given)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        first, second = self.source_expressions
        one, given = compiler.compile(first)
        two, also = compiler.compile(second)
        return f"EXTRACT(YEAR FROM age(({two})::date, ({one})::date))::integer", (*also, *given)


class PlainNumber(Func):
    """A number as text without zeros at its end: 1200, 12.5."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "rtrim(rtrim(printf('%%.4f', %(expressions)s), '0'), '.')"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "trim_scale(round((%(expressions)s)::numeric, 4))::text"
        return self.as_sql(compiler, connection, template=template, **more)


class PlainDate(Func):
    """A date as text: 2026-11-23."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "to_char((%(expressions)s)::date, 'YYYY-MM-DD')"
        return self.as_sql(compiler, connection, template=template, **more)


def decimal(expression: Any) -> Combinable:
    """Return a stored number as a decimal, so that numbers of all kinds go together."""
    return Cast(expression, _decimal())


def joined(expression: Any) -> Combinable:
    """Return what was reckoned with decimals under the name of one."""
    return ExpressionWrapper(expression, _decimal())


def final(expression: Any, places: int) -> Combinable:
    """Return a formula's number, rounded; empty where it is beyond what a field holds."""
    rounded = Round(decimal(_sane(expression)), precision=places)
    return Cast(rounded, DecimalField(max_digits=20, decimal_places=4))


def whole(expression: Any) -> Combinable:
    """Return a number of days or letters, empty where it is beyond all sense."""
    sane = LessThan(Abs(Cast(expression, FloatField())), Value(100_000.0))
    return Cast(Case(When(sane, then=expression), output_field=_decimal()), IntegerField())


def quotient(one: Any, other: Any) -> Combinable:
    """Return one number by another, empty where that is zero."""
    divisor = NullIf(Cast(other, FloatField()), Value(0.0))
    return decimal(_sane(ExpressionWrapper(Cast(one, FloatField()) / divisor, FloatField())))


def remainder(one: Any, other: Any) -> Combinable:
    """Return what is left of whole numbers, empty where the divisor is zero."""
    left = ExpressionWrapper(whole(one) % NullIf(whole(other), Value(0)), IntegerField())
    return decimal(left)


def truth(condition: Q) -> Combinable:
    """Return a condition as yes or no; what is unknown is no."""
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _sane(expression: Any) -> Combinable:
    small = LessThan(Abs(Cast(expression, FloatField())), Value(LIMIT))
    return Case(When(small, then=expression), output_field=_decimal())


def _decimal() -> DecimalField[Any, Any]:
    return DecimalField(max_digits=30, decimal_places=6)
