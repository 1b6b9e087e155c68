"""Roles on screen: the matrix of grants, the rights to fields, who has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.actor import Actor, FieldRight, Op, Reach
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.entity.writing import Errors
from huike.staff.models import User
from huike.staff.rights import roles as verbs
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators, errors_of

KEEP = "keep"


@dataclass(frozen=True)
class Row:
    """One record's line of the matrix."""

    entity: Entity
    record: str
    cells: list[tuple[str, str | None]]  # operation, reach; None where there is no such operation
    reaches: list[tuple[str, str]]
    limited: int


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """List the roles with how many people have each."""
    active = Count("users", filter=Q(users__is_active=True))
    roles = Role.objects.annotate(people=active).order_by("-is_administrator", "name")
    return render(request, "web/settings/roles.html", roles=roles)


@require_http_methods(["GET", "POST"])
@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a new role."""
    return _answer(request, Role())


@require_http_methods(["GET", "POST"])
@administrators
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change one role."""
    return _answer(request, get_object_or_404(Role, pk=pk))


def _answer(request: HttpRequest, role: Role) -> HttpResponse:
    if request.method == "GET":
        return _page(request, role, verbs.matrix_of(role), {})
    matrix = _posted(request)
    given = {
        "name": request.POST.get("name", "").strip(),
        "description": request.POST.get("description", "").strip(),
        "is_administrator": "is_administrator" in request.POST,
        "networks": request.POST.get("networks", "").strip(),
        "address": request.META.get("REMOTE_ADDR"),
    }
    try:
        verbs.save_role(actor_of(request), role, given, matrix)
    except ValidationError as error:
        return _page(request, role, matrix, errors_of(error))
    tell(request, _("Saved. It holds from the next click of everybody who has this role."))
    return go(request, f"/settings/roles/{role.pk}/")


def _posted(request: HttpRequest) -> dict[tuple[str, str], str]:
    """Read the matrix: a whole row or column that was set goes before its single cells."""
    post, matrix = request.POST, {}
    for entity in entities():
        record, known = entity.model.label(), verbs.reaches_for(entity)
        row = post.get(f"row:{record}", KEEP)
        for op in verbs.ops_for(entity):
            column = post.get(f"column:{op.value}", KEEP)
            cell = post.get(f"{record}:{op.value}", "")
            asked = row if row != KEEP else column if column != KEEP else cell
            matrix[record, op.value] = Reach.ALL.value if asked and asked not in known else asked
    return matrix


def _page(
    request: HttpRequest, role: Role, matrix: Mapping[tuple[str, str], str], errors: Errors
) -> HttpResponse:
    limited = FieldLimit.objects.filter(role=role.pk or 0).values_list("record")
    count = dict(limited.annotate(n=Count("pk")).values_list("record", "n"))
    holders = User.objects.filter(roles=role.pk or 0).order_by("-is_active", "name")
    return render(
        request,
        "web/settings/role.html",
        status=422 if errors else 200,
        role=role,
        rows=[_row(e, matrix, count) for e in entities()],
        ops=[(op.value, op.label) for op in Op],
        all_reaches=[(reach.value, reach.label) for reach in Reach],
        errors=errors,
        holders=holders.select_related("department"),
    )


def _row(entity: Entity, matrix: Mapping[tuple[str, str], str], count: Mapping[str, int]) -> Row:
    record = entity.model.label()
    reaches = [(reach, str(Reach(reach).label)) for reach in verbs.reaches_for(entity)]
    known = {reach for reach, _label in reaches}
    cells: list[tuple[str, str | None]] = []
    able = verbs.ops_for(entity)
    for op in Op:
        held = matrix.get((record, op.value), "")
        reach = Reach.ALL.value if held and held not in known else held
        cells.append((op.value, reach if op in able else None))
    return Row(entity, record, cells, reaches, count.get(record, 0))


@require_POST
@administrators
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new role like this one."""
    made = verbs.copy_role(actor_of(request), get_object_or_404(Role, pk=pk))
    tell(request, _("“%s” is there. Nobody has it yet.") % made)
    return go(request, f"/settings/roles/{made.pk}/")


@require_POST
@administrators
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a role that nobody has."""
    role = get_object_or_404(Role, pk=pk)
    try:
        verbs.delete_role(actor_of(request), role)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, f"/settings/roles/{pk}/")
    tell(request, _("The role “%s” is deleted.") % role)
    return go(request, "/settings/roles/")


@require_http_methods(["GET", "POST"])
@administrators
def limits(request: HttpRequest, pk: int, entity: Entity) -> HttpResponse:
    """Show and set what a role may do with each field of one record."""
    role, record = get_object_or_404(Role, pk=pk), entity.model.label()
    fields = entity.fields(Actor.system("roles"))
    if request.method == "POST":
        given = {name: request.POST[f"f:{name}"] for name in fields if f"f:{name}" in request.POST}
        verbs.limit_fields(actor_of(request), role, record, given)
        tell(request, _("Saved."))
        return go(request, f"/settings/roles/{pk}/")
    return render(
        request,
        "web/settings/role_fields.html",
        role=role,
        entity=entity,
        fields=fields.values(),
        held=verbs.limits_of(role, record),
        rights=[(right.value, right.label) for right in FieldRight],
    )
