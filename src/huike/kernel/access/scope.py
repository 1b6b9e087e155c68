"""Which rows an actor may touch: the only source of permission for every surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, FieldRight, Op, Reach

if TYPE_CHECKING:
    from huike.kernel.records.record import Record

R = TypeVar("R", bound="Record")
READING = frozenset({Op.VIEW, Op.EXPORT})
CLOSED = frozenset({FieldRight.HIDDEN, FieldRight.MASKED})
HELPED = READING | {Op.ADD, Op.EDIT}  # what helpers may do at most


@dataclass(frozen=True)
class Helping:
    """Who helps with single rows beside their owners: rows of another record say so.

    `record` has a link `row` to the helped row, a link `user` to a person, a flag `may_edit` and a
    last day `until`. Helpers read the row and all that finds its owner through it; with `may_edit`
    they add and change there too. Nobody bins by helping, and roles limit as they always do.
    """

    record: str
    row: str


@dataclass(frozen=True)
class Reveal:
    """Some rows of a record tell what a field of another record holds: `only` those rows do.

    Who may not read that field in full does not see the rows either.
    """

    record: str
    field: str
    only: Q


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
    helpers: Helping | None = None
    reveals: tuple[Reveal, ...] = ()
    shares_writing: bool = True  # what helpers may change; false for what says who helps

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
    found = _within(actor, model, op)
    for reveal in model.scope.reveals:
        if actor.field_right(reveal.record, reveal.field) in CLOSED:
            found &= ~reveal.only
    return found


def _within(actor: Actor, model: type[Record], op: Op) -> Q:
    reaches = _reaches(actor, model, op)
    scope = model.scope
    if Reach.ALL in reaches:
        return Q()
    if not reaches:
        return Q(pk__in=[])
    if scope.owner is None and scope.department is None:
        return Q()
    near = _reached(actor, scope, reaches) | helped(actor, model, op, scope.parent)
    if scope.beside:
        beside = _reached(actor, Scope.through(scope.beside), reaches)
        near &= beside | helped(actor, model, op, scope.beside)
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


def helped(actor: Actor, model: type[Record], op: Op, parent: str | None) -> Q:
    """Return the condition for the rows that the actor reaches by helping their owners.

    Most people help nobody, which the actor knows, so most queries are not touched by this.
    """
    nothing = Q(pk__in=[])
    if (
        not actor.helps
        or op not in HELPED
        or (op not in READING and not model.scope.shares_writing)
    ):
        return nothing
    path, found = _helpers(model, parent)
    if found is None:
        return nothing
    today = timezone.localdate()
    helping = cast(Any, apps.get_model(found.record)).objects.filter(user=actor.user_id)
    helping = helping.filter(Q(until=None) | Q(until__gte=today))
    if op not in READING:
        helping = helping.filter(may_edit=True)
    return Q(**{f"{path or 'pk'}__in": helping.values(found.row)})


def _helpers(model: type[Record], parent: str | None) -> tuple[str, Helping | None]:
    """Return who helps with a row and the path to the row helped with: itself or a parent."""
    path: list[str] = []
    while model.scope.helpers is None and parent and _owned_through(model, parent):
        for step in parent.split("__"):
            model = cast("type[Record]", model._meta.get_field(step).related_model)
            path.append(step)
        parent = model.scope.parent
    return "__".join(path), model.scope.helpers


def _owned_through(model: type[Record], parent: str) -> bool:
    """Tell whether a row's owner is its parent's, and not one of its own."""
    owner = model.scope.owner or ""
    return parent == model.scope.beside or owner.startswith(f"{parent}__")


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
