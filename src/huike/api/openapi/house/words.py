"""The words that the components of the house are put together with."""

from __future__ import annotations

from huike.api.openapi.shapes import Schema, ref

TEXT: Schema = {"type": "string"}
NULLABLE: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
TEXTS: Schema = {"type": "array", "items": TEXT}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
ANYTHING: Schema = {"description": "Any JSON."}


def of(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties}


def rows(item: str) -> Schema:
    return of({"rows": {"type": "array", "items": ref(item)}, "next": NULLABLE})
