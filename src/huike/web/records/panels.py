"""What a room adds to the page of a record by hand: each panel is a template with its own facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huike.kernel.entity.entity import Entity
from huike.web.records.loading import Open, context_of, open_row
from huike.web.rendering import is_part, render

Facts = Callable[[Open], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of a record's page; `facts` returns None where there is nothing to show."""

    template: str
    facts: Facts
    place: str = "side"  # "side" or "main" (above the timeline) or "head"
    replaces: Sequence[str] = ()  # related lists that this panel shows better
    late: bool = False  # fetched right after the page, which does not wait for its facts
    alone: bool = False  # and in a request of its own, as it may take long
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name that its address ends with, which is its template's."""
        return PurePosixPath(self.template).stem


_panels: dict[str, list[Panel]] = defaultdict(list)


def add_panel(record: str, panel: Panel) -> None:
    """Add a panel to the pages of the record labelled `record`; call it from AppConfig.ready().

    Raises ValueError for a second late panel of the same name: its address would be taken.
    """
    if panel in _panels[record]:
        return
    if panel.late and any(other.late and other.name == panel.name for other in _panels[record]):
        raise ValueError(f"{record} has a late panel called {panel.name} already")
    _panels[record].append(panel)


def replaced_by_panels(record: str) -> set[str]:
    """Return the names of the related lists that panels show better."""
    return {name for panel in _panels[record] for name in panel.replaces}


def has_late_side(opened: Open) -> bool:
    """Tell whether what stands beside the timeline is fetched after the page, in one request."""
    return any(p.late and p.place == "side" for p in _panels[opened.row.label()])


def panels_of(opened: Open, *places: str, with_late: bool = False) -> list[Panel]:
    """Return the panels of a record's page, or of some places of it, with their facts.

    Those of late panels only `with_late`.
    """
    found = []
    for panel in _panels[opened.row.label()]:
        if places and panel.place not in places:
            continue
        if panel.alone or (panel.late and not with_late):
            found.append(panel)
            continue
        given = panel.facts(opened)
        if given is not None:
            found.append(replace(panel, given=given))
    return found


@require_GET
def late(request: HttpRequest, entity: Entity, pk: int, name: str) -> HttpResponse:
    """Show one late panel of a record's page; nothing where it has nothing to show."""
    opened = open_row(request, entity, pk)
    asked = [p for p in _panels[opened.row.label()] if p.late and p.name == name]
    if not asked:
        raise Http404
    given = asked[0].facts(opened)
    if given is None and is_part(request):
        return HttpResponse()
    return render(
        request,
        "web/records/late_page.html",
        part=asked[0].template,
        **context_of(opened),
        inside=asked[0].template,
        given=given,
    )
