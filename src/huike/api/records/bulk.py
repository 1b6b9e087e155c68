"""Many rows in one call: added, changed and binned, all or nothing, or as far as it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.problems import Problem
from huike.api.records import versions
from huike.api.records.once import once
from huike.api.records.reading import Reader
from huike.api.records.resources import EntityView
from huike.api.records.view import body_of
from huike.api.records.writing import read, save
from huike.kernel.change.work import Work, change
from huike.kernel.entity.writing import Errors, Refused, new_row, readable
from huike.kernel.records.record import Conflict
from huike.kernel.records.verbs import bin_

MOST = 1000
LISTS = ("create", "update", "delete")


class _Failed(Exception):
    """Some rows were refused: all the others are taken back."""


class BulkView(EntityView):
    """{"create": [...], "update": [{"id": ...}], "delete": [ids], "partial": false}"""

    operation = "bulk"

    def post(self, request: Request) -> Response:
        body = body_of(request)
        _check(body)
        return once(request, lambda: self._do(body))

    def _do(self, body: dict[str, Any]) -> Response:
        done: dict[str, list[Any]] = {"created": [], "updated": [], "deleted": [], "refused": []}
        reader = self.reader()
        acts: dict[str, Callable[[Any], Any]] = {
            "create": partial(self._create, reader),
            "update": partial(self._update, reader),
            "delete": self._delete,
        }
        try:
            with change(self.actor, f"{self.entity.model.label()}.bulk") as work:
                for name in LISTS:
                    for index, one in enumerate(body.get(name, [])):
                        self._try(work, done, name, index, partial(acts[name], one))
                if done["refused"] and not body.get("partial"):
                    raise _Failed
        except _Failed:
            raise _refusal(done["refused"]) from None
        headers = {"Huike-Change": str(work.group)} if work.notes else {}
        return Response(done, headers=headers)

    def _try(
        self, work: Work, done: dict[str, list[Any]], name: str, index: int, act: Callable[[], Any]
    ) -> None:
        before = len(work.notes)
        try:
            with transaction.atomic():
                told = act()
        except _EXPECTED as error:
            del work.notes[before:]
            refused = {"list": name, "index": index, "errors": _errors(error)}
            done["refused"].append(refused)
            return
        done[f"{name}d"].append({"index": index, **told})

    def _create(self, reader: Reader, one: dict[str, Any]) -> dict[str, Any]:
        if not self.entity.can_add:
            raise PermissionDenied(_("Records of this kind are not added by hand."))
        row = new_row(self.actor, self.entity, reader.known)
        given = read(one, self.entity, reader.known)
        save(self.actor, self.entity, row, given, reader.known)
        return {"id": row.pk, "version": row.version}

    def _update(self, reader: Reader, one: dict[str, Any]) -> dict[str, Any]:
        row = versions.locked(self.actor, self.entity, one["id"])
        rest = {name: value for name, value in one.items() if name != "id"}
        given = read(rest, self.entity, reader.known)
        if given.version is not None and given.version != row.version:
            raise versions.conflict(reader, row, given.version)
        save(self.actor, self.entity, row, given, reader.known)
        return {"id": row.pk, "version": row.version}

    def _delete(self, pk: int) -> dict[str, Any]:
        row = bin_(self.actor, versions.locked(self.actor, self.entity, pk))
        return {"id": row.pk, "version": row.version}


_EXPECTED: tuple[type[Exception], ...] = (
    Refused,
    Problem,
    PermissionDenied,
    Conflict,
    ValidationError,
    IntegrityError,
    DataError,
    OverflowError,
)


def _errors(error: Exception) -> Errors:
    if isinstance(error, Refused):
        return {name: [str(text) for text in texts] for name, texts in error.errors.items()}
    if isinstance(error, ValidationError):
        return readable(error)
    if isinstance(error, IntegrityError):
        return {"": [_("Another record has such a value already.")]}
    if isinstance(error, DataError | OverflowError):
        return {"": [_("A value is outside of what can be kept.")]}
    return {"": [str(error)]}


def _check(body: dict[str, Any]) -> None:
    """Refuse a body that is not three lists of the right things."""
    errors: Errors = {}
    for name, value in body.items():
        if name == "partial":
            if not isinstance(value, bool):
                errors[name] = [_("Give true or false.")]
        elif name not in LISTS:
            errors[name] = [_("There is no field of this name.")]
        elif not isinstance(value, list) or not all(_fits(name, one) for one in value):
            errors[name] = [_WANTED[name]()]
    if not errors and sum(len(body.get(name, [])) for name in LISTS) > MOST:
        errors[""] = [_("At most %s records in one call.") % MOST]
    if errors:
        raise Refused(errors)


_WANTED: dict[str, Callable[[], str]] = {
    "create": lambda: _("Give a list of objects."),
    "update": lambda: _("Give a list of objects, each with its id."),
    "delete": lambda: _("Give a list of ids."),
}


def _fits(name: str, one: Any) -> bool:
    if name == "delete":
        return _is_id(one)
    return isinstance(one, dict) and (name == "create" or _is_id(one.get("id")))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _refusal(refused: list[dict[str, Any]]) -> Problem:
    errors = {
        ".".join(filter(None, [one["list"], str(one["index"]), name])): texts
        for one in refused
        for name, texts in one["errors"].items()
    }
    words = _("%s records were refused, so nothing was done.") % len(refused)
    return Problem(422, "invalid", words, errors=errors)
