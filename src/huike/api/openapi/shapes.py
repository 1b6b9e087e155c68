"""JSON schemas of values: what each kind of value looks like when read and when written."""

from __future__ import annotations

from typing import Any

from huike.kernel.entity.field import Field
from huike.kernel.kinds.choices import Choice, Choices
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import File, Link, Links
from huike.kernel.kinds.own import KINDS, OwnFields
from huike.kernel.kinds.words import Text

Schema = dict[str, Any]
NUMBER = r"^-?\d{1,15}(\.\d{1,10})?$"
DAY, MOMENT = "2026-11-22", "2026-11-22T09:30:00+08:00"
MULTIPART: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def shown(f: Field) -> Schema:
    """Return the schema of a field as it is read: anything may be empty."""
    return _labelled(f, _shown(f.kind))


def written(f: Field) -> Schema:
    """Return the schema of a field as it is written."""
    schema = _shown(f.kind)
    if f.kind.is_number and f.kind.name != "whole":
        schema = {"type": ["number", "string", "null"], "pattern": NUMBER}
    elif isinstance(f.kind, Text):
        schema["type"] = ["string", "null"]
        if f.kind.max_length:
            schema["maxLength"] = f.kind.max_length
    elif isinstance(f.kind, Links | Choices | OwnFields):
        schema["type"] = ["array", "null"]
    return _labelled(f, schema)


def asked(kind: Kind, label: str) -> Schema:
    """Return the schema of what a verb asks for."""
    return written(Field(label, label, kind))


def example(f: Field) -> Any:
    """Return a believable value for the examples of requests."""
    kind = f.kind
    if isinstance(kind, Links):
        return [1]
    if isinstance(kind, Choices):
        return list(kind.options)[:1]
    if isinstance(kind, Choice):
        return next(iter(kind.options), "")
    if isinstance(kind, Link):
        return 1
    if isinstance(kind, OwnFields):
        return [{"label": "号码", "kind": "text", "value": "A1"}]
    return _EXAMPLES.get(kind.name, f.label)


_EXAMPLES: dict[str, Any] = {
    "whole": 3,
    "number": "12.5",
    "money": "1280.00",
    "share": "0.25",
    "date": DAY,
    "moment": MOMENT,
    "yes_no": True,
    "phone": "13812345678",
    "mail": "wang@example.com",
    "web": "https://example.com",
    "long_text": "…",
}


def _shown(kind: Kind) -> Schema:
    if isinstance(kind, Links):
        return {"type": "array", "items": {"type": "integer"}}
    if isinstance(kind, Choices):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(kind, OwnFields):
        value = {"type": ["string", "boolean", "null"]}
        one = {"label": {"type": "string"}, "kind": {"enum": [*KINDS]}, "value": value}
        return {"type": "array", "items": {"type": "object", "properties": one}}
    if isinstance(kind, Choice):
        values = dict.fromkeys(["", *kind.options])
        return {"type": ["string", "null"], "enum": [*values, None]}
    if isinstance(kind, Link):
        return {"type": ["integer", "null"]}
    return {"type": _TYPES.get(kind.name, "string"), **_FORMATS.get(kind.name, {})}


_TYPES: dict[str, Any] = {
    "whole": ["integer", "null"],
    "number": ["string", "null"],
    "money": ["string", "null"],
    "share": ["string", "null"],
    "date": ["string", "null"],
    "moment": ["string", "null"],
    "yes_no": ["boolean", "null"],
}
_FORMATS: dict[str, Schema] = {
    "date": {"format": "date"},
    "moment": {"format": "date-time"},
    "number": {"format": "decimal"},
    "money": {"format": "decimal"},
    "share": {"format": "decimal"},
}


def _labelled(f: Field, schema: Schema) -> Schema:
    schema["title"] = f.label
    words = [f.help] if f.help else []
    if isinstance(f.kind, File):
        words.append("The id of an uploaded file.")
    elif isinstance(f.kind, Link):
        words.append(f"Id of {f.kind.target.lower().replace('.', '/')}.")
    if isinstance(f.kind, Choice) and not isinstance(f.kind, Choices):
        words.append(", ".join(f"{v}: {label}" for v, label in f.kind.options.items()))
    if words:
        schema["description"] = " ".join(words)
    return schema
