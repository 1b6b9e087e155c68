"""The tree of departments on screen."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.kernel.change.work import change
from huike.kernel.entity.titles import title
from huike.staff import departments as verbs
from huike.staff.models import Department, User
from huike.web.rendering import actor_of, go, is_part, render, tell
from huike.web.settings.allowed import administrators, number

HERE = "/settings/departments/"


@require_http_methods(["GET", "POST"])
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """Show the tree; a posted name is a new department below `parent`."""
    if request.method == "POST":
        parent = Department.objects.filter(pk=number(request.POST.get("parent"))).first()
        name = request.POST.get("name", "")
        actor = actor_of(request)
        text = _("“%s” is there.") % name.strip()
        _do(request, text, lambda: verbs.add_department(actor, name, parent))
        return go(request, HERE)
    return _tree(request)


def _tree(request: HttpRequest) -> HttpResponse:
    branches = verbs.tree()
    return render(
        request,
        "web/settings/departments.html",
        part="web/settings/departments_part.html",
        tree=branches,
        all=verbs.flat(branches),
    )


@require_http_methods(["GET", "POST"])
@administrators
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one department with all that can be done to it; a posted name renames it."""
    row = get_object_or_404(Department.objects, pk=pk)
    if request.method == "POST":
        actor, name = actor_of(request), request.POST.get("name", "")
        _do(request, _("Saved."), lambda: verbs.rename_department(actor, row, name))
        return go(request, HERE)
    return render(
        request,
        "web/settings/department.html",
        part="web/settings/department_part.html",
        row=row,
        all=_elsewhere(row),
        people=User.objects.filter(department=row).order_by("-is_active", "name"),
    )


def _elsewhere(row: Department) -> list[verbs.Branch]:
    """Return the departments that `row` may be put below: not itself, nor what lies below it."""
    below = {pk for b in verbs.flat(verbs.tree()) if b.row.pk == row.pk for pk in _keys(b)}
    return [b for b in verbs.flat(verbs.tree()) if b.row.pk not in below]


def _keys(branch: verbs.Branch) -> set[int]:
    return {branch.row.pk, *(b.row.pk for b in verbs.flat(branch.below))}


@require_POST
@administrators
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a department below another, at a place among those there."""
    row, actor = get_object_or_404(Department.objects, pk=pk), actor_of(request)
    parent = Department.objects.filter(pk=number(request.POST.get("parent"))).first()
    place = number(request.POST.get("place"))
    text = _("“%s” is moved. Who sees what has changed with it.") % title(actor, row)
    _do(request, text, lambda: verbs.move_department(actor, row, parent, place))
    if is_part(request) and request.headers.get("HX-Target") == "departments":
        return _tree(request)
    return go(request, HERE)


@require_POST
@administrators
def to_bin(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an empty department to the bin."""
    row, actor = get_object_or_404(Department.objects, pk=pk), actor_of(request)
    text = _("“%s” lies in the bin now, for 30 days.") % title(actor, row)
    _do(request, text, lambda: verbs.bin_department(actor, row))
    return go(request, HERE)


def _do(request: HttpRequest, text: str, verb: Callable[[], object]) -> None:
    """Run a verb and tell how it went, with an undo."""
    group = uuid.uuid4()
    try:
        with change(actor_of(request), "staff.departments", group=group):
            verb()
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, text, undo=group)
