"""The page of the pool, and what one does with one customer of it."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huike.customers.models import Party
from huike.customers.pool import claiming, limits, queries, seeding
from huike.customers.pool.models import ClaimLimit, OwnerChange, PoolParty, PoolRule
from huike.kernel.access.scope import may, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.records.undo import undo
from huike.web.records import verbs
from huike.web.rendering import actor_of, go, render, tell

HERE = "/pool/"
FEW = 10


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what lies in the pool, what one may claim, who goes there soon, and by which rules."""
    actor, today = actor_of(request), timezone.localdate()
    require_any(actor, PoolParty, Op.VIEW)
    mine = not claiming.may_assign(actor)
    soon, soon_count = queries.leaving(actor, today, mine=mine, limit=FEW)
    counted = queries.lying_there(actor)
    rules = list(PoolRule.objects.order_by("position", "pk")) if _may_rules(actor) else []
    return render(
        request,
        "web/pool/page.html",
        levels=[(value, label, counted.get(value, 0)) for value, label in _levels()],
        total=sum(counted.values()),
        allowance=limits.allowance(actor) if claiming.may_claim(actor) else None,
        soon=soon,
        soon_count=soon_count,
        mine=mine,
        today_=today,
        rules=rules,
        tonight=queries.tonight(actor, today, rules=rules) if rules else {},
        may_rules=_may_rules(actor),
        may_add=may(actor, PoolRule, Op.ADD),
        may_limits=may(actor, ClaimLimit, Op.VIEW),
        may_trail=may(actor, OwnerChange, Op.VIEW),
        nights=queries.nights() if actor.is_unlimited else [],
    )


def _levels() -> list[tuple[str, str]]:
    return [*((v, str(label)) for v, label in Party.Level.choices), ("", _("without a tier"))]


def _may_rules(actor: Actor) -> bool:
    return may(actor, PoolRule, Op.VIEW)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Make the usual rules, not in force yet."""
    actor = actor_of(request)
    try:
        with change(actor, "customers.pool_rules") as work:
            seeding.begin(actor)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, _("The usual rules are there; none is in force yet."), undo=work.group)
    return go(request, HERE)


@require_POST
def undo_night(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Give all customers back that one night took."""
    actor = actor_of(request)
    if not actor.is_unlimited:
        raise PermissionDenied(_("Only an administrator may take a whole night back."))
    try:
        undone = undo(actor, group)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, HERE)
    said = _("%(n)s customers are back with their owners.") % {"n": undone.count}
    if undone.left:
        said += " " + _("%(n)s were left: somebody has them already.") % {"n": len(undone.left)}
    tell(request, said, undo=undone.group)
    return go(request, HERE)


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim one customer; who comes second is told who was faster."""
    actor = actor_of(request)
    row = get_object_or_404(Party.objects.all(), pk=pk)
    back = request.POST.get("next") or "/customers/poolparty/"
    try:
        with change(actor, "customers.claim") as work:
            party = claiming.claim(actor, row)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, back)
    tell(request, _("“%s” is yours now.") % title(actor, party), undo=work.group)
    return go(request, f"/customers/party/{pk}/")


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a customer back; whoever can't see it any more is led to the pool."""
    answer = verbs.do(request, entity_of(Party), pk, "release")
    done = request.method == "POST" and answer.status_code in {204, 302}
    if done and not visible(actor_of(request), Party).filter(pk=pk).exists():
        return go(request, HERE)
    return answer
