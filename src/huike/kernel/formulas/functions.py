"""The functions that a formula may call: what they take, what they give, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateField, Q, TextField, Value, When
from django.db.models.functions import (
    Abs,
    Cast,
    Coalesce,
    Concat,
    ExtractDay,
    ExtractMonth,
    ExtractYear,
    Left,
    Length,
    Lower,
    Replace,
    Right,
    Round,
    Trim,
    Upper,
)
from django.db.models.lookups import Exact, GreaterThan, IContains, IStartsWith, LessThan
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.kernel.formulas import sql
from huike.kernel.formulas.terms import DATE, NUMBER, TEXT, YES_NO, Term

Make = Callable[[Sequence[Term]], Term]
ANY = "any"  # of any type
SAME = "same"  # of one type, whichever


@dataclass(frozen=True)
class Function:
    """One function: the types it takes, how it is made, and one line of help."""

    name: str
    takes: tuple[str, ...]
    make: Make
    help: str | Promise
    repeats: bool = False
    optional: int = 0  # how many of the last may be left out

    @property
    def shown(self) -> str:
        """Return how it is written: round(number, number)."""
        return f"{self.name}({', '.join(self.takes)}{', …' if self.repeats else ''})"


def _number(make: Callable[..., Any]) -> Make:
    return lambda given: Term(sql.joined(make(*(g.sql for g in given))), NUMBER)


def _text(make: Callable[..., Any]) -> Make:
    return lambda given: Term(
        Cast(make(*(g.as_text() if g.type == TEXT else g.sql for g in given)), TextField()), TEXT
    )


def _least(sign: type) -> Make:
    """The smallest or largest of what is filled: both databases agree only when told like this."""

    def make(given: Sequence[Term]) -> Term:
        best = given[0]
        for one in given[1:]:
            other = Case(
                When(best.is_empty, then=one.sql),
                When(Q(sign(one.sql, best.sql)), then=one.sql),
                default=best.sql,
            )
            best = Term(sql.joined(other) if one.type == NUMBER else other, one.type)
        return best

    return make


def _if(given: Sequence[Term]) -> Term:
    condition, one, other = given
    if one.type == YES_NO:
        return Term((Q(condition.sql) & one.sql) | (~_surely(condition) & other.sql), YES_NO)
    made = Case(When(Q(condition.sql), then=one.value), default=other.value)
    return Term(sql.joined(made) if one.type == NUMBER else made, one.type)


def _surely(condition: Term) -> Q:
    return Q(Exact(sql.truth(condition.sql), Value(True)))


def _first(given: Sequence[Term]) -> Term:
    if given[0].type == TEXT:
        cases = [When(~one.is_empty, then=one.value) for one in given]
        return Term(Case(*cases, default=Value(""), output_field=TextField()), TEXT)
    made = Coalesce(*(g.value for g in given)) if len(given) > 1 else given[0].value
    return Term(sql.joined(made) if given[0].type == NUMBER else made, given[0].type)


def _days(given: Sequence[Term]) -> Term:
    return Term(sql.decimal(sql.DaysBetween(given[1].sql, given[0].sql)), NUMBER)


def _age(given: Sequence[Term]) -> Term:
    return Term(sql.decimal(sql.FullYears(given[0].sql, given[1].sql)), NUMBER)


def today() -> Term:
    """Return this day in the firm's time zone."""
    return Term(Value(timezone.localdate(), output_field=DateField()), DATE)


def joined_text(one: Term, other: Term) -> Term:
    """Return two pieces as one text."""
    return Term(Concat(one.as_text(), other.as_text(), output_field=TextField()), TEXT)


def _all() -> list[Function]:
    return [*_of_choice(), *_of_numbers(), *_of_dates(), *_of_texts()]


def _of_choice() -> list[Function]:
    return [
        Function(
            "if", (YES_NO, SAME, SAME), _if, _("the second if the first holds, else the third")
        ),
        Function("first", (SAME, SAME), _first, _("the first that is filled"), True),
        Function("empty", (ANY,), lambda g: Term(g[0].is_empty, YES_NO), _("whether it is empty")),
        Function(
            "filled", (ANY,), lambda g: Term(~g[0].is_empty, YES_NO), _("whether it is filled")
        ),
    ]


def _of_numbers() -> list[Function]:
    def rounded(given: Sequence[Term]) -> Term:
        places = given[1].constant if len(given) > 1 else 0
        return Term(sql.decimal(Round(given[0].sql, precision=int(places or 0))), NUMBER)

    return [
        Function("round", (NUMBER, NUMBER), rounded, _("rounded to so many decimals"), optional=1),
        Function("abs", (NUMBER,), _number(Abs), _("without its sign")),
        Function(
            "min", (NUMBER, NUMBER), _least(LessThan), _("the smallest of those filled"), True
        ),
        Function(
            "max", (NUMBER, NUMBER), _least(GreaterThan), _("the largest of those filled"), True
        ),
    ]


def _of_dates() -> list[Function]:
    def part(extract: type) -> Make:
        return lambda given: Term(sql.decimal(extract(given[0].sql)), NUMBER)

    return [
        Function("today", (), lambda g: today(), _("this day")),
        Function("days", (DATE, DATE), _days, _("days from the first date to the second")),
        Function("years", (DATE, DATE), _age, _("full years from the first date to the second")),
        Function("age", (DATE,), lambda g: _age([g[0], today()]), _("full years until today")),
        Function("year", (DATE,), part(ExtractYear), _("the year of a date")),
        Function("month", (DATE,), part(ExtractMonth), _("the month of a date, 1 to 12")),
        Function("day", (DATE,), part(ExtractDay), _("the day of a date in its month")),
    ]


def _of_texts() -> list[Function]:
    def part(cut: type) -> Make:
        return lambda g: Term(cut(g[0].as_text(), _letters(g[1])), TEXT)

    def asks(look: type) -> Make:
        return lambda g: Term(Q(look(g[0].as_text(), g[1].as_text())), YES_NO)

    return [
        Function("text", (ANY,), lambda g: Term(g[0].as_text(), TEXT), _("as text")),
        Function("upper", (TEXT,), _text(Upper), _("in capitals")),
        Function("lower", (TEXT,), _text(Lower), _("in small letters")),
        Function("trim", (TEXT,), _text(Trim), _("without spaces at its ends")),
        Function(
            "length",
            (TEXT,),
            lambda g: Term(sql.decimal(Length(g[0].as_text())), NUMBER),
            _("how many signs"),
        ),
        Function("left", (TEXT, NUMBER), part(Left), _("so many signs from the beginning")),
        Function("right", (TEXT, NUMBER), part(Right), _("so many signs from the end")),
        Function(
            "replace",
            (TEXT, TEXT, TEXT),
            _text(Replace),
            _("the second replaced by the third, wherever it stands"),
        ),
        Function(
            "contains", (TEXT, TEXT), asks(IContains), _("whether the second stands in the first")
        ),
        Function(
            "starts", (TEXT, TEXT), asks(IStartsWith), _("whether the first begins with the second")
        ),
    ]


def _letters(term: Term) -> int:
    """Return a number that was written in the formula; how many signs can't depend on a row."""
    return max(int(term.constant or 0), 1)


FUNCTIONS: dict[str, Function] = {f.name: f for f in _all()}
