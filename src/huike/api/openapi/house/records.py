"""What is told of any record: what was done to it, what is wrong, what its kind can do."""

from __future__ import annotations

from typing import Any

from huike.api.openapi.house.words import TEXT, TEXTS, WHOLE, of, rows
from huike.api.openapi.shapes import Schema, ref


def about_records() -> dict[str, Schema]:
    """Return the components by name."""
    done = {"type": "array", "items": of({"index": WHOLE, "id": WHOLE, "version": WHOLE})}
    errors: Schema = {"type": "object", "additionalProperties": TEXTS}
    refused = of({"list": TEXT, "index": WHOLE, "errors": errors})
    return {
        "Problem": _problem(errors),
        "BulkDone": of(
            {
                "created": done,
                "updated": done,
                "deleted": done,
                "refused": {"type": "array", "items": refused},
            }
        ),
        "DoneToMany": _done_to_many(),
        "Difference": of({"field": TEXT, "label": TEXT, "before": TEXT, "after": TEXT}),
        "HistoryEntry": _history_entry(),
        "History": rows("HistoryEntry"),
        "RecordKind": _record_kind(),
        "RecordKinds": rows("RecordKind"),
        "Undo": {
            **of({"change": {"type": "string", "format": "uuid"}}),
            "additionalProperties": False,
        },
        "Undone": of(
            {"count": WHOLE, "left": TEXTS, "change": {"type": "string", "format": "uuid"}}
        ),
        "Possible": of(
            {
                "id": {"type": ["integer", "null"]},  # null: out of the caller's sight
                "title": TEXT,
                "owner": TEXT,
                "why": TEXT,
                "is_strong": {"type": "boolean"},
            }
        ),
        "Possibles": rows("Possible"),
    }


def _history_entry() -> Schema:
    return of(
        {
            "id": WHOLE,
            "kind": TEXT,
            "at": {"type": "string", "format": "date-time"},
            "who": TEXT,
            "user": {"type": ["integer", "null"]},
            "action": TEXT,
            "change": {"type": "string", "format": "uuid"},
            "version": WHOLE,
            "is_undo": {"type": "boolean"},
            "differences": {"type": "array", "items": ref("Difference")},
        }
    )


def _done_to_many() -> Schema:
    shown = of({"id": WHOLE, "title": TEXT, "before": TEXT, "after": TEXT})
    counted = ("chosen", "out_of_reach", "changed", "unchanged", "refused")
    told = {"reasons": TEXTS, "shown": {"type": "array", "items": shown}}
    return of({**dict.fromkeys(counted, WHOLE), **told})


def _problem(errors: Schema) -> Schema:
    example: dict[str, Any] = {
        "type": "/api/docs/#problem-invalid",
        "title": "Some values can't be taken",
        "status": 422,
        "code": "invalid",
        "detail": "This field is required.",
        "errors": {"name": ["This field is required."]},
    }
    return {
        **of(
            {"type": TEXT, "title": TEXT, "status": WHOLE, "code": TEXT, "detail": TEXT},
            {
                "errors": {**errors, "description": "By field; “” is the whole record."},
                "parameter": TEXT,
                "id": {**WHOLE, "description": "What it was merged into."},
                "url": TEXT,
                "given_version": {"type": ["integer", "null"]},
                "current_version": WHOLE,
                "current": {
                    "type": ["object", "null"],
                    "description": "The record as it is now, after a conflict.",
                },
            },
        ),
        "description": "What was wrong (RFC 9457), in the language of Accept-Language or the user.",
        "examples": [example],
    }


def _record_kind() -> Schema:
    boolean = {"type": "boolean"}
    field = of(
        {
            "name": TEXT,
            "label": TEXT,
            "kind": TEXT,
            "right": TEXT,
            "is_required": boolean,
            "is_writable": boolean,
            "is_sortable": boolean,
            "operators": TEXTS,
        },
        {"options": {"type": "object", "additionalProperties": TEXT}, "target": TEXT},
    )
    return of(
        {
            "record": TEXT,
            "label": TEXT,
            "url": TEXT,
            "fields": {"type": "array", "items": field},
            "parts": TEXTS,
            "verbs": {"type": "array", "items": of({"name": TEXT, "label": TEXT})},
        }
    )
