"""Today: what is due, who was mentioned, and what is at hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.channels.actions import follow_up_done, read_notices
from huike.channels.models import Interaction
from huike.channels.queries import follow_ups, told_notices
from huike.customers.days.models import Occasion
from huike.customers.days.queries import to_greet
from huike.customers.models import Party
from huike.customers.pool.models import PoolParty
from huike.customers.pool.queries import Leaving, leaving
from huike.customers.privacy.queries import due_requests
from huike.customers.queries import due_contacts
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.lists.desk import pinned, recent
from huike.office.models import Task
from huike.office.queries import my_tasks
from huike.staff.models import User
from huike.staff.preferences import prefer
from huike.web.customers.dossier import late_loans
from huike.web.exchange.menu import may_import
from huike.web.rendering import actor_of, go, render, tell

FEW = 8
DAYS = 7


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show the reader's day."""
    actor, day = actor_of(request), timezone.localdate()
    party_fields = entity_of(Party).fields(actor)
    importing = may_import(actor)
    return render(
        request,
        "web/home/today.html",
        day=day,
        contacts=list(due_contacts(actor, day)[: FEW + 1]),
        phone=party_fields.get("phone"),
        follow_ups=list(follow_ups(actor, day)[: FEW + 1]),
        tasks=list(my_tasks(actor, day)[: FEW + 1]),
        soon=_soon(actor, day),
        privacy=list(due_requests(actor, day + timedelta(days=DAYS))[:FEW]),
        returning=_returning(actor, day, _open(party_fields.get("last_contact_on"))),
        greetings=_greetings(actor, day),
        may_greet=may(actor, Occasion, Op.EDIT),
        loans=late_loans(actor),
        notices_told=told_notices(actor, FEW),
        recent=recent(actor),
        pinned=pinned(actor),
        few=FEW,
        may_add=may(actor, Party, Op.ADD),
        may_import=importing,
        is_bare=importing and not visible(actor, Party).exists(),
    )


def _open(field: Any) -> bool:
    return field is not None and field.right is not FieldRight.MASKED


def _soon(actor: Actor, day: date) -> list[Task]:
    """Return the tasks of the next days, which are not due yet."""
    rows = my_tasks(actor, day + timedelta(days=DAYS)).filter(due_on__gt=day)
    return list(rows[:FEW])


def _returning(actor: Actor, day: date, may_know: bool) -> tuple[list[Leaving], int]:
    """Return whom the pool takes from the reader soon, and how many they are."""
    if not may_know or not may(actor, PoolParty, Op.VIEW):
        return [], 0
    return leaving(actor, day, mine=True, limit=FEW)


def _greetings(actor: Actor, day: date) -> list[Occasion]:
    """Return whom the reader should greet: own customers with a day that matters coming."""
    if not may(actor, Occasion, Op.VIEW):
        return []
    return list(to_greet(actor, day)[: FEW + 1])


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of look and language."""
    user = request.user
    if isinstance(user, User):
        given = request.POST
        prefer(user, theme=given.get("theme", ""), language=given.get("language", ""))
    return go(request, request.POST.get("next") or "/")


@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    read_notices(actor_of(request))
    return go(request, "/")


@require_POST
def followed_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a follow-up off the list."""
    actor = actor_of(request)
    row = visible(actor, Interaction).filter(pk=pk).first()
    if row is None:
        raise Http404
    with change(actor, "channels.follow_up_done") as work:
        follow_up_done(actor, row)
    tell(request, _("Done: %s.") % title(actor, row), undo=work.group)
    return go(request, request.POST.get("next") or "/")
