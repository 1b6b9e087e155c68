"""The hand-over of what a person answers for: who gets which kind, a preview, and the deed."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from huike.kernel.actor import Actor
from huike.kernel.jobs.queue import enqueue
from huike.staff import leaving
from huike.staff.models import User
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators, number

POOL = "nobody"


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who gets what, show how much that is, or hand over."""
    actor, person = actor_of(request), get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _form(request, actor, person)
    note = request.POST.get("note", "").strip()[:2000]
    try:
        parts = _parts(actor, person, request.POST)
        leaving.check(person, parts)
        counted = leaving.counts(actor, person, parts)
        if request.POST.get("do") == "hand_over":
            return _done(request, actor, person, parts, note, sum(counted))
    except ValidationError as error:
        return _form(request, actor, person, wrong=error.messages)
    return _preview(request, actor, person, parts, counted, note)


def _parts(actor: Actor, person: User, post: QueryDict) -> list[leaving.Part]:
    if plan := post.get("plan"):
        return leaving.from_json(plan)
    found = []
    for kind in leaving.kinds_of(actor, person):
        label = kind.entity.model.label()
        to, query = post.get(f"to.{label}") or post.get("to", ""), post.get(f"which.{label}", "")
        if f"take.{label}" not in post:
            continue
        if to == POOL and kind.can_release:
            found.append(leaving.Part(label, None, query))
        elif owner := number(to):
            found.append(leaving.Part(label, owner, query))
        else:
            said = _("Say who is to have “%(what)s”.") % {"what": kind.entity.label}
            raise ValidationError(said)
    return found


def _form(
    request: HttpRequest, actor: Actor, person: User, wrong: list[str] | None = None
) -> HttpResponse:
    people = User.objects.filter(is_active=True).exclude(pk=person.pk)
    return render(
        request,
        "web/settings/leaving.html",
        status=422 if wrong else 200,
        person=person,
        kinds=leaving.kinds_of(actor, person),
        people=list(people.select_related("department").order_by("department", "name")),
        given=request.POST,
        wrong=wrong or [],
        pool=POOL,
    )


def _preview(
    request: HttpRequest,
    actor: Actor,
    person: User,
    parts: list[leaving.Part],
    counted: list[int],
    note: str,
) -> HttpResponse:
    names = User.objects.in_bulk([p.owner for p in parts if p.owner])
    kinds = {kind.entity.model.label(): kind for kind in leaving.kinds_of(actor, person)}
    lines: list[dict[str, Any]] = [
        {
            "entity": kinds[part.record].entity,
            "count": count,
            "rest": kinds[part.record].count - count,
            "to": names.get(part.owner) if part.owner else None,
            "which": {q: n for n, q in kinds[part.record].views}.get(part.query, ""),
        }
        for part, count in zip(parts, counted, strict=True)
        if part.record in kinds
    ]
    return render(
        request,
        "web/settings/leaving_preview.html",
        person=person,
        lines=lines,
        total=sum(counted),
        kept=[kind for label, kind in kinds.items() if label not in {p.record for p in parts}],
        plan=leaving.as_json(parts),
        note=note,
        in_background=sum(counted) > leaving.AT_ONCE,
    )


def _done(
    request: HttpRequest,
    actor: Actor,
    person: User,
    parts: list[leaving.Part],
    note: str,
    total: int,
) -> HttpResponse:
    if total > leaving.AT_ONCE:
        plan = leaving.as_json(parts)
        enqueue(actor, "staff.hand_over", f"person {person.pk}", None,
                person=person.pk, plan=plan, note=note)  # fmt: skip
        tell(request, _("The hand-over works in the background; it is listed here once begun."))
        return go(request, f"/settings/people/{person.pk}/")
    done = leaving.hand_over(actor, person, parts, note)
    text = ngettext("%(n)s record is handed over.", "%(n)s records are handed over.", done.changed)
    said = text % {"n": done.changed}
    if done.refused:
        said += (
            " " + _("%s could not be changed.") % done.refused + " " + " ".join(done.reasons[:3])
        )
    tell(request, said, undo=uuid.UUID(done.group))
    return go(request, f"/settings/people/{person.pk}/")
