"""Filters as people point them together: a tree of all/any over fields, links and related rows.

A filter is JSON: a leaf `[field, operator, value]`, or `{"all": [...]}`, `{"any": [...]}`,
`{"none": [...]}`. A field may lie beyond a link ("party__name") or in related rows
("orders__total"): what holds there is asked only of rows that the actor may see.
"""

from __future__ import annotations

import json
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.lookups import Exact, In
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of, has_entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link, Links
from huike.kernel.lists.conditions import Asked, comparable
from huike.kernel.records.record import Record

MAX_LEAVES = 50
MAX_DEPTH = 6
MAX_HOPS = 3
HOP = "__"


def parse_filter(text: str) -> Any:
    """Read a filter from an address; raise ValidationError where it is not one."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            _("This filter can't be read. Build it again on the list.")
        ) from error


def condition(actor: Actor, entity: Entity, tree: Any) -> Q:
    """Compile a filter for `actor` to a condition on rows of `entity`; raise ValidationError."""
    if tree in (None, {}, []):
        return Q()
    if _leaves(tree) > MAX_LEAVES:
        raise ValidationError(_("A filter may hold at most %s conditions.") % MAX_LEAVES)
    return _Compiler(actor).tree(entity, tree, 0)


def _leaves(tree: Any, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        raise ValidationError(_("This filter is nested too deeply."))
    if isinstance(tree, dict):
        branches = [b for group in tree.values() if isinstance(group, list) for b in group]
        return sum(_leaves(branch, depth + 1) for branch in branches)
    return 1


class _Compiler:
    """Compiles one filter; keeps each entity's fields, so that they are fetched once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._fields: dict[str, dict[str, Field]] = {}

    def tree(self, entity: Entity, tree: Any, depth: int) -> Q:
        if isinstance(tree, dict) and len(tree) == 1:
            ((word, branches),) = tree.items()
            if word in {"all", "any", "none"} and isinstance(branches, list):
                return self._joined(entity, word, branches, depth)
        if isinstance(tree, list) and len(tree) in {2, 3} and isinstance(tree[0], str):
            return self._leaf(entity, tree[0], str(tree[1]), tree[2] if len(tree) == 3 else None)
        raise ValidationError(_("This filter can't be read. Build it again on the list."))

    def _joined(self, entity: Entity, word: str, branches: list[Any], depth: int) -> Q:
        conditions = [self.tree(entity, branch, depth + 1) for branch in branches]
        joined = Q()
        for one in conditions:
            joined = joined & one if word == "all" else joined | one
        if word != "none" or not conditions:
            return joined
        # NOT over an empty value is neither true nor false in SQL: say false where it is not true
        holds = Case(When(joined, then=Value(True)), default=Value(False))
        return Q(Exact(holds, False))

    def _leaf(self, entity: Entity, path: str, op: str, value: Any) -> Q:
        if path.count(HOP) > MAX_HOPS:
            raise ValidationError(_("A filter may follow at most %s links.") % MAX_HOPS)
        hop, _sep, rest = path.partition(HOP)
        if not rest or path in self.fields(entity):
            return self._own(entity, path, op, value)
        return self._beyond(entity, hop, rest, op, value)

    def _own(self, entity: Entity, name: str, op: str, value: Any) -> Q:
        field = self.fields(entity).get(name)
        if field is None or not field.is_comparable:
            raise ValidationError(
                _("“%(name)s” of %(record)s can't be filtered by you.")
                % {"name": name[:60], "record": entity.label}
            )
        if op == "me" and op in field.kind.operators:
            op, value = "in", [self.actor.user_id or 0]
        if isinstance(field.kind, Links) and field.column is not None:
            return self._several(entity, field, op, value)
        return field.condition(op, value)

    def _several(self, entity: Entity, field: Field, op: str, value: Any) -> Q:
        """Ask the table between, so that no row comes twice and "none of" means none."""
        column: Any = field.column
        if op not in field.kind.operators:
            field.kind.compare(field.expression(), op, value)  # raises, in words
        here, there = column.m2m_field_name(), column.m2m_reverse_field_name()
        pairs = column.remote_field.through.objects.all()
        if op in {"in", "out"}:
            pairs = pairs.filter(**{f"{there}__in": field.kind.parse(value)})
        found = Q(pk__in=pairs.values(here))
        return found if op in {"in", "filled"} else ~found

    def _beyond(self, entity: Entity, hop: str, rest: str, op: str, value: Any) -> Q:
        if related := entity.related_by_name(hop):
            other = entity_of(related.record)
            there = self._rows(other, rest, op, value)
            # not by way of all keys: a list that needs fifty rows then read 600,000 orders first
            return Q(Exists(there.filter(**{related.link: OuterRef("pk")})))
        field = self.fields(entity).get(hop)
        if field is None or not _is_link(field):
            raise ValidationError(
                _("There is no link “%(name)s” in %(record)s.")
                % {"name": hop[:60], "record": entity.label}
            )
        assert isinstance(field.kind, Link)
        model = field.kind.model
        if not (has_entity(model) and issubclass(model, Record)):
            raise ValidationError(_("“%s” can't be looked into.") % field.label)
        there = self._rows(entity_of(model), rest, op, value)
        if isinstance(field.kind, Links) and (column := cast(Any, field.column)) is not None:
            pairs = column.remote_field.through.objects.filter(
                **{f"{column.m2m_reverse_field_name()}__in": there.values("pk")}
            )
            return Q(pk__in=pairs.values(column.m2m_field_name()))
        if field.column is None:
            return Q(In(field.expression(), there.values("pk")))
        return Q(**{f"{hop}__in": there.values("pk")})

    def _rows(self, other: Entity, rest: str, op: str, value: Any) -> Any:
        return visible(self.actor, other.model).filter(self._leaf(other, rest, op, value))

    def fields(self, entity: Entity) -> dict[str, Field]:
        if entity.key not in self._fields:
            self._fields[entity.key] = comparable(self.actor, entity)
        return self._fields[entity.key]


def _is_link(field: Field) -> bool:
    """Tell whether a filter may look beyond a field; an added condition is no link to follow."""
    return field.is_comparable and isinstance(field.kind, Link) and not isinstance(field, Asked)
