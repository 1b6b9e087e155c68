"""Says what was wrong as application/problem+json (RFC 9457), in the caller's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from huike.kernel.entity.writing import Errors, Refused, readable
from huike.kernel.outage import Outage, outage
from huike.kernel.records.record import Conflict

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class Problem(Exception):
    """Something to be told to the caller; `more` are further members of the answer."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] = {}, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = dict(headers), more


def titles() -> dict[str, str]:
    """Return what each code of a problem means, in the language of this moment."""
    return {
        "malformed": _("The request can't be read"),
        "wrong_parameter": _("A parameter is wrong"),
        "not_signed_in": _("Who are you?"),
        "not_allowed": _("You may not do this"),
        "not_found": _("Not found"),
        "wrong_method": _("This can't be done at this address"),
        "conflict": _("Somebody else has changed it"),
        "not_now": _("This can't be done to the record now"),
        "merged": _("It was merged into another record"),
        "precondition_failed": _("It is not the version that you named"),
        "too_large": _("The request is too large"),
        "wrong_media_type": _("This kind of content is not taken"),
        "invalid": _("Some values can't be taken"),
        "too_many": _("Too many requests"),
        "broken": _("Something went wrong on our side"),
        "busy": _("The database is busy"),
        "no_room": _("The disk is full"),
    }


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the answer to an exception; what nobody foresaw is logged and told as 500."""
    set_rollback()
    problem = _known(error)
    if problem is None:
        log.error("api: %s failed", context.get("request"), exc_info=error)
        problem = Problem(500, "broken", _("The fault is ours. It was written to the log."))
    return answer(problem)


def answer(problem: Problem) -> Response:
    """Return a problem as the answer to a request."""
    body = {
        "type": f"/api/docs/#problem-{problem.code}",
        "title": titles()[problem.code],
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.detail),
        **problem.more,
    }
    return Response(body, status=problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def invalid(errors: Errors) -> Problem:
    """Return the problem of values that can't be taken, by field ("" for the whole record)."""
    told = {name: [str(text) for text in texts] for name, texts in errors.items()}
    first = next(iter(told.values()), [""])
    return Problem(422, "invalid", " ".join(first), errors=told)


def wrong_parameter(name: str, words: str) -> Problem:
    return Problem(400, "wrong_parameter", words, parameter=name)


def _known(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Refused):
        return invalid(error.errors)
    if isinstance(error, ValidationError):
        return invalid(readable(error))
    if isinstance(error, PermissionDenied):
        return Problem(403, "not_allowed", str(error) or _("Your roles don't allow this."))
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, Conflict):
        return Problem(409, "conflict", str(error))
    return _of_database(error)


def not_found() -> Problem:
    return Problem(404, "not_found", _("There is no such record, or you may not see it."))


def _of_database(error: Exception) -> Problem | None:
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too_large", _("The body may hold at most 10 MB."))
    if isinstance(error, DataError | OverflowError):
        return Problem(400, "malformed", _("A value is outside of what can be kept."))
    if isinstance(error, IntegrityError):
        return Problem(409, "conflict", _("Another record has such a value already."))
    if outage(error) is Outage.DISK:
        log.error("api: the disk is full", exc_info=error)
        words = _("The disk of the server is full. Nothing was saved; tell its administrator.")
        return Problem(507, "no_room", words)
    if isinstance(error, OperationalError):
        log.warning("api: the database did not answer", exc_info=error)
        words = _("Try again in a few seconds.")
        return Problem(503, "busy", words, {"Retry-After": "3"})
    return None


_FRAMEWORK: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.AuthenticationFailed: "not_signed_in",
    exceptions.NotAuthenticated: "not_signed_in",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "wrong_method",
    exceptions.UnsupportedMediaType: "wrong_media_type",
    exceptions.Throttled: "too_many",
}


def _of_framework(error: exceptions.APIException) -> Problem:
    headers: dict[str, str] = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait + 0.999)))
    code = _FRAMEWORK.get(type(error), "malformed")
    return Problem(error.status_code, code, str(error.detail), headers)
