"""Checks the value that many rows are to get, once for all of them."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.entity.writing import Refused, may_link
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Link
from huike.kernel.records.record import Record


def parsed(actor: Actor, entity: Entity, f: Field, given: Any) -> Any:
    """Return the value of `given` for a field that many rows will get; raise Refused."""
    try:
        value = f.kind.parse(given)
        may_link(actor, f, value, entity.model())
        if isinstance(f.kind, Link) and value not in EMPTY:
            _check_exists(f.kind, value)
    except ValidationError as error:
        raise Refused({f.name: error.messages}) from error
    if f.required and value in EMPTY:
        refuse(f.name, _("This field is required."))
    return value


def same(before: Any, after: Any) -> bool:
    """Tell whether two values are the same to a reader: one emptiness is as good as another."""
    return before == after or (before in EMPTY and after in EMPTY)


def scope_columns(entity: Entity) -> set[str]:
    """Return the columns by which a row finds its owner and department."""
    scope = entity.model.scope
    return {p.partition("__")[0] for p in (scope.owner, scope.department, scope.parent) if p}


def _check_exists(kind: Link, value: Any) -> None:
    keys = set(value if isinstance(value, list) else [value])
    if kind.model._default_manager.filter(pk__in=keys).count() < len(keys):
        what = kind.model._meta.verbose_name
        raise ValidationError(
            _("There is no such %(what)s, or you may not see it.") % {"what": what}
        )


def is_alone(entity: Entity, f: Field) -> bool:
    """Tell whether no two rows may have the same value of a field."""
    alone = (c for c in entity.model._meta.constraints if isinstance(c, models.UniqueConstraint))
    return f.unique or any(tuple(c.fields) == (f.name,) for c in alone)


def check_unique(entity: Entity, f: Field, value: Any) -> None:
    """Raise Refused where another record has the value already."""
    name = f"extra__{f.name.removeprefix(EXTRA)}" if f.is_custom else f.name
    stored = f.kind.plain(value) if f.is_custom else value
    if entity.model.everything.filter(**{name: stored}).exists():
        refuse(f.name, _("Another record has this value already."))


def constraints_on(model: type[Record], name: str) -> list[Any]:
    """Return the constraints of a model that a change of one column may break."""
    found = []
    for constraint in model._meta.constraints:
        names = set(getattr(constraint, "fields", ()))
        if isinstance(condition := getattr(constraint, "condition", None), models.Q):
            names |= condition.referenced_base_fields
        if name in names:
            found.append(constraint)
    return found


def refuse(name: str, words: str) -> NoReturn:
    """Raise Refused for one field."""
    raise Refused({name: [words]})
