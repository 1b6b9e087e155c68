"""Down to the documents: what lies behind one figure of a pivot, as a list with links."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.pivot.asking import Asked, still_there
from huike.analytics.pivot.definition import from_address
from huike.analytics.pivot.models import Pivot
from huike.analytics.pivot.naming import fact_title, namer
from huike.analytics.pivot.writing import long_title
from huike.analytics.runs import loading
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import cover, joined
from huike.web.pivot.building import HERE, here
from huike.web.rendering import actor_of, go, render, tell

MOST = 200


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the documents behind a figure: the first of them, and how many there are."""
    actor, given = actor_of(request), request.GET.dict()
    require_any(actor, Pivot, Op.VIEW)
    with loading.opened() as backend:
        if backend is None:
            raise Http404
        try:
            asked = Asked(actor, backend, from_address(given))
            cell = _cell(asked, given.get("cell", "[[],[]]"))
            context = _context(asked, cell)
        except ValidationError as error:
            tell(request, " ".join(error.messages), kind="wrong")
            return go(request, HERE)
    return render(request, "web/pivot/documents.html", **context)


def _cell(asked: Asked, text: str) -> dict[str, Any]:
    """Read [[keys of the line], [keys of the column]]."""
    try:
        rows, columns = json.loads(text)
        pairs = [*zip(asked.definition.rows, rows, strict=False),
                 *zip(asked.definition.columns, columns, strict=False)]  # fmt: skip
    except (ValueError, TypeError, RecursionError) as error:
        raise ValidationError(_("There is no such cell.")) from error
    if any(isinstance(key, list | dict) for _path, key in pairs):
        raise ValidationError(_("There is no such cell."))
    return dict(pairs)


def _context(asked: Asked, cell: dict[str, Any]) -> dict[str, Any]:
    found = asked.behind(cell, MOST)
    entity = entity_of(found.record)
    fields = entity.fields(asked.actor)
    shown = [fields[name] for name in entity.columns if name in fields]
    rows = list(joined(entity, still_there(asked.actor, asked.fact, found.ids), shown))
    cover(asked.actor, shown, rows)
    return {
        "entity": entity,
        "fields": shown,
        "rows": sorted(rows, key=lambda row: row.pk),
        "count": found.count,
        "gone": len(found.ids) - len(rows),
        "most": MOST,
        "what": [_said(asked, path, key) for path, key in cell.items()],
        "fact": fact_title(asked.fact),
        "back": here(asked.definition),
    }


def _said(asked: Asked, path: str, key: Any) -> str:
    say, shown = namer(asked.star, asked.fact, path), key
    if asked.star.level(asked.fact.name, path).key:
        names = {one.key: one.shown for one in asked.values(path, 1000)}
        shown = names.get(asked.typed(path, key), key)
    return f"{long_title(asked.star, asked.fact, path)}: {say(shown)}"
