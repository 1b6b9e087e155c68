"""The components that belong to no entity, and what every answer may be."""

from __future__ import annotations

from typing import Any

from huike.api.openapi.shapes import Schema, ref

TEXT: Schema = {"type": "string"}
NULLABLE: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def of(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties}


def rows(item: str) -> Schema:
    return of({"rows": {"type": "array", "items": ref(item)}, "next": NULLABLE})


def _done_to_many() -> Schema:
    shown = of({"id": WHOLE, "title": TEXT, "before": TEXT, "after": TEXT})
    counted = ("chosen", "out_of_reach", "changed", "unchanged", "refused")
    told = {"reasons": TEXTS, "shown": {"type": "array", "items": shown}}
    return of({**dict.fromkeys(counted, WHOLE), **told})


def _files_to_seal() -> Schema:
    which = {"type": "array", "items": WHOLE}
    said = "True: all files of the record; or the ids of some."
    return {"anyOf": [{"type": "boolean", "const": True}, which], "description": said}


def house() -> dict[str, Schema]:
    """Return the components of the house by name."""
    moment = {"type": ["string", "null"], "format": "date-time"}
    anything: Schema = {"description": "Any JSON."}
    done = {"type": "array", "items": of({"index": WHOLE, "id": WHOLE, "version": WHOLE})}
    errors: Schema = {"type": "object", "additionalProperties": TEXTS}
    refused = of({"list": TEXT, "index": WHOLE, "errors": errors})
    return {
        "Problem": _problem(errors),
        "Group": of(
            {
                "value": anything,
                "label": TEXT,
                "count": WHOLE,
                "totals": {"type": "object", "additionalProperties": TEXT},
                "filter": {"type": "array", "description": "The filter that opens the group."},
            }
        ),
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
        "HistoryEntry": of(
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
        ),
        "History": rows("HistoryEntry"),
        "File": of(
            {
                "id": WHOLE,
                "name": TEXT,
                "size": WHOLE,
                "is_sealed": {"type": "boolean"},
                "sha256": TEXT,
                "uploaded_at": {"type": "string", "format": "date-time"},
                "uploaded_by": TEXT,
                "url": TEXT,
            }
        ),
        "Files": rows("File"),
        "Me": _me(),
        "RecordKind": _record_kind(),
        "RecordKinds": rows("RecordKind"),
        "Hit": of(
            {
                "record": TEXT,
                "id": WHOLE,
                "title": TEXT,
                "field": TEXT,
                "snippet": TEXT,
                "score": WHOLE,
                "url": TEXT,
            }
        ),
        "Hits": rows("Hit"),
        "Sealed": of(
            {
                "names": TEXTS,
                "values": {
                    "type": ["object", "null"],
                    "additionalProperties": TEXT,
                    "description": "Null without the second secret.",
                },
                "files": {"type": "array", "items": ref("File")},
            }
        ),
        "Seal": {
            **of({}, {"fields": TEXTS, "remark": TEXT, "files": _files_to_seal()}),
            "additionalProperties": False,
        },
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
        "Job": of(
            {
                "id": WHOLE,
                "name": TEXT,
                "title": TEXT,
                "state": {
                    "type": "string",
                    "enum": ["waiting", "running", "done", "failed", "cancelled"],
                },
                "done": WHOLE,
                "total": {"type": ["integer", "null"]},
                "percent": {"type": ["integer", "null"]},
                "note": TEXT,
                "error": TEXT,
                "result": anything,
                "created_at": moment,
                "started_at": moment,
                "finished_at": moment,
            }
        ),
        "Jobs": rows("Job"),
        "Figures": _figures(),
        "Undo": {
            **of({"change": {"type": "string", "format": "uuid"}}),
            "additionalProperties": False,
        },
        "Undone": of(
            {"count": WHOLE, "left": TEXTS, "change": {"type": "string", "format": "uuid"}}
        ),
    }


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
            "loaded_at": {"type": ["string", "null"], "format": "date-time"},
        }
    )


def _me() -> Schema:
    token = of(
        {
            "name": TEXT,
            "prefix": TEXT,
            "scopes": TEXTS,
            "reach": NULLABLE,
            "expires_at": {"type": ["string", "null"], "format": "date-time"},
        }
    )
    token["type"] = ["object", "null"]
    by_op = {"type": "object", "additionalProperties": TEXTS}
    return of(
        {
            "id": WHOLE,
            "name": TEXT,
            "username": TEXT,
            "department": {"type": ["integer", "null"]},
            "department_text": TEXT,
            "language": TEXT,
            "organisation": TEXT,
            "is_administrator": {"type": "boolean"},
            "token": token,
            "rights": {"type": "object", "additionalProperties": by_op},
        }
    )


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
