"""Custom fields by formula: made for one reader, and checked when somebody defines one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity, entity_of, has_entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.formulas import sql
from huike.kernel.formulas.compiling import Compiler
from huike.kernel.formulas.field import WorkedOut
from huike.kernel.formulas.reading import WrongFormula, names_in
from huike.kernel.formulas.terms import NUMBER, TEXT, TYPES, Term
from huike.kernel.kinds.choices import YesNo
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.numbers import Money, Number
from huike.kernel.kinds.times import Day
from huike.kernel.kinds.words import Text
from huike.kernel.records.record import Record

RESULTS: Mapping[str, Kind] = {
    "number": Number(4),
    "money": Money(),
    "text": Text(),
    "date": Day(),
    "yes_no": YesNo(),
}
TYPE_OF = {"money": NUMBER}  # all other results are called like their type
PLACES = {"number": 4, "money": 2}
CLOSED = {FieldRight.HIDDEN, FieldRight.MASKED}


def field_of(
    actor: Actor, entity: Entity, custom: CustomField, fields: Mapping[str, Field]
) -> WorkedOut:
    """Return the field of a formula for one reader: closed where anything that it names is."""
    name = EXTRA + custom.name
    kind = RESULTS.get(custom.result, RESULTS["text"])
    right = actor.field_right(entity.model.label(), name)

    def make(within: tuple[str, ...]) -> Term:
        return Compiler(actor, entity, fields, custom.formula, within).term()

    return WorkedOut(
        name=name,
        label=custom.label,
        kind=kind.read_by(actor),
        right=weakest([right, *_rights(actor, entity, custom, fields)]),
        editable=False,
        help=custom.help,
        make=make,
        finish=lambda term: finished(term, custom.result),
    )


def check_formula(actor: Actor, custom: CustomField) -> None:
    """Refuse a formula that can't be worked out or gives another type, with the place."""
    entity = entity_of(custom.record)
    fields = entity.fields(actor)
    name = EXTRA + custom.name
    fields[name] = field_of(actor, entity, custom, fields)
    if custom.result not in RESULTS:
        raise ValidationError({"result": _("Choose what the formula gives.")})
    term = Compiler(actor, entity, fields, custom.formula, (name,)).term()
    wanted = TYPE_OF.get(custom.result, custom.result)
    if term.type != wanted:
        told = {"found": TYPES[term.type], "wanted": TYPES[wanted]}
        raise WrongFormula(_("it gives %(found)s, not %(wanted)s.") % told, 1)


def finished(term: Term, result: str) -> Any:
    """Return a piece as the column that its result's kind compares."""
    if term.type == NUMBER:
        return sql.final(term.sql, PLACES.get(result, 4))
    if term.type == TEXT:
        return Cast(term.value, TextField())
    return term.value


def weakest(rights: Sequence[FieldRight]) -> FieldRight:
    """Return the least of several rights, and at most that to read."""
    order = list(FieldRight)
    return min([FieldRight.READ, *rights], key=order.index)


def _rights(
    actor: Actor, entity: Entity, custom: CustomField, fields: Mapping[str, Field]
) -> list[FieldRight]:
    """Return the reader's rights to everything that a formula names; nothing is compiled here."""
    if actor.is_unlimited:
        return []
    try:
        paths = names_in(custom.formula)
    except ValidationError:
        return [FieldRight.HIDDEN]
    return [_right(actor, entity, fields, path) for path in paths]


def _right(
    actor: Actor, entity: Entity, fields: Mapping[str, Field], path: Sequence[str]
) -> FieldRight:
    from huike.kernel.formulas.compiling import found

    if path in {("true",), ("false",)}:
        return FieldRight.READ
    try:
        f, rest = found(entity, fields, path)
    except ValidationError:
        return FieldRight.HIDDEN
    if not (rest and isinstance(f.kind, Link)) or f.right in CLOSED:
        return f.right
    model = f.kind.model
    if issubclass(model, Record) and has_entity(model) and not may(actor, model, Op.VIEW):
        return FieldRight.HIDDEN
    beyond = actor.field_right(model._meta.label_lower, ".".join(rest))
    return weakest([f.right, beyond])
