"""Pictures with their numbers beside them: what a page says of a chart, drawn by ui/charts.js.

A page makes a `Chart` and writes `{{ chart(it) }}` (ui/components/charts.html). The picture is for
the eye, the table for everybody else: each holds the same numbers, and each mark of both has the
address of what lies behind it. To add a kind of picture: a function here, and one in
ui/static/ui/charts/shapes.js of the same name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from huike.kernel.kinds.numbers import Money, Number, Share, Whole, locale

Text = str | Promise
UNITS = {"whole": Whole(), "number": Number(2), "money": Money(), "share": Share()}


@dataclass(frozen=True)
class Row:
    """One line of a chart's table: cells as people read them, and where the first one leads."""

    cells: Sequence[Text]
    href: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers of a chart; columns beyond the first are numbers unless named in `words`."""

    heads: Sequence[Text]
    rows: Sequence[Row]
    words: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Chart:
    """One picture: what it shows (`spec`, read by charts.js), its numbers, and what it says."""

    title: Text
    spec: dict[str, Any]
    table: Table
    says: Text = ""  # the picture in one sentence; also read to those who can't see it
    note: Text = ""  # how it was counted
    size: str = "normal"  # low, normal or tall

    def wide(self) -> Chart:
        """Return the chart with its table below it rather than beside."""
        return replace(self, spec={**self.spec, "wide": True})


@dataclass(frozen=True)
class Series:
    """Numbers of one name; `hrefs` are as long as `values` or empty, `tone` names a colour."""

    name: Text
    values: Sequence[Any]
    hrefs: Sequence[str] = ()
    tone: str = ""
    dashed: bool = False
    area: bool = False


@dataclass(frozen=True)
class Dot:
    """One mark of a scatter."""

    x: Any
    y: Any
    name: str
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Cell:
    """One field of a heat map; `text` is what stands in it."""

    x: int
    y: int
    value: Any
    text: str = ""
    href: str = ""


@dataclass(frozen=True)
class Node:
    """A station of a flow."""

    key: str
    name: Text
    tone: str = ""


@dataclass(frozen=True)
class Stream:
    """What went from one station of a flow to another."""

    source: str
    target: str
    value: Any
    href: str = ""


def said(value: Any, unit: str = "whole") -> str:
    """Return a number as a table and a tip say it; a dash where there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "—"
    return UNITS[unit].text(value)


def short(value: Any) -> str:
    """Return an amount as there is room for in a small field: 1.2万 or 12K."""
    steps = ((1e8, "亿"), (1e4, "万")) if locale().startswith("zh") else ((1e6, "M"), (1e3, "K"))
    size = abs(float(value))
    for least, word in steps:
        if size >= least:
            return f"{UNITS['number'].text(round(float(value) / least, 1))}{word}"
    return UNITS["whole"].text(round(float(value)))


def bars(
    labels: Sequence[Text],
    series: Sequence[Series],
    unit: str = "whole",
    *,
    lying: bool = False,
    stacked: bool = False,
) -> dict[str, Any]:
    """Bars, standing or lying, side by side or stacked."""
    shown = [_series(one, _plain(one.values)) for one in series]
    return {"kind": "bars", "labels": _words(labels), "series": shown, "unit": unit,
            "lying": lying, "stacked": stacked}  # fmt: skip


def lines(
    series: Sequence[tuple[Series, Sequence[Any]]],
    units: tuple[str, str] = ("number", "number"),
    names: tuple[Text, Text] = ("", ""),
    *,
    step: bool = False,
) -> dict[str, Any]:
    """Lines over numbers: each series with the places of its values on the other axis."""
    shown = [
        _series(one, [list(pair) for pair in zip(_plain(xs), _plain(one.values), strict=True)])
        for one, xs in series
    ]
    return {"kind": "lines", "series": shown, "units": units, "names": _words(names), "step": step}


def trend(
    labels: Sequence[Text],
    series: Sequence[Series],
    unit: str = "whole",
    band: tuple[Series, Sequence[Any]] | None = None,
) -> dict[str, Any]:
    """Lines over names in their order, such as months.

    `band` is a field behind the lines: its upper edge as a series, and its lower edge.
    """
    shown = [_series(one, _plain(one.values)) for one in series]
    told: dict[str, Any] = {
        "kind": "trend",
        "labels": _words(labels),
        "series": shown,
        "unit": unit,
    }
    if band is not None:
        told["band"] = {"name": str(band[0].name), "high": _plain(band[0].values),
                        "low": _plain(band[1]), "tone": band[0].tone}  # fmt: skip
    return told


def pie(labels: Sequence[Text], series: Series, unit: str = "whole") -> dict[str, Any]:
    """The parts of a whole; parts below nothing have no place in it."""
    shown = _series(series, _plain(series.values))
    return {"kind": "pie", "labels": _words(labels), "series": shown, "unit": unit}


def heat(
    across: Sequence[Text],
    down: Sequence[Text],
    cells: Iterable[Cell],
    unit: str = "whole",
    names: tuple[Text, Text] = ("", ""),
) -> dict[str, Any]:
    """A field of cells, the deeper the more."""
    shown = [[c.x, c.y, number(c.value), c.text or said(c.value, unit), c.href] for c in cells]
    return {"kind": "heat", "across": _words(across), "down": _words(down), "cells": shown,
            "unit": unit, "names": _words(names)}  # fmt: skip


def dots(
    marks: Iterable[Dot],
    tones: Sequence[tuple[str, Text]],
    units: tuple[str, str] = ("money", "money"),
    names: tuple[Text, Text] = ("", ""),
    lines: tuple[Any, Any] = (None, None),
) -> dict[str, Any]:
    """A scatter on logarithmic axes, with a line across each."""
    shown = [[number(d.x), number(d.y), d.name, d.tone, d.href] for d in marks]
    return {"kind": "dots", "dots": shown, "tones": [[k, str(v)] for k, v in tones],
            "units": units, "names": _words(names), "lines": _plain(lines)}  # fmt: skip


def pyramid(
    labels: Sequence[Text], values: Sequence[Any], texts: Sequence[str], hrefs: Sequence[str]
) -> dict[str, Any]:
    """Steps as wide as their number, the first on top."""
    return {"kind": "pyramid", "labels": _words(labels), "values": _plain(values),
            "texts": list(texts), "hrefs": list(hrefs)}  # fmt: skip


def flow(nodes: Sequence[Node], streams: Iterable[Stream], unit: str = "whole") -> dict[str, Any]:
    """Streams between stations (a Sankey diagram)."""
    return {
        "kind": "flow",
        "nodes": [[n.key, str(n.name), n.tone] for n in nodes],
        "streams": [[s.source, s.target, number(s.value), s.href] for s in streams],
        "unit": unit,
    }


def number(value: Any) -> float | int | None:
    """Return a number as JSON holds it; nothing for what is none."""
    if isinstance(value, Decimal):
        value = float(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return round(value, 6) if isinstance(value, float) else int(value)


def _plain(values: Iterable[Any]) -> list[float | int | None]:
    return [number(value) for value in values]


def _words(texts: Iterable[Text]) -> list[str]:
    return [str(text) for text in texts]


def _series(one: Series, values: list[Any]) -> dict[str, Any]:
    return {
        "name": str(one.name),
        "values": values,
        "hrefs": list(one.hrefs),
        "tone": one.tone,
        "dashed": one.dashed,
        "area": one.area,
    }
