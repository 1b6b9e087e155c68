"""Addresses that belong to no single record: me, what there is, search, jobs, undo."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.access.scopes import is_wide
from huike.api.models import Token
from huike.api.problems import Problem, invalid, not_found, wrong_parameter
from huike.api.records.later import accepted, job_as_json
from huike.api.records.once import once
from huike.api.records.view import ApiView, body_of
from huike.kernel import organisations
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queries import JobState, job_state, my_jobs
from huike.kernel.jobs.queue import cancel
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.links import Link
from huike.kernel.records.undo import is_long, undo
from huike.kernel.records.undo_job import start_undo
from huike.kernel.search.find import find
from huike.staff.models import User

MOST_FOUND = 50


class MeView(ApiView):
    """Who the caller is and what it may do."""

    operation = "me"

    def get(self, request: Request) -> Response:
        user, token = request.user, request.auth
        assert isinstance(user, User)
        told: dict[str, Any] = {
            "id": user.pk,
            "name": user.name,
            "username": user.username,
            "department": user.department_id,
            "department_text": str(user.department) if user.department else "",
            "language": user.language,
            "organisation": organisations.current(),
            "is_administrator": self.actor.is_administrator,
            "token": _token(token) if isinstance(token, Token) else None,
            "rights": {e.key: rights for e in entities() if (rights := _rights(self.actor, e))},
        }
        return Response(told)


def _token(token: Token) -> dict[str, Any]:
    expires = token.expires_at
    return {
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "reach": token.reach or None,
        "expires_at": expires.isoformat() if expires else None,
    }


def _rights(actor: Actor, entity: Entity) -> dict[str, list[str]]:
    label = entity.model.label()
    found = {op.value: sorted(actor.reaches(label, op)) for op in Op}
    return {op: reaches for op, reaches in found.items() if reaches}


class RecordsView(ApiView):
    """The kinds of records with the fields, custom ones too, that the caller may know of."""

    operation = "records"

    def get(self, request: Request) -> Response:
        seen = [e for e in entities() if may(self.actor, e.model, Op.VIEW)]
        return Response({"rows": [self._record(e) for e in seen], "next": None})

    def _record(self, entity: Entity) -> dict[str, Any]:
        return {
            "record": entity.key,
            "label": entity.label,
            "url": f"/api/v1/{entity.key}/",
            "fields": [_field(f) for f in entity.fields(self.actor).values()],
            "parts": [str(p.name) for p in entity.parts],
            "verbs": [{"name": v.name, "label": str(v.label)} for v in entity.verbs],
        }


def _field(f: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": f.name,
        "label": f.label,
        "kind": f.kind.name,
        "right": f.right.value,
        "is_required": f.required,
        "is_writable": f.is_writable,
        "is_sortable": f.is_sortable,
        "operators": list(f.kind.operators) if f.is_comparable else [],
    }
    if isinstance(f.kind, Choice):
        told["options"] = {value: str(label) for value, label in f.kind.options.items()}
    if isinstance(f.kind, Link):
        told["target"] = f.kind.target.lower().replace(".", "/")
    return told


class SearchView(ApiView):
    """Search in all records, as in the product's search box."""

    operation = "search"
    parameters = frozenset({"q", "record", "size"})

    def get(self, request: Request) -> Response:
        words, size = self.query("q").strip(), self.whole("size", MOST_FOUND, 20)
        if not 1 <= len(words) <= 100:
            raise wrong_parameter("q", _("Give 1 to 100 characters to search for."))
        hits = find(self.actor, words, self._chosen(), size)
        rows = [
            {
                "record": hit.entity_key,
                "id": hit.id,
                "title": str(hit.title),
                "field": str(hit.field),
                "snippet": "".join(text for text, _marked in hit.snippet),
                "score": hit.score,
                "url": f"/api/v1/{hit.entity_key}/{hit.id}/",
            }
            for hit in hits
        ]
        return Response({"rows": rows, "next": None})

    def _chosen(self) -> list[Entity] | None:
        key = self.query("record")
        if not key:
            return None
        try:
            return [entity_of(key)]
        except LookupError as error:
            words = _("There is no record “%s”. GET /api/v1/records/ lists them.") % key[:60]
            raise wrong_parameter("record", words) from error


class JobsView(ApiView):
    """The caller's background jobs, newest first."""

    operation = "jobs"

    def get(self, request: Request) -> Response:
        require_wide(request)
        return Response({"rows": [job_as_json(job) for job in my_jobs(self.actor)], "next": None})


class JobView(ApiView):
    """How one job stands; DELETE stops it."""

    operation = "job"

    def get(self, request: Request, id: int) -> Response:
        return Response(job_as_json(self._job(request, id)))

    def delete(self, request: Request, id: int) -> Response:
        self._job(request, id)
        cancel(self.actor, id)
        return Response(status=204)

    def _job(self, request: Request, pk: int) -> JobState:
        require_wide(request, write=request.method == "DELETE")
        if not Job.objects.filter(pk=pk).exists():
            raise not_found()
        return job_state(self.actor, pk)


def require_wide(request: Request, *, write: bool = False) -> None:
    """Refuse a token that is not for all records: jobs tell and stop what any record holds."""
    token = request.auth
    if isinstance(token, Token) and not (
        "*:write" in token.scopes if write else is_wide(token.scopes)
    ):
        scope = "*:write" if write else "*:read"
        raise Problem(403, "not_allowed", _("This needs a token with the scope %s.") % scope)


class UndoView(ApiView):
    """Takes back one change, named by the Huike-Change header of its answer.

    A long one is taken back in the background: the answer is then 202 and tells of the job.
    """

    operation = "undo"

    def post(self, request: Request) -> Response:
        body = body_of(request)
        return once(request, lambda: self._undo(body))

    def _undo(self, body: dict[str, Any]) -> Response:
        try:
            group = uuid.UUID(str(body["change"])) if list(body) == ["change"] else None
        except ValueError:
            group = None
        if group is None:
            raise invalid({"change": [_("Give the id from the header Huike-Change.")]})
        if is_long(group):
            job = start_undo(self.actor, group)
            return accepted(job_state(self.actor, job.pk))
        undone = undo(self.actor, group)
        return Response(
            {
                "count": undone.count,
                "left": [str(words) for words in undone.left],
                "change": str(undone.group),
            }
        )


class NothingHere(ApiView):
    """Whatever else is asked for below /api/."""

    schema = None
    operation = ""
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self._speak(request, None)
        words = _("There is nothing at this address. Addresses end with “/”.")
        raise Problem(404, "not_found", words)
