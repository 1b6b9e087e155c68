"""What a pivot asks, as it is saved and as it stands in an address; errors are told in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CHARTS = ("", "bar", "stacked", "line", "pie")
PLACES = ("rows", "columns", "measures")
MOST = 8  # of levels, and of measures
MOST_FILTERS = 20
LONGEST = 8_000  # characters of a saved definition
PLAIN = (str, int, float, bool, type(None))

Filter = tuple[str, str, Any]


@dataclass(frozen=True)
class Definition:
    """A table to be made: levels as "role.level", measures and filters as the star calls them.

    `sort` is a measure, with "-" before it for the largest first; empty: by name. `heat` colours
    the cells by their size. `saved` is the key of the saved pivot that it came from.
    """

    fact: str = "sale"
    rows: tuple[str, ...] = ("time.year", "time.month")
    columns: tuple[str, ...] = ()
    measures: tuple[str, ...] = ("revenue", "orders")
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    chart: str = ""
    heat: bool = False
    saved: str = field(default="", compare=False)

    @property
    def levels(self) -> tuple[str, ...]:
        return (*self.rows, *self.columns)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        told: dict[str, Any] = {"fact": self.fact}
        told |= {name: list(getattr(self, name)) for name in PLACES}
        told["filters"] = [list(one) for one in self.filters]
        return told | {"sort": self.sort, "chart": self.chart, "heat": self.heat}

    def written(self) -> str:
        """Return it as a column holds it."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))

    def query(self, **more: str) -> str:
        """Return it as the query string of an address."""
        parts = {"fact": self.fact}
        parts |= {name: ",".join(getattr(self, name)) for name in PLACES}
        if self.filters:
            parts["filters"] = json.dumps(
                [list(one) for one in self.filters], ensure_ascii=False, separators=(",", ":")
            )
        parts |= {"sort": self.sort, "chart": self.chart, "heat": "1" if self.heat else ""}
        parts["saved"] = self.saved
        return urlencode({k: v for k, v in {**parts, **more}.items() if v or k in PLACES})

    def without(self, path: str) -> Definition:
        """Return it without a level in its rows and columns."""
        rows, columns = (tuple(p for p in ps if p != path) for ps in (self.rows, self.columns))
        return replace(self, rows=rows, columns=columns)

    def placed(self, place: str, names: Sequence[str]) -> Definition:
        """Return it with other levels or measures in one of its places."""
        return replace(self, **{place: tuple(names)})  # type: ignore[arg-type]

    def filtered(self, *filters: Filter) -> Definition:
        """Return it with these filters, in place of others on the same levels."""
        paths = {path for path, _op, _value in filters}
        kept = tuple(one for one in self.filters if one[0] not in paths)
        return replace(self, filters=(*kept, *filters))


def parse(given: Any) -> Definition:
    """Read a definition from JSON, as text or not; raise ValidationError with what is wrong."""
    if isinstance(given, Definition):
        return given
    if isinstance(given, str):
        given = _from_text(given)
    if given is None:
        return Definition()
    if not isinstance(given, dict):
        raise ValidationError(_("A pivot is described by a JSON object."))
    known = {"fact", *PLACES, "filters", "sort", "chart", "heat"}
    if unknown := sorted(str(name)[:40] for name in given if name not in known):
        raise ValidationError(_("A pivot knows nothing of “%s”.") % "”, “".join(unknown))
    usual = Definition()
    places = {name: _names(given, name) for name in PLACES if name in given}
    found = Definition(
        fact=_text(given, "fact", usual.fact),
        rows=places.get("rows", () if "measures" in places else usual.rows),
        columns=places.get("columns", ()),
        measures=places.get("measures", usual.measures),
        filters=_filters(given.get("filters", [])),
        sort=_text(given, "sort", ""),
        chart=_text(given, "chart", ""),
        heat=bool(given.get("heat", False)),
    )
    return _checked(found)


def from_address(params: Mapping[str, str]) -> Definition:
    """Read a definition from the parts of an address; without any it is the usual one."""
    given: dict[str, Any] = {k: params[k] for k in ("fact", "sort", "chart") if params.get(k)}
    for name in PLACES:
        if name in params:
            given[name] = [part for part in params[name].split(",") if part]
    if params.get("filters"):
        given["filters"] = _from_text(params["filters"])
    saved = params.get("saved", "")
    found = parse(given | {"heat": bool(params.get("heat"))})
    return replace(found, saved=saved if saved.isascii() and saved.isdigit() else "")


def _from_text(text: str) -> Any:
    if len(text) > LONGEST:
        raise ValidationError(_("This description of a pivot is too long."))
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This is no JSON: “%s”.") % text[:60]) from error


def _text(given: Mapping[str, Any], name: str, usual: str) -> str:
    value = given.get(name, usual)
    if not isinstance(value, str):
        raise ValidationError(_("“%s” must be a text.") % name)
    return value


def _names(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = given[name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValidationError(_("“%s” must be a list of names.") % name)
    return tuple(value)


def _filters(given: Any) -> tuple[Filter, ...]:
    if not isinstance(given, list):
        raise ValidationError(_("“%s” must be a list.") % "filters")
    return tuple(_filter(one) for one in given[: MOST_FILTERS + 1])


def _filter(given: Any) -> Filter:
    if not (isinstance(given, list | tuple) and len(given) == 3 and _is_plain(given[2])):
        raise ValidationError(
            _("A filter is a list of level, operator and value, such as %s.")
            % '["time.year","is","2026"]'
        )
    path, operator, value = given
    if not (isinstance(path, str) and isinstance(operator, str)):
        raise ValidationError(_("A filter begins with the names of a level and an operator."))
    return (path, operator, value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= 1000 and all(isinstance(one, PLAIN) for one in value)
    return isinstance(value, PLAIN)


def _checked(found: Definition) -> Definition:
    """Check what can be told without the star."""
    if found.chart not in CHARTS:
        raise ValidationError(_("There is no chart “%s”.") % found.chart[:40])
    _once(found.levels)
    _once(found.measures)
    if not found.measures:
        raise ValidationError(_("Choose at least one number to show."))
    if len(found.levels) > MOST or len(found.measures) > MOST:
        raise ValidationError(_("At most %s levels and as many numbers.") % MOST)
    if len(found.filters) > MOST_FILTERS:
        raise ValidationError(_("At most %s filters.") % MOST_FILTERS)
    if found.sort.removeprefix("-") not in ("", *found.measures):
        raise ValidationError(_("It can be sorted only by a number that it shows."))
    return found


def _once(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValidationError(_("“%s” is there twice.") % name[:60])
