"""Sums over related records: how many, how much, the smallest, the largest, the latest.

Each is asked of the rows that the reader may see, like the related list on the page: no sum tells
of records that are out of sight, and two readers may see two sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, Max, Min, OuterRef, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity, Related, entity_of
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.formulas.computed import CLOSED, RESULTS, finished, weakest
from huike.kernel.formulas.field import WorkedOut
from huike.kernel.formulas.terms import DATE, NUMBER, TEXT, Term, of_field
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.numbers import Money, Whole

HOWS = {
    "count": gettext_lazy("how many"),
    "sum": gettext_lazy("sum"),
    "min": gettext_lazy("smallest"),
    "max": gettext_lazy("largest"),
    "latest": gettext_lazy("of the latest"),
}
_AGGREGATES: Mapping[str, Any] = {"sum": Sum, "min": Min, "max": Max}


@dataclass(frozen=True)
class Rollup:
    """What is asked: `how` of the `field` of the rows in `related` for which `filter` holds.

    `by` orders the rows where the latest is asked for; by default that is the newest row.
    """

    related: str = ""
    how: str = "count"
    field: str = ""
    filter: Any = None
    by: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Rollup:
        names = ("related", "how", "field", "by")
        return cls(**{n: str(given.get(n, "") or "") for n in names}, filter=given.get("filter"))

    def as_json(self) -> dict[str, Any]:
        parts = {"related": self.related, "how": self.how, "field": self.field, "by": self.by}
        return {k: v for k, v in {**parts, "filter": self.filter}.items() if v not in ("", None)}


def field_of(
    actor: Actor, entity: Entity, custom: CustomField, fields: Mapping[str, Field]
) -> WorkedOut:
    """Return the field of a sum for one reader; closed where the related records are."""
    rollup, name = Rollup.read(custom.rollup), EXTRA + custom.name
    right = actor.field_right(entity.model.label(), name)

    def make(within: tuple[str, ...]) -> Term:
        return term_of(actor, entity, rollup)

    return WorkedOut(
        name=name,
        label=custom.label,
        kind=_kind(custom).read_by(actor),
        right=weakest([right, *_rights(actor, entity, rollup)]),
        editable=False,
        help=custom.help,
        make=make,
        finish=lambda term: _finished(term, rollup, custom.result),
    )


def check_rollup(actor: Actor, custom: CustomField) -> None:
    """Refuse a sum that can't be asked, by part; say what it gives."""
    rollup, entity = Rollup.read(custom.rollup), entity_of(custom.record)
    if rollup.how not in HOWS:
        raise ValidationError({"rollup": _("Choose what is reckoned.")})
    try:
        custom.result = result_of(actor, entity, rollup)
        term_of(actor, entity, rollup)
    except ValidationError as error:
        raise ValidationError({"rollup": error.messages}) from error
    custom.rollup = rollup.as_json()


def result_of(actor: Actor, entity: Entity, rollup: Rollup) -> str:
    """Return which kind of result a sum has; raise ValidationError."""
    if rollup.how == "count":
        return "number"
    f = _asked(actor, _other(entity, rollup), rollup)
    term = of_field(f)
    if term is None or (rollup.how == "sum" and term.type != NUMBER):
        raise ValidationError(_("“%s” can't be reckoned with.") % f.label)
    if rollup.how != "latest" and term.type not in {NUMBER, DATE}:
        raise ValidationError(_("“%s” is neither a number nor a date.") % f.label)
    return "money" if isinstance(f.kind, Money) else term.type


def term_of(actor: Actor, entity: Entity, rollup: Rollup) -> Term:
    """Return a sum as a piece of SQL for one reader; raise ValidationError."""
    from huike.kernel.lists.filters import condition

    related = _related(entity, rollup)
    other = entity_of(related.record)
    rows = visible(actor, other.model).filter(condition(actor, other, rollup.filter))
    rows = rows.filter(**{related.link: OuterRef("pk")}).order_by()
    if rollup.how == "count":
        counted = rows.values(related.link).annotate(_n=Count("pk")).values("_n")
        return Term(Coalesce(Subquery(counted, output_field=IntegerField()), 0), NUMBER)
    f = _asked(actor, other, rollup)
    term = of_field(f)
    if term is None:
        raise ValidationError(_("“%s” can't be reckoned with.") % f.label)
    if rollup.how == "latest":
        newest = rows.order_by(f"-{_order(other, rollup)}", "-pk")
        return Term(Subquery(newest.annotate(_v=term.value).values("_v")[:1]), term.type)
    summed = rows.values(related.link).annotate(_v=_AGGREGATES[rollup.how](term.sql)).values("_v")
    return Term(Subquery(summed), term.type)


def _finished(term: Term, rollup: Rollup, result: str) -> Any:
    if rollup.how == "count":
        return term.sql
    if term.type == TEXT:
        return Cast(term.sql, TextField())
    return finished(term, result)


def _kind(custom: CustomField) -> Kind:
    if custom.rollup.get("how") == "count":
        return Whole()
    return RESULTS.get(custom.result, RESULTS["number"])


def _rights(actor: Actor, entity: Entity, rollup: Rollup) -> list[FieldRight]:
    """Return the reader's rights to the related records, their field and what filters them."""
    if actor.is_unlimited:
        return []
    related = entity.related_by_name(rollup.related)
    if related is None or not may(actor, entity_of(related.record).model, Op.VIEW):
        return [FieldRight.HIDDEN]
    names = {rollup.field, rollup.by, *_names(rollup.filter)} - {""}
    rights = [actor.field_right(related.record, name) for name in names]
    return [FieldRight.HIDDEN if right in CLOSED else right for right in rights]


def _names(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return {
            n
            for group in tree.values()
            if isinstance(group, list)
            for b in group
            for n in _names(b)
        }
    return {str(tree[0]).partition("__")[0]} if isinstance(tree, list) and tree else set()


def _related(entity: Entity, rollup: Rollup) -> Related:
    related = entity.related_by_name(rollup.related)
    if related is None:
        raise ValidationError(_("Choose which related records are reckoned."))
    return related


def _other(entity: Entity, rollup: Rollup) -> Entity:
    return entity_of(_related(entity, rollup).record)


def _asked(actor: Actor, other: Entity, rollup: Rollup) -> Field:
    f = other.fields(actor).get(rollup.field)
    if f is None or not f.is_comparable:
        raise ValidationError(_("Choose a field of the related records."))
    return f


def _order(other: Entity, rollup: Rollup) -> str:
    """Return the column by which rows are the latest: that asked for, else as they are listed."""
    names = {column.name for column in other.model._meta.concrete_fields}
    if rollup.by in names:
        return rollup.by
    listed = other.ordering.lstrip("-")
    return listed if listed in names else "created_at"
