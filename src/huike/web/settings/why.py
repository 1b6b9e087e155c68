"""Why can't somebody see this? A person and a record, and the reason in words."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.records.record import Record
from huike.staff.models import User
from huike.staff.rights.acting import actor_of as actor_for
from huike.staff.rights.explaining import explain
from huike.staff.rights.inspecting import facts_of
from huike.web.rendering import render
from huike.web.settings.allowed import administrators, number

ADDRESS = re.compile(r"/?([a-z_]+/[a-z_]+)/(\d{1,18})\b")


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """Ask for a person and a record, and explain."""
    asked = request.GET
    person = User.objects.filter(pk=number(asked.get("person")) or 0).first()
    entity, key = _record(asked.get("where", ""), asked.get("record", ""))
    op = Op(asked["op"]) if asked.get("op") in Op.values else Op.VIEW
    answer: dict[str, Any] = {}
    if person is not None and entity is not None:
        answer = _answer(person, entity, key, op)
    return render(
        request,
        "web/settings/why.html",
        people=User.objects.order_by("-is_active", "name"),
        records=[(e.key, e.label) for e in entities()],
        ops=[(o.value, o.label) for o in Op],
        person=person,
        entity=entity,
        op=op.value,
        where=asked.get("where", ""),
        **answer,
    )


def _record(where: str, record: str) -> tuple[Entity | None, int | None]:
    """Read an address (…/customers/party/12/) or a bare number of the chosen kind of record."""
    found = ADDRESS.search(where)
    try:
        if found:
            return entity_of(found[1]), int(found[2])
        return entity_of(record), number(where.strip())
    except LookupError:
        return None, None


def _answer(person: User, entity: Entity, key: int | None, op: Op) -> dict[str, Any]:
    actor = actor_for(person)
    row: Record | None = entity.model.everything.filter(pk=key).first() if key else None
    lost = _("There is no such record.") if key and row is None else ""
    closed = "" if person.is_active else _("This person may not sign in at all.")
    return {
        "lost": lost or closed,
        "why": None if lost else explain(actor, entity.model, op, row),
        "row": row,
        "facts": facts_of(row) if row is not None else [],
        "rights": _rights(actor, entity),
    }


def _rights(actor: Actor, entity: Entity) -> list[tuple[str, str, str]]:
    """Return what the person may do with each field: (label, right, its name in words)."""
    fields = entity.fields(Actor.system("why")).values()
    found = [(f.label, actor.field_right(entity.model.label(), f.name)) for f in fields]
    return [(label, right.value, str(right.label)) for label, right in found]
