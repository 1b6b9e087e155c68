"""The operations on records: what each of their addresses does, takes and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huike.api.openapi.answers import CHANGE, ETAG, Operation, operation, perhaps_later, problems
from huike.api.openapi.components import name_of
from huike.api.openapi.parameters import (
    ID_PARAMETER,
    IF_MATCH,
    KEY,
    SIZE,
    list_parameters,
    parameter,
)
from huike.api.openapi.shapes import MULTIPART, Schema, ref
from huike.kernel.entity.entity import Entity
from huike.kernel.records.merging.footprint import successors


def _id(entity: Entity, what: str) -> str:
    return f"{entity.key.replace('/', '_')}_{what}"


def _list(view: Any) -> Operation:
    e = view.entity
    answer = ref(f"{name_of(e)}Page")
    said = _("List: %s") % e.label
    return operation(_id(e, "list"), e.key, said, answer, parameters=list_parameters())


def _create(view: Any) -> Operation:
    e = view.entity
    name = name_of(e)
    return operation(
        _id(e, "create"),
        e.key,
        _("Add: %s") % e.one,
        ref(name),
        status="201",
        body=ref(f"{name}New"),
        parameters=[KEY],
        writes=True,
        headers={**ETAG, **CHANGE, "Location": {"schema": {"type": "string"}}},
    )


def _get(view: Any) -> Operation:
    e = view.entity
    fields = parameter("fields", "Names of fields, separated by commas; all without it.")
    said, answer = _("Read: %s") % e.one, ref(name_of(e))
    given = [ID_PARAMETER, fields]
    told = operation(_id(e, "get"), e.key, said, answer, parameters=given, headers=ETAG)
    if e.model.label() in successors:
        told["responses"].update(problems(("410",)))
    return told


def _update(view: Any) -> Operation:
    e = view.entity
    name = name_of(e)
    return operation(
        _id(e, "update"),
        e.key,
        _("Change: %s") % e.one,
        ref(name),
        body=ref(f"{name}Change"),
        parameters=[ID_PARAMETER, IF_MATCH],
        writes=True,
        headers={**ETAG, **CHANGE},
    )


def _delete(view: Any) -> Operation:
    e = view.entity
    return operation(
        _id(e, "delete"),
        e.key,
        _("Move to the bin, for 30 days: %s") % e.one,
        None,
        status="204",
        parameters=[ID_PARAMETER, IF_MATCH],
        writes=True,
        headers=CHANGE,
    )


def _restore(view: Any) -> Operation:
    e = view.entity
    return operation(
        _id(e, "restore"),
        e.key,
        _("Take out of the bin: %s") % e.one,
        ref(name_of(e)),
        parameters=[ID_PARAMETER, KEY],
        writes=True,
        headers={**ETAG, **CHANGE},
    )


def _bulk(view: Any) -> Operation:
    e = view.entity
    return operation(
        _id(e, "bulk"),
        e.key,
        _("Add, change and bin up to 1,000 at once: %s") % e.label,
        ref("BulkDone"),
        body=ref(f"{name_of(e)}Bulk"),
        parameters=[KEY],
        writes=True,
        headers=CHANGE,
    )


def _verb(view: Any) -> Operation:
    e, verb = view.entity, view.verb
    name = name_of(e)
    asks = ref(f"{name}{verb.name.capitalize()}") if verb.asks else None
    told = operation(
        _id(e, verb.name),
        e.key,
        f"{verb.label}: {e.one}",
        ref(name),
        body=asks,
        parameters=[ID_PARAMETER, KEY],
        writes=True,
        headers={**ETAG, **CHANGE},
    )
    return perhaps_later(told, only=True) if verb.is_slow else told


def _verb_on_many(view: Any) -> Operation:
    e, verb = view.entity, view.verb
    asks = {"given": ref(f"{name_of(e)}{verb.name.capitalize()}")} if verb.asks else {}
    ids: Schema = {"type": "array", "items": {"type": "integer", "minimum": 1}}
    trying = {"type": "boolean", "default": False, "description": "Change nothing, only tell."}
    body: Schema = {
        "type": "object",
        "required": ["ids"],
        "properties": {"ids": {**ids, "minItems": 1, "maxItems": 200}, **asks, "try": trying},
        "additionalProperties": False,
    }
    told = operation(
        _id(e, f"bulk_{verb.name}"),
        e.key,
        _("%(verb)s, many at once: %(kind)s") % {"verb": verb.label, "kind": e.label},
        ref("DoneToMany"),
        body=body,
        parameters=[KEY],
        writes=True,
        headers=CHANGE,
    )
    return perhaps_later(told) if verb.is_slow else told


def _history(view: Any) -> Operation:
    e = view.entity
    after = parameter("after", "The `next` of the page before.", {"type": "integer", "minimum": 1})
    given = [ID_PARAMETER, parameter("size", "Rows of a page.", SIZE), after]
    said = _("What was done to it: %s") % e.one
    return operation(_id(e, "history"), e.key, said, ref("History"), parameters=given)


def _files(view: Any) -> Operation:
    e = view.entity
    said = _("Files: %s") % e.one
    return operation(_id(e, "files"), e.key, said, ref("Files"), parameters=[ID_PARAMETER])


def _add_file(view: Any) -> Operation:
    e = view.entity
    return operation(
        _id(e, "add_file"),
        e.key,
        _("Add a file: %s") % e.one,
        ref("File"),
        status="201",
        body=MULTIPART,
        kind="multipart/form-data",
        parameters=[ID_PARAMETER, KEY],
        writes=True,
    )


def _sealed(method: str) -> Callable[[Any], Operation]:
    """Return the maker of one operation on what is sealed; the second secret is a header."""

    def made(view: Any) -> Operation:
        # here, in the language of who asks: the module is loaded in anybody's
        said = {
            "GET": ("read", _("What is sealed: %s")),
            "POST": ("seal", _("Seal: %s")),
            "DELETE": ("unseal", _("Put back in clear: %s")),
        }
        e, (verb, words) = view.entity, said[method]
        secret = parameter(
            "Huike-Second-Secret",
            "Your second secret. Five wrong ones stop you for a quarter of an hour.",
            where="header",
            required=method != "GET",
        )
        return operation(
            _id(e, f"sealed_{verb}"),
            e.key,
            words % e.one,
            ref("Sealed"),
            body=ref("Seal") if method == "POST" else None,
            parameters=[ID_PARAMETER, secret],
            writes=True,
        )

    return made


RECORDS: dict[tuple[str, str], Callable[[Any], Operation]] = {
    ("rows", "GET"): _list,
    ("rows", "POST"): _create,
    ("row", "GET"): _get,
    ("row", "PATCH"): _update,
    ("row", "DELETE"): _delete,
    ("restore", "POST"): _restore,
    ("bulk", "POST"): _bulk,
    ("verb", "POST"): _verb,
    ("verb_on_many", "POST"): _verb_on_many,
    ("history", "GET"): _history,
    ("files", "GET"): _files,
    ("files", "POST"): _add_file,
    ("sealed", "GET"): _sealed("GET"),
    ("sealed", "POST"): _sealed("POST"),
    ("sealed", "DELETE"): _sealed("DELETE"),
}
