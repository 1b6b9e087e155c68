"""Figures: groups with totals, the pivot, and what the insight pages show."""

from __future__ import annotations

from huike.api.openapi.house.words import ANYTHING, MOMENT, TEXT, WHOLE, of
from huike.api.openapi.shapes import Schema


def about_figures() -> dict[str, Schema]:
    """Return the components by name."""
    return {
        "Group": of(
            {
                "value": ANYTHING,
                "label": TEXT,
                "count": WHOLE,
                "totals": {"type": "object", "additionalProperties": TEXT},
                "filter": {"type": "array", "description": "The filter that opens the group."},
            }
        ),
        "Figures": _figures(),
        "Insight": _insight(),
    }


def _figures() -> Schema:
    key: Schema = {"type": ["string", "integer", "number", "boolean", "null"]}
    members = {"type": "array", "items": of({"level": TEXT, "key": key, "text": TEXT})}
    values = {"type": "object", "additionalProperties": {"type": ["number", "null"]}}
    line = of({"rows": members, "columns": members, "is_total": {"type": "boolean"},
               "values": values})  # fmt: skip
    measure = of({"name": TEXT, "label": TEXT, "unit": TEXT})
    return of(
        {
            "fact": TEXT,
            "measures": {"type": "array", "items": measure},
            "rows": {"type": "array", "items": line},
            "left_off": WHOLE,
            "loaded_at": MOMENT,
        }
    )


def _insight() -> Schema:
    figures: Schema = {
        "type": "object",
        "description": "By name; null is what the caller may not read. “filter” with “records” "
        "finds the customers behind a figure in the list of those records.",
    }
    told = of({"page": TEXT, "as_of": {"type": ["string", "null"], "format": "date"},
               "figures": figures})  # fmt: skip
    told["examples"] = [
        {"page": "value", "as_of": "2026-11-22", "figures": {"abc": {"groups": [
            {"key": "A", "label": "A", "customers": 113, "money": 4512300.5,
             "records": "customers/party",
             "filter": ["score__abc", "in", ["A"]]}], "rest": None}}}
    ]  # fmt: skip
    return told
