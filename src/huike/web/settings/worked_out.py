"""What the page of a custom field asks of one that is worked out: its formula, or its sum."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from huike.kernel.actor import Actor
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.formulas.functions import FUNCTIONS
from huike.kernel.formulas.rollups import HOWS, Rollup
from huike.kernel.formulas.terms import of_field
from huike.kernel.kinds.links import Link
from huike.web.layouts import conditions
from huike.web.rendering import actor_of, render
from huike.web.settings.allowed import administrators


def context(actor: Actor, entity: Entity, field: CustomField) -> dict[str, Any]:
    """Return what the form needs: the names and functions of formulas, and the form of a sum."""
    fields = entity.fields(actor)
    own = EXTRA + field.name
    return {
        "results": CustomField.Result.choices,
        "functions": FUNCTIONS.values(),
        "usable": [f for n, f in fields.items() if n != own and _usable(f)],
        **sum_context(actor, entity, Rollup.read(field.rollup)),
    }


def sum_context(actor: Actor, entity: Entity, rollup: Rollup) -> dict[str, Any]:
    """Return the form of a sum: which records, which of their fields, and the filter."""
    related = entity.related_by_name(rollup.related) or next(iter(entity.related), None)
    there = entity_of(related.record).fields(actor) if related else {}
    asked = [f for f in there.values() if f.is_comparable]
    return {
        "rollup": rollup,
        "related": [(r.name, str(r.label) or entity_of(r.record).label) for r in entity.related],
        "hows": HOWS.items(),
        "summed": [f for f in asked if of_field(f) is not None],
        "dates": [f for f in asked if f.column is not None and f.kind.name in {"date", "moment"}],
        "filter": conditions.shown("filter", asked, rollup.filter),
    }


def given(actor: Actor, entity: Entity, post: QueryDict) -> dict[str, Any]:
    """Return the sum that a posted form asks for; raise ValidationError."""
    parts = {n: post.get(f"rollup.{n}", "") for n in ("related", "how", "field", "by")}
    related = entity.related_by_name(parts["related"])
    there = entity_of(related.record).fields(actor) if related else {}
    try:
        tree = conditions.read("filter", there, post)
    except ValidationError as error:
        raise ValidationError({"rollup": error.messages}) from error
    return {**parts, "filter": tree}


@require_GET
@administrators
def sum_of(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Answer the form of a sum over other records, when these are chosen."""
    rollup = Rollup(related=request.GET.get("rollup.related", ""))
    return render(
        request,
        "web/settings/field_sum.html",
        entity=entity,
        errors={},
        **sum_context(actor_of(request), entity, rollup),
    )


def _usable(f: Field) -> bool:
    if isinstance(f.kind, Link) and f.kind.name == "link" and f.column is not None:
        return True
    return f.compute is None and of_field(f) is not None
