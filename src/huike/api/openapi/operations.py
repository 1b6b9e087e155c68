"""The operations of the description: what each address does, takes and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huike.api.openapi.answers import CHANGE, ETAG, Operation, operation, problems
from huike.api.openapi.components import name_of
from huike.api.openapi.parameters import ID_PARAMETER, IF_MATCH, KEY, list_parameters, parameter
from huike.api.openapi.shapes import Schema, ref
from huike.kernel.entity.entity import Entity
from huike.kernel.records.merging.footprint import successors

MULTIPART: Schema = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


def operation_of(view: Any, method: str) -> Operation | None:
    """Return the operation of a view for one HTTP method; None where it is not described."""
    made: Callable[[Any], Operation] | None = _MAKERS.get((view.operation, method))
    entity = getattr(view, "entity", None)
    if made is None or (entity is not None and not _offers(entity, view.operation, method)):
        return None
    return made(view)


def _offers(entity: Entity, operation: str, method: str) -> bool:
    """Tell whether records of this kind can be written in this way."""
    if entity.model.read_only:
        return method == "GET" or operation in {"verb", "verb_on_many"}
    return entity.can_add or (operation, method) != ("rows", "POST")


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
    return operation(
        _id(e, verb.name),
        e.key,
        f"{verb.label}: {e.one}",
        ref(name),
        body=asks,
        parameters=[ID_PARAMETER, KEY],
        writes=True,
        headers={**ETAG, **CHANGE},
    )


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
    return operation(
        _id(e, f"bulk_{verb.name}"),
        e.key,
        _("%(verb)s, many at once: %(kind)s") % {"verb": verb.label, "kind": e.label},
        ref("DoneToMany"),
        body=body,
        parameters=[KEY],
        writes=True,
        headers=CHANGE,
    )


def _history(view: Any) -> Operation:
    e = view.entity
    after = parameter("after", "The `next` of the page before.", {"type": "integer", "minimum": 1})
    given = [ID_PARAMETER, parameter("size", "Rows of a page.", _SIZE), after]
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


def _upload(view: Any) -> Operation:
    return operation(
        "upload_file",
        "files",
        _("Upload a file, whose id a field can then hold"),
        ref("File"),
        status="201",
        body=MULTIPART,
        kind="multipart/form-data",
        parameters=[KEY],
        writes=True,
    )


def _download(view: Any) -> Operation:
    said = "Your second secret, for a file that is sealed."
    given = [ID_PARAMETER, parameter("Huike-Second-Secret", said, where="header")]
    told = operation("download_file", "files", _("Download a file"), None, parameters=given)
    told["responses"]["200"]["content"] = {"application/octet-stream": {}}
    return told


def _search(view: Any) -> Operation:
    words = {"type": "string", "minLength": 1, "maxLength": 100}
    given = [
        parameter("q", "Name, pinyin, phone digits, number …", words, required=True),
        parameter("record", "Only these records, e.g. customers/party."),
        parameter("size", "How many at most.", {**_SIZE, "maximum": 50, "default": 20}),
    ]
    return operation("search", "house", _("Search in everything"), ref("Hits"), parameters=given)


def _duplicates(view: Any) -> Operation:
    typed = [parameter(name, "As it was typed.") for name in sorted(view.parameters)]
    said = _("Who may be a customer that is about to be added")
    return operation("duplicates", "customers/party", said, ref("Possibles"), parameters=typed)


def _sealed(method: str) -> Callable[[Any], Operation]:
    """Return the maker of one operation on what is sealed; the second secret is a header."""
    said = {
        "GET": ("read", _("What is sealed: %s")),
        "POST": ("seal", _("Seal: %s")),
        "DELETE": ("unseal", _("Put back in clear: %s")),
    }

    def made(view: Any) -> Operation:
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


def _figures(view: Any) -> Operation:
    given = [
        parameter("pivot", "The id of a saved pivot; without it the other parameters describe one.",
                  {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}),
        parameter("fact", "What is counted.", example="sale"),
        parameter("rows", "Levels, coarse to fine, separated by commas.",
                  example="time.year,time.month"),
        parameter("columns", "Levels that stand across.", example="owner.staff"),
        parameter("measures", "Numbers, separated by commas.", example="revenue,orders"),
        parameter("filters", "A JSON list of [level, operator, value].",
                  example='[["time.year","is","2026"]]'),
        parameter("sort", "A measure, with “-” before it for the largest first."),
        parameter("size", "How many combinations of the row levels at most.",
                  {**_SIZE, "maximum": 500, "default": 500}),
    ]  # fmt: skip
    said = _("Figures of the pivot, with totals")
    return operation("figures", "house", said, ref("Figures"), parameters=given)


def _undo(view: Any) -> Operation:
    said = _("Take back a change of yours")
    body, answer = ref("Undo"), ref("Undone")
    told = operation("undo", "house", said, answer, body=body, parameters=[KEY], writes=True)
    later = str(_("It is long and goes on in the background, as this job"))
    content = {"application/json": {"schema": ref("Job")}}
    told["responses"]["202"] = {"description": later, "content": content}
    return told


def _job(view: Any) -> Operation:
    said = _("How a background job stands")
    return operation("job_get", "house", said, ref("Job"), parameters=[ID_PARAMETER])


def _stop_job(view: Any) -> Operation:
    return operation(
        "job_cancel",
        "house",
        _("Stop a background job"),
        None,
        status="204",
        parameters=[ID_PARAMETER],
        writes=True,
    )


_SIZE: Schema = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
_MAKERS: dict[tuple[str, str], Any] = {
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
    ("upload", "POST"): _upload,
    ("download", "GET"): _download,
    ("me", "GET"): lambda view: operation("me", "house", _("Who am I?"), ref("Me")),
    ("records", "GET"): lambda view: operation(
        "records", "house", _("The kinds of records and their fields"), ref("RecordKinds")
    ),
    ("search", "GET"): _search,
    ("duplicates", "GET"): _duplicates,
    ("figures", "GET"): _figures,
    ("sealed", "GET"): _sealed("GET"),
    ("sealed", "POST"): _sealed("POST"),
    ("sealed", "DELETE"): _sealed("DELETE"),
    ("jobs", "GET"): lambda view: operation("jobs", "house", _("My background jobs"), ref("Jobs")),
    ("job", "GET"): _job,
    ("job", "DELETE"): _stop_job,
    ("undo", "POST"): _undo,
}
