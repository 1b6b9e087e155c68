"""Answers a combobox: rows that the actor may link to, found by what was typed."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.titles import title
from huike.kernel.records.record import Record
from huike.kernel.search.find import search_condition
from huike.staff.models import User
from huike.web.rendering import actor_of

FEW = 12


@require_GET
def look_up(request: HttpRequest, room: str, record: str) -> JsonResponse:
    """Return at most 12 rows as {key, name, hint}."""
    actor, words = actor_of(request), request.GET.get("q", "").strip()[:60]
    model = _model(room, record)
    if issubclass(model, User):
        found = [_person(user) for user in _people(words)]
    else:
        entity = entity_of(model)
        found = _rows(actor, entity, words)
    return JsonResponse({"found": found})


def _model(room: str, record: str) -> type[Any]:
    try:
        model = apps.get_model(room, record)
    except LookupError as error:
        raise Http404 from error
    if not issubclass(model, Record | User):
        raise Http404
    return model


def _people(words: str) -> QuerySet[User]:
    wanted = Q(name__icontains=words) | Q(username__istartswith=words)
    people = User.objects.filter(wanted, is_active=True).select_related("department")
    return people.order_by("name", "pk")[:FEW]


def _person(user: User) -> dict[str, Any]:
    return {"key": user.pk, "name": str(user), "hint": str(user.department or "")}


def _rows(actor: Actor, entity: Entity, words: str) -> list[dict[str, Any]]:
    from huike.kernel.access.scope import visible

    fields = entity.fields(actor)
    rows = visible(actor, entity.model)
    if words:
        rows = rows.filter(search_condition(actor, entity, words))
    titles = entity.model.title_joins
    hints = [fields[n] for n in ("phone", "code", "number") if n in fields]
    return [
        {"key": row.pk, "name": title(actor, row), "hint": _hint(hints, row)}
        for row in rows.select_related(*titles).order_by("-changed_at")[:FEW]
    ]


def _hint(hints: list[Any], row: Record) -> str:
    return next((text for f in hints if (text := f.text(row))), "")
