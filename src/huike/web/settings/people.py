"""The people of the firm on screen: list, add, edit, let go."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huike.kernel.access.models import Role
from huike.kernel.entity.writing import Errors
from huike.staff import departments, leaving, people
from huike.staff.door import signing
from huike.staff.models import User
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators, errors_of, number, numbers

PAGE = 50


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """List people."""
    asked = request.GET
    state, words = asked.get("state", ""), asked.get("q", "").strip()
    department = number(asked.get("department"))
    found = Paginator(people.find_people(words, state, department), PAGE)
    return render(
        request,
        "web/settings/people.html",
        part="web/settings/people_rows.html",
        page=found.get_page(asked.get("page")),
        count=found.count,
        words=words,
        state=state,
        department=department,
        departments=departments.flat(departments.tree()),
    )


@require_http_methods(["GET", "POST"])
@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a new person."""
    person = User(department_id=number(request.GET.get("department")))
    if request.method == "GET":
        return _page(request, person, {}, [])
    roles = numbers(request.POST.getlist("roles"))
    try:
        made = people.add_person(
            actor_of(request), _given(request), roles, request.POST.get("password", "")
        )
    except ValidationError as error:
        return _page(request, _typed(person, request), errors_of(error), roles)
    tell(request, _("“%s” may sign in now.") % made)
    return go(request, f"/settings/people/{made.pk}/")


@require_http_methods(["GET", "POST"])
@administrators
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change one person."""
    person = get_object_or_404(User, pk=pk)
    if request.method == "GET":
        return _page(request, person, {}, [r.pk for r in person.roles.all()])
    roles = numbers(request.POST.getlist("roles"))
    try:
        people.edit_person(actor_of(request), person, _given(request), roles)
    except ValidationError as error:
        return _page(request, _typed(person, request), errors_of(error), roles)
    tell(request, _("Saved."))
    return go(request, f"/settings/people/{pk}/")


def _given(request: HttpRequest) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: request.POST.get(name, "").strip() for name in ("username", "name", "email", "phone")
    }
    given["department_id"] = number(request.POST.get("department"))
    given["is_active"] = "is_active" in request.POST or "active_asked" not in request.POST
    return given


def _typed(person: User, request: HttpRequest) -> User:
    for name, value in _given(request).items():
        setattr(person, name, value)
    return person


def _page(request: HttpRequest, person: User, errors: Errors, chosen: list[int]) -> HttpResponse:
    locked = person.is_locked
    return render(
        request,
        "web/settings/person.html",
        status=422 if errors else 200,
        person=person,
        errors=errors,
        chosen=chosen,
        roles=Role.objects.all(),
        departments=departments.flat(departments.tree()),
        locked=locked,
        sessions=signing.sessions_of(person) if person.pk else [],
        possessions=people.possessions(person) if person.pk else [],
        handed=leaving.past(person) if person.pk else [],
    )


@require_POST
@administrators
def do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Do one of the things that a person's security box offers."""
    person, actor = get_object_or_404(User, pk=pk), actor_of(request)
    try:
        if name == "password":
            people.set_password(actor, person, request.POST.get("password", ""))
            said = _("The new password holds; all sessions were ended.")
        elif name == "unlock":
            people.unlock(actor, person)
            said = _("“%s” may try again.") % person
        elif name == "second":
            people.turn_off_second(actor, person)
            said = _("The second factor is off.")
        elif name == "sessions":
            people.end_sessions(actor, person)
            said = _("“%s” is signed out everywhere.") % person
        else:
            raise Http404
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, said)
    return go(request, f"/settings/people/{pk}/")
