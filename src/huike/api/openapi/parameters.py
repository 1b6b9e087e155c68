"""The parameters and headers of the description."""

from __future__ import annotations

import json

from huike.api.openapi.shapes import Schema

TEXT: Schema = {"type": "string"}
SIZE: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def parameter(
    name: str,
    words: str,
    schema: Schema | None = None,
    *,
    where: str = "query",
    required: bool = False,
    example: str = "",
) -> Schema:
    """Return one parameter."""
    told: Schema = {
        "name": name,
        "in": where,
        "description": words,
        "required": required,
        "schema": schema or TEXT,
    }
    return {**told, "example": example} if example else told


ID_PARAMETER = parameter(
    "id",
    "The record's id.",
    {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
    where="path",
    required=True,
)
IF_MATCH = parameter(
    "If-Match",
    "The ETag of what you read: another version is refused with 412.",
    {"type": "string"},
    where="header",
)
KEY = parameter(
    "Idempotency-Key",
    "A key of your own. The same request with the same key is done once within 24 hours.",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    where="header",
)


def list_parameters() -> list[Schema]:
    """Return the parameters of every list."""
    leaf = json.dumps(["created_at", "last", 7])
    size = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    return [
        parameter("q", "Words to search for.", {"type": "string", "maxLength": 100}),
        parameter(
            "filter",
            "JSON: [field, operator, value], or all/any/none of several of them:"
            ' {"all": [...]}. A field may lie beyond a link: ["party__name", "contains", "王"].',
            example=leaf,
        ),
        parameter("sort", "A field, with - before it for descending.", example="-changed_at"),
        parameter("fields", "Names of fields, separated by commas; all without it."),
        parameter("size", "Rows of a page.", size),
        parameter("after", "The `next` of the page before."),
        parameter("group", "Count by this field instead of telling rows."),
        parameter(
            "count", "Tell how many there are, too.", {"type": "string", "enum": ["true", "false"]}
        ),
    ]
