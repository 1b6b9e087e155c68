"""What stands beside the records: the caller, files, what is sealed, jobs, what a search found."""

from __future__ import annotations

from huike.api.openapi.house.words import ANYTHING, MOMENT, NULLABLE, TEXT, TEXTS, WHOLE, of, rows
from huike.api.openapi.shapes import Schema, ref


def about_services() -> dict[str, Schema]:
    """Return the components by name."""
    return {
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
        "Job": _job(),
        "Jobs": rows("Job"),
    }


def _job() -> Schema:
    return of(
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
            "result": ANYTHING,
            "created_at": MOMENT,
            "started_at": MOMENT,
            "finished_at": MOMENT,
        }
    )


def _files_to_seal() -> Schema:
    which = {"type": "array", "items": WHOLE}
    said = "True: all files of the record; or the ids of some."
    return {"anyOf": [{"type": "boolean", "const": True}, which], "description": said}


def _me() -> Schema:
    token = of(
        {
            "name": TEXT,
            "prefix": TEXT,
            "scopes": TEXTS,
            "reach": NULLABLE,
            "expires_at": MOMENT,
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
