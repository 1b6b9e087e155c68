"""Which rows an actor may touch: the only source of permission for every surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op, Reach

if TYPE_CHECKING:
    from huike.kernel.records.record import Record

R = TypeVar("R", bound="Record")
READING = frozenset({Op.VIEW, Op.EXPORT})


@dataclass(frozen=True)
class Scope:
    """How a record finds its owner and department: directly, or through its parent.

    A record with neither belongs to the whole firm: any reach shows all of its rows to a viewer,
    because "own" has no meaning for, say, a product.
    """

    owner: str | None = None
    department: str | None = None
    parent: str | None = None  # rows of a binned parent are out of sight
    shared: str | None = None  # a flag: such a row is read by all who may read any
    beside: str | None = None  # a second parent, which must be in sight and within reach as well

    @classmethod
    def through(cls, parent: str, beside: str | None = None) -> Scope:
        return cls(f"{parent}__owner", f"{parent}__department", parent, beside=beside)


def visible(actor: Actor, model: type[R], op: Op = Op.VIEW) -> QuerySet[R]:
    """Return the rows of `model` (outside the bin) on which `actor` may perform `op`."""
    rows = cast("QuerySet[R]", model.objects.all())
    for parent in filter(None, (model.scope.parent, model.scope.beside)):
        rows = rows.filter(**{f"{parent}__binned_at": None})
    return rows.filter(within(actor, model, op))


def within(actor: Actor, model: type[Record], op: Op) -> Q:
    """Return the condition that limits rows of `model` to the reach of `actor` for `op`."""
    reaches = _reaches(actor, model, op)
    scope = model.scope
    if Reach.ALL in reaches:
        return Q()
    if not reaches:
        return Q(pk__in=[])
    if scope.owner is None and scope.department is None:
        return Q()
    near = _reached(actor, scope, reaches)
    if scope.beside:
        near &= _reached(actor, Scope.through(scope.beside), reaches)
    return near | Q(**{scope.shared: True}) if scope.shared and op in READING else near


def _reaches(actor: Actor, model: type[Record], op: Op) -> frozenset[str]:
    """Return how far `op` reaches; nobody, not even an administrator, writes what is read-only."""
    if model.read_only and op not in READING:
        return frozenset()
    return actor.reaches(model.label(), op)


def _reached(actor: Actor, scope: Scope, reaches: frozenset[str]) -> Q:
    near = Q(pk__in=[])
    if actor.user_id is not None and scope.owner:
        near |= Q(**{scope.owner: actor.user_id})
    if scope.department and actor.department_id is not None:
        if Reach.BELOW in reaches:
            near |= Q(**{f"{scope.department}__in": sorted(actor.departments_below)})
        elif Reach.DEPARTMENT in reaches:
            near |= Q(**{scope.department: actor.department_id})
    return near


def allowed(actor: Actor, op: Op, row: Record) -> bool:
    """Ask the same queryset about one row."""
    return visible(actor, type(row), op).filter(pk=row.pk).exists()


def may(actor: Actor, model: type[Record], op: Op) -> bool:
    """Tell whether `actor` may perform `op` on any row of `model` at all."""
    return bool(_reaches(actor, model, op))


def require(actor: Actor, op: Op, row: Record) -> None:
    """Raise PermissionDenied unless `actor` may perform `op` on `row`."""
    if not allowed(actor, op, row):
        raise PermissionDenied(
            _("%(who)s may not do this (%(op)s) to %(what)s.")
            % {"who": actor.name, "op": op.label, "what": row._meta.verbose_name}
        )


def require_any(actor: Actor, model: type[Record], op: Op) -> None:
    """Raise PermissionDenied unless `actor` may perform `op` on some rows of `model`."""
    if not may(actor, model, op):
        raise PermissionDenied(
            _("%(who)s may not do this (%(op)s) to any %(what)s.")
            % {"who": actor.name, "op": op.label, "what": model._meta.verbose_name}
        )
