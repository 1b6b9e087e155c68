"""Turns a formula into SQL for one reader: typed, and blind to what the reader may not read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, FieldRight
from huike.kernel.entity.entity import Entity, entity_of, has_entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.formulas import sql
from huike.kernel.formulas.functions import ANY, FUNCTIONS, SAME, Function, joined_text
from huike.kernel.formulas.reading import WrongFormula, path_of, place_of, read
from huike.kernel.formulas.terms import DATE, NUMBER, TEXT, TYPES, YES_NO, Term, constant, of_field
from huike.kernel.kinds.links import CALLED, Link, Links
from huike.kernel.kinds.times import Day
from huike.kernel.records.record import Record

MOST_HOPS = 2
_COMPARED: dict[type[ast.cmpop], Any] = {
    ast.Eq: Exact,
    ast.NotEq: Exact,
    ast.Lt: LessThan,
    ast.LtE: LessThanOrEqual,
    ast.Gt: GreaterThan,
    ast.GtE: GreaterThanOrEqual,
}


@dataclass
class Compiler:
    """Compiles one formula of `entity` for `actor`, who may know of `fields`."""

    actor: Actor
    entity: Entity
    fields: Mapping[str, Field]
    text: str
    within: tuple[str, ...] = field(default=())  # the fields that are being worked out

    def term(self) -> Term:
        """Return the formula as a piece of SQL; raise WrongFormula."""
        return self.of(read(self.text))

    def of(self, node: ast.expr) -> Term:
        if path := path_of(node):
            return self._named(node, path)
        if isinstance(node, ast.Constant):
            if (written := constant(node.value)) is None:
                raise self._wrong(node, _("this may not stand in a formula."))
            return written
        if (make := self._makers.get(type(node))) is not None:
            return make(node)
        raise self._wrong(node, _("this may not stand in a formula."))

    @cached_property
    def _makers(self) -> dict[type[ast.expr], Callable[[Any], Term]]:
        return {
            ast.BinOp: self._reckoned,
            ast.UnaryOp: self._turned,
            ast.BoolOp: self._both,
            ast.Compare: self._compared,
            ast.IfExp: self._chosen,
            ast.Call: self._called,
        }

    def _named(self, node: ast.expr, path: tuple[str, ...]) -> Term:
        if path in {("true",), ("false",)}:
            found = constant(path == ("true",))
            assert found is not None
            return found
        try:
            return value_of(self.actor, self.entity, self.fields, path, self.within)
        except ValidationError as error:
            raise self._wrong(node, " ".join(error.messages)) from error

    def _reckoned(self, node: ast.BinOp) -> Term:
        one, other = self.of(node.left), self.of(node.right)
        types = (one.type, other.type)
        if isinstance(node.op, ast.Add) and TEXT in types:
            return joined_text(one, other)
        if types == (DATE, NUMBER) and isinstance(node.op, ast.Add | ast.Sub):
            days = other.sql if isinstance(node.op, ast.Add) else sql.joined(other.sql * -1)
            return Term(sql.DaysLater(one.sql, sql.whole(days)), DATE)
        if types == (DATE, DATE) and isinstance(node.op, ast.Sub):
            return Term(sql.decimal(sql.DaysBetween(one.sql, other.sql)), NUMBER)
        if types != (NUMBER, NUMBER):
            told = {"one": TYPES[one.type], "other": TYPES[other.type]}
            raise self._wrong(node, _("%(one)s and %(other)s can't be reckoned like this.") % told)
        return Term(self._arithmetic(node, one.sql, other.sql), NUMBER)

    def _arithmetic(self, node: ast.BinOp, one: Any, other: Any) -> Any:
        if isinstance(node.op, ast.Add):
            return sql.joined(one + other)
        if isinstance(node.op, ast.Sub):
            return sql.joined(one - other)
        if isinstance(node.op, ast.Mult):
            return sql.joined(one * other)
        if isinstance(node.op, ast.Div):
            return sql.quotient(one, other)
        if isinstance(node.op, ast.Mod):
            return sql.remainder(one, other)
        raise self._wrong(node, _("reckon with + - * / and % only."))

    def _turned(self, node: ast.UnaryOp) -> Term:
        one = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            self._want(node.operand, one, YES_NO)
            return Term(Q(Exact(sql.truth(one.sql), Value(False))), YES_NO)
        if isinstance(node.op, ast.USub):
            self._want(node.operand, one, NUMBER)
            return Term(sql.joined(one.sql * -1), NUMBER, constant=_less(one.constant))
        raise self._wrong(node, _("this may not stand in a formula."))

    def _both(self, node: ast.BoolOp) -> Term:
        joined: Any = None
        for part in node.values:
            one = self.of(part)
            self._want(part, one, YES_NO)
            now = Q(one.sql)
            if joined is None:
                joined = now
            else:
                joined = joined & now if isinstance(node.op, ast.And) else joined | now
        return Term(joined, YES_NO)

    def _compared(self, node: ast.Compare) -> Term:
        joined, left = Q(), node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            joined &= self._pair(node, left, op, right)
            left = right
        return Term(joined, YES_NO)

    def _pair(self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Q:
        compare = _COMPARED.get(type(op))
        if compare is None:
            raise self._wrong(node, _("compare with == != < <= > and >= only."))
        one, other = self.of(left), self.of(right)
        one, other = self._as_choice(right, one, other), self._as_choice(left, other, one)
        one, other = self._as_date(left, one, other), self._as_date(right, other, one)
        if one.type != other.type:
            told = {"one": TYPES[one.type], "other": TYPES[other.type]}
            raise self._wrong(right, _("%(one)s and %(other)s can't be compared.") % told)
        sides = [sql.truth(t.sql) if t.type == YES_NO else t.sql for t in (one, other)]
        same = Q(compare(*sides))
        if isinstance(op, ast.NotEq):  # what is empty differs from everything
            return Q(Exact(sql.truth(same), Value(False)))
        return same

    def _as_choice(self, node: ast.expr, one: Term, other: Term) -> Term:
        """Return `one`, read as a choice of `other`: "个人" and "person" are the same."""
        if other.choice is None or not isinstance(one.constant, str):
            return one
        try:
            return constant(other.choice.parse(one.constant)) or one
        except ValidationError as error:
            raise self._wrong(node, " ".join(error.messages)) from error

    def _as_date(self, node: ast.expr, one: Term, other: Term) -> Term:
        """Return a written text as the date that it is compared as."""
        if other.type != DATE or not isinstance(one.constant, str):
            return one
        try:
            return Term(Value(Day().parse(one.constant), output_field=DateField()), DATE)
        except ValidationError as error:
            raise self._wrong(node, " ".join(error.messages)) from error

    def _chosen(self, node: ast.IfExp) -> Term:
        return self._given(node, FUNCTIONS["if"], [node.test, node.body, node.orelse])

    def _called(self, node: ast.Call) -> Term:
        name = path_of(node.func)
        known = FUNCTIONS.get(name[0].lower()) if len(name) == 1 else None
        if known is None:
            told = {"name": ".".join(name) or "?", "names": "、".join(FUNCTIONS)}
            raise self._wrong(
                node, _("there is no function “%(name)s”. There are: %(names)s.") % told
            )
        if node.keywords:
            raise self._wrong(node, _("give the values in brackets, with commas between."))
        return self._given(node, known, node.args)

    def _given(self, node: ast.expr, made: Function, parts: Sequence[ast.expr]) -> Term:
        most, least = len(made.takes), len(made.takes) - made.optional
        if len(parts) < least or (len(parts) > most and not made.repeats):
            raise self._wrong(node, _("it is written %s.") % made.shown)
        given = [self.of(part) for part in parts]
        same = ""
        for n, (part, one) in enumerate(zip(parts, given, strict=True)):
            wanted = made.takes[min(n, most - 1)]
            if wanted == SAME:
                wanted = same = same or one.type
            if wanted != ANY:
                self._want(part, one, wanted)
        if made.name in {"round", "left", "right"} and len(given) > 1:
            self._want_written(parts[1], given[1])
        return made.make(given)

    def _want(self, node: ast.expr, one: Term, wanted: str) -> None:
        if one.type != wanted:
            told = {"wanted": TYPES[wanted], "found": TYPES[one.type]}
            raise self._wrong(node, _("here belongs %(wanted)s; this is %(found)s.") % told)

    def _want_written(self, node: ast.expr, one: Term) -> None:
        if not isinstance(one.constant, int) or not 0 <= one.constant <= 1000:
            raise self._wrong(node, _("write a whole number here."))

    def _wrong(self, node: ast.expr, words: str) -> WrongFormula:
        return WrongFormula(words, place_of(node, self.text))


def value_of(
    actor: Actor,
    entity: Entity,
    fields: Mapping[str, Field],
    path: Sequence[str],
    within: tuple[str, ...] = (),
) -> Term:
    """Return the value at the end of a path such as owner.name; raise ValidationError.

    What lies beyond a link is asked only of rows that `actor` may see: of others it is empty.
    """
    f, rest = found(entity, fields, path)
    if f.name in within:
        raise ValidationError(_("“%s” would be worked out from itself.") % f.label)
    if not f.is_comparable:
        raise ValidationError(_("“%s” can't be reckoned with.") % f.label)
    if isinstance(f.kind, Link) and not isinstance(f.kind, Links) and f.column is not None:
        return _beyond(actor, f, rest)
    if rest:
        raise ValidationError(_("“%s” is no link.") % f.label)
    from huike.kernel.formulas.field import WorkedOut

    term = f.term((*within, f.name)) if isinstance(f, WorkedOut) else of_field(f)
    if term is None:
        raise ValidationError(_("“%s” can't be reckoned with.") % f.label)
    return term


def found(
    entity: Entity, fields: Mapping[str, Field], path: Sequence[str]
) -> tuple[Field, Sequence[str]]:
    """Return the field that a path begins with: by its name, that of a custom one, or its label."""
    first, rest = path[0], path[1:]
    if first == EXTRA.rstrip(".") and rest:
        first, rest = EXTRA + rest[0], rest[1:]
    for name in (first, EXTRA + first):
        if name in fields:
            return fields[name], rest
    called = [f for f in fields.values() if f.label == first]
    if len(called) == 1:
        return called[0], rest
    words = (
        _("there are several fields “%s”; use the name.")
        if called
        else _("there is no field “%s”.")
    )
    raise ValidationError(words % first[:60])


def _beyond(actor: Actor, f: Field, rest: Sequence[str]) -> Term:
    assert isinstance(f.kind, Link)
    model = f.kind.model
    if not rest:
        rest = ("name",)
    if len(rest) > MOST_HOPS:
        raise ValidationError(_("this leads too far."))
    if has_entity(model) and issubclass(model, Record):
        other = entity_of(model)
        there = value_of(actor, other, other.fields(actor), rest)
        rows: QuerySet[Any] = visible(actor, model)
    elif len(rest) == 1 and rest[0] in CALLED and _may_name(actor, model, rest[0]):
        column = model._meta.get_field(rest[0])
        there = Term(_plain(column.name), TEXT)
        rows = model._default_manager.all()
    else:
        raise ValidationError(_("“%s” can't be looked into.") % f.label)
    linked = rows.filter(pk=OuterRef(f"{f.name}_id")).order_by()
    one = Subquery(linked.annotate(_found=there.value).values("_found")[:1])
    if there.type == YES_NO:
        return Term(Q(Exact(one, Value(True))), YES_NO)
    return replace(there, sql=_typed(one, there.type), constant=None, choice=None)


def _typed(one: Any, type_: str) -> Any:
    return Coalesce(one, Value(""), output_field=TextField()) if type_ == TEXT else one


def _plain(name: str) -> Any:
    return Cast(F(name), TextField())


def _may_name(actor: Actor, model: Any, name: str) -> bool:
    names = {column.name for column in model._meta.concrete_fields}
    right = actor.field_right(model._meta.label_lower, name)
    return name in names and right not in {FieldRight.HIDDEN, FieldRight.MASKED}


def _less(value: Any) -> Any:
    return -value if isinstance(value, int | float) else None
