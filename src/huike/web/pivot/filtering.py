"""Choosing what a level of a pivot is kept to: values by ticking, a range, a part of a text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.pivot.asking import MOST_VALUES, Asked
from huike.analytics.pivot.definition import Definition, Filter, from_address
from huike.analytics.pivot.models import Pivot
from huike.analytics.pivot.naming import namer
from huike.analytics.pivot.writing import long_title
from huike.analytics.runs import loading
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.web.pivot.building import HERE, here
from huike.web.rendering import actor_of, go, render, tell

LISTED = ("in", "not_in")


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show what a level can be kept to; with `op`, go to the pivot kept to it."""
    actor, given = actor_of(request), request.GET
    require_any(actor, Pivot, Op.VIEW)
    with loading.opened() as backend:
        if backend is None:
            raise Http404
        try:
            definition = from_address(given.dict())
            asked, path = Asked(actor, backend, definition), given.get("level", "")
            if given.get("op"):
                return go(request, here(_kept(asked, path, given)))
            context = _context(asked, path)
        except ValidationError as error:
            tell(request, " ".join(error.messages), kind="wrong")
            return go(request, HERE)
    return render(request, "web/pivot/filter.html", **context)


def _context(asked: Asked, path: str) -> dict[str, Any]:
    unfiltered: Filter = (path, "in", [])
    now = next((one for one in asked.definition.filters if one[0] == path), unfiltered)
    values, say = asked.values(path), namer(asked.star, asked.fact, path)
    operators, chosen = asked.operators(path), _chosen(asked, now)
    listed = [(json.dumps(one.key), say(one.shown), one.key in chosen) for one in values]
    return {
        "level": path,
        "title": long_title(asked.star, asked.fact, path),
        "values": sorted(listed, key=lambda one: one[1]),
        "is_cut": len(values) >= MOST_VALUES,
        "operators": operators,
        "operator": now[1],
        "text": now[2] if isinstance(now[2], str | int | float) else "",
        "pair": now[2] if now[1] == "between" else ["", ""],
        "back": here(asked.definition),
        "parts": parse_qsl(asked.definition.query(), keep_blank_values=True),
        "words": {"in": _("is one of"), "not_in": _("is none of"), "under": _("lies below")},
    }


def _chosen(asked: Asked, now: Filter) -> list[Any]:
    path, operator, value = now
    if operator in {"is", "is_not", "under"}:
        return [asked.typed(path, value)]
    return list(value) if operator in LISTED and isinstance(value, list) else []


def _kept(asked: Asked, path: str, given: QueryDict) -> Definition:
    """Return the definition with what was chosen; nothing chosen takes the filter away."""
    definition = asked.definition
    rest = tuple(one for one in definition.filters if one[0] != path)
    kept = Definition(**{**vars(definition), "filters": rest})
    found = _asked_for(given)
    if found is None:
        return kept
    operator, value = found
    if operator not in asked.operators(path):
        raise ValidationError(_("This can't be asked of this level."))
    asked.typed(path, value, operator)
    return kept.filtered((path, operator, value))


def _asked_for(given: QueryDict) -> tuple[str, Any] | None:
    operator = str(given["op"])
    if operator == "range":
        low, high = given.get("low", "").strip(), given.get("high", "").strip()
        if low and high:
            return "between", [low, high]
        return ("at_least", low) if low else ("at_most", high) if high else None
    if operator == "contains":
        text = given.get("text", "").strip()
        return ("contains", text) if text else None
    try:
        values = [json.loads(one) for one in given.getlist("value")]
    except ValueError as error:
        raise ValidationError(_("This can't be asked of this level.")) from error
    if not values:
        return None
    return (operator, values[0]) if operator == "under" else (operator, values)
