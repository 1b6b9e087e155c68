"""The addresses of one kind of record: its list, one of its rows, and what can be done to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.problems import Problem, not_found
from huike.api.records import listing, versions
from huike.api.records.later import verb_later
from huike.api.records.once import once
from huike.api.records.reading import Reader
from huike.api.records.values import taken
from huike.api.records.view import ApiView, body_of
from huike.api.records.writing import Given, read, save
from huike.kernel.access.scope import require, require_any, visible, within
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, Verb
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Errors, Refused, may_link, new_row, readable
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.records.merging.footprint import successors
from huike.kernel.records.record import Conflict, Record
from huike.kernel.records.seeing import has_watchers, seen
from huike.kernel.records.verbs import bin_, restore

SIZE, MOST = 50, 200
VERBS = frozenset({"verb", "verb_on_many"})  # what results offer is done to them all the same


class EntityView(ApiView):
    """A view on one kind of record."""

    entity: Entity = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        writes = request.method not in SAFE_METHODS and self.operation not in VERBS
        if self.entity.model.read_only and writes:
            raise Problem(405, "wrong_method", _("These are results: they are only read."))

    def reader(self) -> Reader:
        return Reader(self.actor, self.entity)

    def told(self, reader: Reader, pk: int, group: UUID | None, status: int = 200) -> Response:
        """Answer with a row as it is after a write; one out of sight is told by its key alone."""
        row = reader.one(pk)
        if row is None:
            stored = self.entity.model.everything.get(pk=pk)
            row = {"id": pk, "version": stored.version}
        answer = Response(row, status=status, headers={"ETag": versions.etag(row["version"])})
        if group is not None:
            answer.headers["Huike-Change"] = str(group)
        return answer


class RowsView(EntityView):
    """The list, and adding to it."""

    operation = "rows"
    parameters = listing.PARAMETERS

    def get(self, request: Request) -> Response:
        require_any(self.actor, self.entity.model, Op.VIEW)
        size = self.whole("size", MOST, SIZE)
        return Response(listing.list_of(self.actor, self.entity, request.query_params, size))

    def post(self, request: Request) -> Response:
        if not self.entity.can_add:
            raise Problem(405, "wrong_method", _("Records of this kind are not added by hand."))
        body = body_of(request)
        return once(request, lambda: self._add(body))

    def _add(self, body: dict[str, Any]) -> Response:
        require_any(self.actor, self.entity.model, Op.ADD)
        reader = self.reader()
        given = read(body, self.entity, reader.known)
        row = new_row(self.actor, self.entity, reader.known)
        group = save(self.actor, self.entity, row, given, reader.known)
        answer = self.told(reader, row.pk, group, 201)
        answer.headers["Location"] = f"{self.request.path}{row.pk}/"
        return answer


class RowView(EntityView):
    """One row: read, changed, moved to the bin."""

    operation = "row"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.parameters = frozenset({"fields"}) if request.method == "GET" else frozenset()
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, id: int) -> Response:
        names = [n.strip() for n in self.query("fields").split(",") if n.strip()]
        row = Reader(self.actor, self.entity, names).one(id)
        if row is None:
            raise self._gone(id)
        if has_watchers(self.entity.model):
            seen(self.actor, visible(self.actor, self.entity.model).get(pk=id))
        return Response(row, headers={"ETag": versions.etag(row["version"])})

    def _gone(self, pk: int) -> Problem:
        """Say that there is no such row, or into which one it was merged, if that may be seen."""
        find = successors.get(self.entity.model.label())
        into = find(pk) if find is not None else None
        if into is None or not visible(self.actor, self.entity.model).filter(pk=into).exists():
            return not_found()
        url = f"/api/v1/{self.entity.key}/{into}/"
        return Problem(410, "merged", _("It was merged into another record."), id=into, url=url)

    def patch(self, request: Request, id: int) -> Response:
        body, reader = body_of(request), self.reader()
        given = read(body, self.entity, reader.known)
        group = self._change(request, reader, id, given)
        return self.told(reader, id, group)

    def _change(self, request: Request, reader: Reader, pk: int, given: Given) -> UUID | None:
        with change(self.actor, f"{self.entity.model.label()}.edit") as work:
            row = versions.locked(self.actor, self.entity, pk)
            versions.check(request, reader, row, given.version)
            try:
                save(self.actor, self.entity, row, given, reader.known)
            except Conflict as error:
                raise versions.conflict(reader, row, given.version) from error
        return work.group if work.notes else None

    def delete(self, request: Request, id: int) -> Response:
        with change(self.actor, f"{self.entity.model.label()}.delete") as work:
            row = versions.locked(self.actor, self.entity, id)
            versions.check(request, self.reader(), row)
            bin_(self.actor, row)
        return Response(status=204, headers={"Huike-Change": str(work.group)})


class RestoreView(EntityView):
    """Takes a row out of the bin."""

    operation = "restore"

    def post(self, request: Request, id: int) -> Response:
        return once(request, lambda: self._restore(id))

    def _restore(self, pk: int) -> Response:
        model = self.entity.model
        rows: QuerySet[Any] = model.everything.filter(within(self.actor, model, Op.DELETE), pk=pk)
        row = rows.exclude(binned_at=None).first()
        if row is None:
            raise Problem(404, "not_found", _("There is no such record in the bin."))
        with change(self.actor, f"{model.label()}.restore") as work:
            restore(self.actor, row)
        return self.told(self.reader(), pk, work.group)


class VerbView(EntityView):
    """A business verb done to one row."""

    operation = "verb"
    verb: Verb = None  # type: ignore[assignment]

    def post(self, request: Request, id: int) -> Response:
        body = body_of(request) if self.verb.asks or request.data else {}
        return once(request, lambda: self._do(id, body))

    def _do(self, pk: int, body: dict[str, Any]) -> Response:
        row = visible(self.actor, self.entity.model).filter(pk=pk).first()
        if row is None:
            raise not_found()
        if not self.verb.applies(row):
            raise Problem(409, "not_now", _("This can't be done to the record now."))
        given = self._asked(body, row)
        if self.verb.is_slow:
            return self._later(row, given, body)
        try:
            with change(self.actor, f"{row.label()}.{self.verb.name}") as work:
                self.verb.run(self.actor, row, **given)
        except ValidationError as error:
            raise Refused(readable(error)) from error
        return self.told(self.reader(), pk, work.group if work.notes else None)

    def _later(self, row: Record, given: dict[str, Any], body: dict[str, Any]) -> Response:
        """Let a job do it; what can be refused at once is."""
        require(self.actor, self.verb.needs, row)
        try:
            if self.verb.check is not None:
                self.verb.check(self.actor, row, **given)
        except ValidationError as error:
            raise Refused(readable(error)) from error
        texts = {n: taken(kind, body.get(n)) for n, kind in self.verb.asks.items()}
        return verb_later(self.actor, self.entity, (row.pk,), Do(self.verb.name, texts))

    def _asked(self, body: dict[str, Any], row: Record) -> dict[str, Any]:
        given: dict[str, Any] = {}
        errors: Errors = {
            name: [_("There is no field of this name.")]
            for name in body
            if name not in self.verb.asks
        }
        for name, kind in self.verb.asks.items():
            try:
                given[name] = kind.parse(taken(kind, body.get(name)))
                may_link(self.actor, _asks(name, kind), given[name], row)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise Refused(errors)
        return given


def _asks(name: str, kind: Any) -> Field:
    """Return what a verb asks for as a field, empty on every row."""
    return Field(name, name, kind, compute=lambda row: None)
