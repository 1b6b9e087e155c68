"""What is sealed on a record, by API: the second secret comes in a header and is kept nowhere.

Without the header the answer tells which fields are sealed and nothing of what they hold. The
record itself never shows it: there a sealed field is empty and `sealed_fields` names it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.problems import invalid, not_found
from huike.api.records.resources import EntityView
from huike.api.records.view import body_of
from huike.api.second_secret import HEADER, opened_with
from huike.api.tales import file_as_json
from huike.kernel.access.scope import visible
from huike.kernel.change.work import change
from huike.kernel.files import StoredFile
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import sealed_names
from huike.kernel.sealing import contents
from huike.kernel.sealing.fields import REMARK, readable_names, sealable
from huike.kernel.sealing.files.filing import Told, files_with, seal_file, told_of, unseal_file
from huike.kernel.sealing.opening import Opened


class SealedView(EntityView):
    """Sealed content: read, sealed, and put back in clear."""

    operation = "sealed"

    def get(self, request: Request, id: int) -> Response:
        row = self._row(id)
        opened = opened_with(self.actor, request) if HEADER in request.headers else None
        return Response(self._told(row, opened))

    def post(self, request: Request, id: int) -> Response:
        body, row = body_of(request), self._row(id)
        names, remark = self._asked(body)
        files = self._files(row, body.get("files", []))
        opened = opened_with(self.actor, request)
        try:
            with change(self.actor, "sealing.seal"):
                for stored in files:
                    seal_file(self.actor, opened, row, stored)
                if names or remark or not files:
                    given = {REMARK: remark}
                    row = contents.seal(self.actor, opened, row, names, given)
        except ValidationError as error:
            raise invalid({"fields": error.messages}) from error
        return Response(self._told(row, opened))

    def delete(self, request: Request, id: int) -> Response:
        row, opened = self._row(id), opened_with(self.actor, request)
        with change(self.actor, "sealing.unseal"):
            row = contents.unseal(self.actor, opened, row)
            for stored in self._sealed_files(row):
                unseal_file(self.actor, opened, row, stored)
        return Response(self._told(row, opened))

    def _row(self, pk: int) -> Record:
        row = visible(self.actor, self.entity.model).filter(pk=pk).first()
        if row is None:
            raise not_found()
        return row

    def _asked(self, body: dict[str, Any]) -> tuple[list[str], str]:
        names, remark = body.get("fields", []), body.get("remark", "")
        known = sealable(self.entity, self.entity.fields(self.actor))
        wrong = body.keys() - {"fields", "remark", "files"}
        if wrong or not isinstance(names, list) or not isinstance(remark, str):
            raise invalid({"fields": [_("Give “fields” as a list of names, “remark” as text.")]})
        if unknown := [str(n) for n in names if n not in known]:
            words = _("These fields can't be sealed: %s.") % ", ".join(unknown)[:200]
            raise invalid({"fields": [words]})
        return names, remark

    def _files(self, row: Record, given: Any) -> list[StoredFile]:
        """Return the files that are asked for by their ids; all of them for true."""
        mine = files_with(self.actor, row)
        if given is True:
            return [f for f in mine if not f.is_sealed]
        ids = given if isinstance(given, list) else [given]
        if not all(type(one) is int for one in ids) or set(ids) - {f.pk for f in mine}:
            words = _("Give “files” as true or as a list of ids of files of this record.")
            raise invalid({"files": [words]})
        return [f for f in mine if f.pk in ids]

    def _sealed_files(self, row: Record) -> list[StoredFile]:
        return [f for f in files_with(self.actor, row) if f.is_sealed]

    def _told(self, row: Record, opened: Opened | None) -> dict[str, Any]:
        fields = self.entity.fields(self.actor)
        names = readable_names(row, sealed_names(row), fields)
        values = contents.read(self.actor, opened, row, names) if opened and names else None
        files = self._sealed_files(row)
        told = told_of(opened, files) if opened else {}
        listed = [{**file_as_json(f), **_real(told.get(f.pk))} for f in files]
        return {"names": names, "values": values, "files": listed}


def _real(told: Told | None) -> dict[str, str]:
    return {} if told is None else {"name": told.name, "sha256": told.digest}
