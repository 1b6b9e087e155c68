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
from huike.api.resources import EntityView
from huike.api.view import body_of
from huike.kernel.access.scope import visible
from huike.kernel.records.record import Record
from huike.kernel.records.sealing import sealed_names
from huike.kernel.sealing import contents, opening
from huike.kernel.sealing.fields import REMARK, readable_names, sealable
from huike.kernel.sealing.opening import Opened

HEADER = "Huike-Second-Secret"


class SealedView(EntityView):
    """Sealed content: read, sealed, and put back in clear."""

    operation = "sealed"

    def get(self, request: Request, id: int) -> Response:
        row = self._row(id)
        opened = self._opened(request) if HEADER in request.headers else None
        return Response(self._told(row, opened))

    def post(self, request: Request, id: int) -> Response:
        body, row = body_of(request), self._row(id)
        names, remark = self._asked(body)
        opened = self._opened(request)
        try:
            row = contents.seal(self.actor, opened, row, names, {REMARK: remark})
        except ValidationError as error:
            raise invalid({"fields": error.messages}) from error
        return Response(self._told(row, opened))

    def delete(self, request: Request, id: int) -> Response:
        row, opened = self._row(id), self._opened(request)
        row = contents.unseal(self.actor, opened, row)
        return Response(self._told(row, opened))

    def _row(self, pk: int) -> Record:
        row = visible(self.actor, self.entity.model).filter(pk=pk).first()
        if row is None:
            raise not_found()
        return row

    def _opened(self, request: Request) -> Opened:
        try:
            return opening.open_with(self.actor, request.headers.get(HEADER, ""))
        except ValidationError as error:
            raise invalid({HEADER: error.messages}) from error

    def _asked(self, body: dict[str, Any]) -> tuple[list[str], str]:
        names, remark = body.get("fields", []), body.get("remark", "")
        known = sealable(self.entity, self.entity.fields(self.actor))
        wrong = body.keys() - {"fields", "remark"}
        if wrong or not isinstance(names, list) or not isinstance(remark, str):
            raise invalid({"fields": [_("Give “fields” as a list of names, “remark” as text.")]})
        if unknown := [str(n) for n in names if n not in known]:
            words = _("These fields can't be sealed: %s.") % ", ".join(unknown)[:200]
            raise invalid({"fields": [words]})
        return names, remark

    def _told(self, row: Record, opened: Opened | None) -> dict[str, Any]:
        fields = self.entity.fields(self.actor)
        names = readable_names(row, sealed_names(row), fields)
        values = contents.read(self.actor, opened, row, names) if opened and names else None
        return {"names": names, "values": values}
