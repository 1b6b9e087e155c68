"""Says the types of a JSON schema as Python writes them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
SAFE = re.compile(r"\W")


def hint(schema: Mapping[str, Any]) -> str:
    """Return the type of a value."""
    if "$ref" in schema:
        return SAFE.sub("_", schema["$ref"].rsplit("/", 1)[1])
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(hint(one) for one in schema[word]))
    kinds = schema.get("type", "object" if "properties" in schema else "")
    found = [_one(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    return " | ".join(dict.fromkeys(found))


def _one(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"list[{hint(schema.get('items', {}))}]"
    if kind == "object":
        return "dict[str, Any]"
    return PLAIN.get(kind, "Any")


def definition(name: str, schema: Mapping[str, Any]) -> str:
    """Return the definition of a named type: a TypedDict for an object, else an alias."""
    fields: Mapping[str, Any] = schema.get("properties", {})
    if not fields:
        return f"{name} = {hint(schema)}"
    required = set(schema.get("required", ()))
    told = {
        field: f"Required[{hint(one)}]" if field in required else hint(one)
        for field, one in fields.items()
    }
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in told):
        lines = [f"    {field}: {words}" for field, words in told.items()]
        return "\n".join([f"class {name}(TypedDict, total=False):", *lines])
    # a field is called like a word of Python's own; names inside are written as texts, for they
    # may be defined further below
    pairs = ", ".join(f'"{field}": "{words}"' for field, words in told.items())
    return f'{name} = TypedDict("{name}", {{{pairs}}}, total=False)'
