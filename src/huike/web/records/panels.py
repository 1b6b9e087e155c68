"""What a room adds to the page of a record by hand: each panel is a template with its own facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from huike.web.records.loading import Open

Facts = Callable[[Open], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of a record's page; `facts` returns None where there is nothing to show."""

    template: str
    facts: Facts
    place: str = "side"  # "side" or "main" (above the timeline) or "head"
    replaces: Sequence[str] = ()  # related lists that this panel shows better
    given: dict[str, Any] = field(default_factory=dict)


_panels: dict[str, list[Panel]] = defaultdict(list)


def add_panel(record: str, panel: Panel) -> None:
    """Add a panel to the pages of the record labelled `record`; call it from AppConfig.ready()."""
    if panel not in _panels[record]:
        _panels[record].append(panel)


def panels_of(opened: Open, place: str = "") -> list[Panel]:
    """Return the panels of a record's page, or of one place of it, with their facts."""
    found = []
    for panel in _panels[opened.row.label()]:
        if place and panel.place != place:
            continue
        given = panel.facts(opened)
        if given is not None:
            found.append(replace(panel, given=given))
    return found
