"""The page of pivots: its address holds what is asked, it shows a table and a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.jobs import may_run
from huike.analytics.pivot import rights
from huike.analytics.pivot.asking import Asked, star_of
from huike.analytics.pivot.checking import checked
from huike.analytics.pivot.definition import Definition, from_address
from huike.analytics.pivot.examples import examples
from huike.analytics.pivot.grid import grid
from huike.analytics.pivot.models import Pivot
from huike.analytics.runs import loading
from huike.kernel.access.scope import allowed, may, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.web.pivot import building
from huike.web.pivot.picture import picture
from huike.web.pivot.table import table
from huike.web.rendering import actor_of, go, render

MOST_SAVED = 50


@dataclass(frozen=True)
class Keeping:
    """The saved pivots that the reader may open, and what may be done with the one shown."""

    saved: Pivot | None
    mine: list[Pivot]
    shared: list[Pivot]
    may_add: bool
    may_edit: bool


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show a pivot, or say in words why it can't be shown."""
    actor, given = actor_of(request), request.GET.dict()
    require_any(actor, Pivot, Op.VIEW)
    context: dict[str, Any] = {"keeping": _keeping(actor, given.get("saved", ""))}
    with loading.opened() as backend:
        if backend is None or not rights.facts(actor, star_of(backend)):
            context |= {"may_run": may_run(actor), "loaded": backend is not None}
            return render(request, "web/pivot/nothing.html", **context)
        try:
            definition, wrong = _definition(actor, backend, given), ""
        except ValidationError as error:
            definition, wrong = building.usual(actor, star_of(backend)), _words(error)
        for place in ("rows", "columns", "measures"):
            if path := given.get(f"add_{place}"):
                return go(request, building.here(building.with_added(definition, place, path)))
        context |= _shown(Asked(actor, backend, definition), wrong)
    return render(request, "web/pivot/page.html", **context)


def _definition(actor: Actor, backend: Any, given: dict[str, str]) -> Definition:
    star = star_of(backend)
    if not given.get("fact"):
        return building.usual(actor, star)
    return from_address(given)


def _shown(asked: Asked, wrong: str) -> dict[str, Any]:
    context: dict[str, Any] = {"definition": asked.definition}
    try:
        if not wrong:
            found = grid(asked)
            context |= {
                "table": table(asked, found),
                "chart": picture(asked, found),
                "left_off": found.left_off,
                "there": any(line.members for line in found.lines)
                or any(cell.value for cell in found.total.cells),
            }
    except ValidationError as error:
        wrong = _words(error)
        usual = building.usual(asked.actor, asked.star, asked.definition.fact)
        asked = replace(asked, definition=_askable(asked, usual))
    star = asked.star
    return context | {
        "wrong": wrong,
        "builder": building.builder(asked),
        "here": building.here(asked.definition),
        "parts": _parts(asked.definition),
        "examples": [(e.title, building.here(e.definition)) for e in examples(asked.actor, star)],
        "charts": _charts(asked.definition),
        "heat": building.here(replace(asked.definition, heat=not asked.definition.heat)),
        "swapped": building.here(_swapped(asked.definition)),
        "may_export": may(asked.actor, rights.record_of(asked.fact), Op.EXPORT),
        "loaded_at": loading.published_at(),
    }


def _askable(asked: Asked, usual: Definition) -> Definition:
    """Return what the builder goes on from: the definition where only its figures failed."""
    try:
        checked(asked.actor, asked.star, asked.definition)
        for path, operator, value in asked.definition.filters:
            asked.typed(path, value, operator)
    except ValidationError:
        return usual
    return asked.definition


def _parts(definition: Definition) -> list[tuple[str, str]]:
    """Return the definition as hidden inputs of a form."""
    return parse_qsl(definition.query(), keep_blank_values=True)


def _charts(now: Definition) -> list[tuple[str, str, str, bool]]:
    kinds = (
        ("", _("No picture"), "eye-off"), ("bar", _("Bars"), "chart-bar"),
        ("stacked", _("Stacked bars"), "chart-histogram"), ("line", _("Line chart"), "chart-line"),
        ("pie", _("Pie"), "chart-pie"),
    )  # fmt: skip
    return [
        (label, icon, building.here(replace(now, chart=kind)), kind == now.chart)
        for kind, label, icon in kinds
    ]


def _swapped(now: Definition) -> Definition:
    return replace(now, rows=now.columns, columns=now.rows)


def _keeping(actor: Actor, pk: str) -> Keeping:
    seen = visible(actor, Pivot)
    saved = seen.filter(pk=int(pk)).first() if pk.isdigit() and len(pk) < 19 else None
    own = Q(owner=actor.user_id) if actor.user_id else Q(pk__in=[])
    return Keeping(
        saved,
        list(seen.filter(own).order_by("name")[:MOST_SAVED]),
        list(seen.exclude(own).order_by("name")[:MOST_SAVED]),
        may(actor, Pivot, Op.ADD),
        saved is not None and allowed(actor, Op.EDIT, saved),
    )


def _words(error: ValidationError) -> str:
    return " ".join(error.messages)
