"""The components of the description: what each entity looks like read, added and changed."""

from __future__ import annotations

from typing import Any

from huike.api.openapi.shapes import Schema, asked, example, ref, shown, written
from huike.api.records.values import has_text
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, Verb, entities
from huike.kernel.entity.field import Field
from huike.kernel.entity.parts import Parts

EVERYONE = Actor.system("api description")
EXTRA: Schema = {
    "type": "object",
    "additionalProperties": True,
    "description": (
        "Custom fields of the firm by name. GET /api/v1/records/ tells which there are and which"
        " kind of value each holds."
    ),
    "examples": [{"car_plate": "粤B12345"}],
}
ID: Schema = {"type": "integer", "minimum": 1}
VERSION: Schema = {"type": "integer", "minimum": 1, "description": "Grows with every change."}


def name_of(entity: Entity) -> str:
    """Return the component name of an entity: customers/party is CustomersParty."""
    words = entity.key.replace("/", "_").split("_")
    return "".join(word.capitalize() for word in words)


def fixed(entity: Entity) -> list[Field]:
    """Return all fields but those that the firm has added."""
    return [entity._fixed(EVERYONE, name) for name in entity.field_names]


def components() -> dict[str, Schema]:
    """Return the schemas of all entities by component name."""
    found: dict[str, Schema] = {}
    for entity in entities():
        name = name_of(entity)
        found[name] = _row(entity)
        found[f"{name}Page"] = _page(ref(name))
        found[f"{name}New"] = new(entity)
        found[f"{name}Change"] = _change(entity)
        found[f"{name}Bulk"] = _bulk(entity)
        for parts in entity.parts:
            found[name + parts.name.capitalize()] = _part(parts, entity, reading=True)
            found[f"{name}{parts.name.capitalize()}New"] = _part(parts, entity, reading=False)
        for verb in entity.verbs:
            if verb.asks:
                found[f"{name}{verb.name.capitalize()}"] = _verb(verb)
    return found


def new_example(entity: Entity) -> dict[str, Any]:
    """Return a body that adds a record: the fields that must be filled, and the first few."""
    wanted = list(entity.quick or entity.form_names[:4])
    able = [f for f in fixed(entity) if f.is_writable and (f.required or f.name in wanted)]
    links = {"owner", "department", "parent", "category", "file"}
    return {f.name: example(f) for f in able if f.name not in links}


def _row(entity: Entity) -> Schema:
    properties: dict[str, Schema] = {"id": ID, "version": VERSION}
    for f in fixed(entity):
        properties[f.name] = shown(f)
        if has_text(f.kind):
            properties[f"{f.name}_text"] = {"type": "string", "description": f"Name of {f.name}."}
    properties["extra"] = EXTRA
    for parts in entity.parts:
        item = ref(name_of(entity) + parts.name.capitalize())
        properties[parts.name] = {"type": "array", "title": str(parts.label), "items": item}
    words = "Fields that your role may not see are not there; masked ones look like 138****5678."
    return {
        "type": "object",
        "title": entity.one,
        "description": words,
        "required": ["id", "version"],
        "properties": properties,
    }


def new(entity: Entity) -> Schema:
    """Return the schema of a body that adds a record."""
    schema = _write(entity)
    required = [f.name for f in fixed(entity) if f.required and f.is_writable]
    required = [name for name in required if name not in (entity.numbered or ())[:1]]
    if required:
        schema["required"] = required
    schema["examples"] = [new_example(entity)]
    return schema


def _change(entity: Entity) -> Schema:
    schema = _write(entity)
    version = "The version that you read: another one is refused with 409. Or send If-Match."
    schema["properties"]["version"] = {**ID, "description": version}
    first = next((f for f in fixed(entity) if f.is_writable and not has_text(f.kind)), None)
    if first is not None:
        schema["examples"] = [{"version": 3, first.name: example(first)}]
    return schema


def _write(entity: Entity) -> Schema:
    properties = {f.name: written(f) for f in fixed(entity) if f.is_writable}
    properties["extra"] = EXTRA
    for parts in entity.parts:
        item = ref(f"{name_of(entity)}{parts.name.capitalize()}New")
        properties[parts.name] = {
            "type": "array",
            "title": str(parts.label),
            "description": "Replaces all; one with the id of one that is there keeps the rest.",
            "items": item,
            "maxItems": 1000,
        }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _bulk(entity: Entity) -> Schema:
    name = name_of(entity)
    change = {
        "allOf": [
            {"type": "object", "required": ["id"], "properties": {"id": ID}},
            {"type": "object", "description": f"Any of the fields of {name}Change."},
        ]
    }
    lists: dict[str, Schema] = {
        "create": {"type": "array", "items": ref(f"{name}New"), "maxItems": 1000},
        "update": {"type": "array", "items": change, "maxItems": 1000},
        "delete": {"type": "array", "items": ID, "maxItems": 1000},
        "partial": {
            "type": "boolean",
            "default": False,
            "description": "Do what can be done and tell the rest, instead of all or nothing.",
        },
    }
    examples = [{"create": [new_example(entity)], "delete": [17], "partial": True}]
    return {
        "type": "object",
        "properties": lists,
        "additionalProperties": False,
        "examples": examples,
    }


def _part(parts: Parts, entity: Entity, *, reading: bool) -> Schema:
    properties: dict[str, Schema] = {"id": ID}
    for f in parts.fields(EVERYONE, entity.model.label()).values():
        if reading:
            properties[f.name] = shown(f)
            if has_text(f.kind):
                properties[f"{f.name}_text"] = {"type": "string"}
        elif f.is_writable:
            properties[f.name] = written(f)
    schema: Schema = {"type": "object", "properties": properties}
    if reading:
        return {**schema, "required": ["id"]}
    return {**schema, "additionalProperties": False}


def _verb(verb: Verb) -> Schema:
    properties = {
        name: asked(kind, str(verb.labels.get(name, name))) for name, kind in verb.asks.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _page(item: Schema) -> Schema:
    groups = {"type": "array", "items": ref("Group"), "description": "Only with `group`."}
    return {
        "type": "object",
        "required": ["rows", "next"],
        "properties": {
            "rows": {"type": "array", "items": item},
            "next": {
                "type": ["string", "null"],
                "description": "Give it as `after` for the next page.",
            },
            "groups": groups,
            "count": {"type": "integer", "description": "Only with `count=true`."},
            "count_is_exact": {"type": "boolean"},
        },
    }
