"""What every operation of the description has: its answer, and all that can go wrong with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huike.api.openapi.shapes import Schema, ref

Operation = dict[str, Any]
PROBLEMS = {
    "400": "The request or a parameter can't be read.",
    "401": "No token, or one that is unknown, expired or revoked.",
    "403": "Your roles, or the scopes of the token, don't allow this.",
    "404": "There is no such record, or you may not see it.",
    "405": "This can't be done at this address.",
    "409": "Somebody else has changed it, or it can't be done now.",
    "410": "It was merged into another record, which `id` names.",
    "412": "If-Match names another version.",
    "413": "The body is larger than 10 MB.",
    "415": "The body is not of the type that is taken.",
    "422": "Some values can't be taken: `errors` tells by field.",
    "429": "Too many requests: wait as long as Retry-After says.",
    "503": "The database is busy: try again.",
}
READING = ("400", "401", "403", "404", "429", "503")
WRITING = (*READING, "405", "409", "413", "415", "422")
ETAG = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}
CHANGE = {
    "Huike-Change": {
        "description": "Names the change, for POST /api/v1/undo/.",
        "schema": {"type": "string", "format": "uuid"},
    }
}


def operation(
    id: str,
    tag: str,
    summary: str,
    answer: Schema | None,
    *,
    status: str = "200",
    body: Schema | None = None,
    kind: str = "application/json",
    parameters: list[Schema] | None = None,
    writes: bool = False,
    headers: Schema | None = None,
    needs_body: bool = True,
) -> Operation:
    """Return one operation with everything that can go wrong with it."""
    ok: Schema = {"description": summary}
    if answer is not None:
        ok["content"] = {"application/json": {"schema": answer}}
    if headers:
        ok["headers"] = headers
    told: Operation = {
        "operationId": id,
        "tags": [tag],
        "summary": summary,
        "security": [{"token": []}, {"session": []}],
        "responses": {status: ok, **problems(WRITING if writes else READING)},
    }
    if parameters:
        told["parameters"] = parameters
        if any(p["name"] == "If-Match" for p in parameters):
            told["responses"].update(problems(("412",)))
    if body is not None:
        told["requestBody"] = {"required": needs_body, "content": {kind: {"schema": body}}}
    return told


def problems(codes: tuple[str, ...]) -> Schema:
    """Return the answers for these codes, as references."""
    return {code: {"$ref": f"#/components/responses/Problem{code}"} for code in codes}


def problem_responses() -> Schema:
    """Return the answers that any address may give, by component name."""
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {f"Problem{c}": {"description": w, "content": content} for c, w in PROBLEMS.items()}


def perhaps_later(told: Operation, only: bool = False) -> Operation:
    """Say that the answer may be, or always is, a job that goes on in the background."""
    later = str(_("It is long and goes on in the background, as this job"))
    content = {"application/json": {"schema": ref("Job")}}
    if only:
        del told["responses"]["200"]
    told["responses"]["202"] = {"description": later, "content": content}
    return told
