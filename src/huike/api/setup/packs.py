"""Industry packs by API: listed, read with what applying would do, applied and taken back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.house import require_wide
from huike.api.problems import invalid, not_found
from huike.api.records.once import once
from huike.api.records.view import ApiView, body_of
from huike.kernel.access.administrator import require_administrator
from huike.kernel.packs import applying
from huike.kernel.packs.applying import Told
from huike.kernel.packs.models import AppliedPack
from huike.kernel.packs.planning import Step, plan, removal
from huike.kernel.packs.reading import Pack, pack_called, packs


class PacksView(ApiView):
    """All packs, and which of them are in use."""

    operation = "packs"

    def get(self, request: Request) -> Response:
        require_wide(request)
        require_administrator(self.actor)
        used = {one.name: one for one in AppliedPack.objects.all()}
        listed = [_told(pack, used.get(pack.name)) for pack in packs()]
        return Response({"rows": listed, "next": None})


class PackView(ApiView):
    """One pack and what would be done; POST applies or renews it, DELETE takes it back."""

    operation = "pack"

    def get(self, request: Request, name: str) -> Response:
        require_wide(request)
        require_administrator(self.actor)
        pack, applied = _found(name)
        steps = [_step(one) for one in plan(pack)]
        back = [_step(one) for one in removal(applied)] if applied else []
        return Response({**_told(pack, applied), "steps": steps, "back": back})

    def post(self, request: Request, name: str) -> Response:
        require_wide(request, write=True)
        require_administrator(self.actor)
        pack, _applied = _found(name)
        body = body_of(request) if request.data else {}
        if body.keys() - {"sample"} or not isinstance(body.get("sample", False), bool):
            raise invalid({"sample": [_("Give true or false.")]})
        sample = bool(body.get("sample"))
        return once(request, lambda: _done(applying.apply(self.actor, pack, with_sample=sample)))

    def delete(self, request: Request, name: str) -> Response:
        require_wide(request, write=True)
        require_administrator(self.actor)
        _pack, applied = _found(name)
        if applied is None:
            raise not_found()
        return _done(applying.remove(self.actor, applied))


def _found(name: str) -> tuple[Pack, AppliedPack | None]:
    try:
        return pack_called(name), AppliedPack.objects.filter(name=name).first()
    except LookupError as error:
        raise not_found() from error


def _told(pack: Pack, applied: AppliedPack | None) -> dict[str, Any]:
    return {
        "name": pack.name,
        "label": pack.label,
        "summary": pack.summary,
        "version": pack.version,
        "applied": None if applied is None else applied.version,
        "applied_at": None if applied is None else applied.applied_at.isoformat(),
        "applied_by": "" if applied is None else applied.applied_by,
        "with_sample": applied is not None and applied.with_sample,
    }


def _step(step: Step) -> dict[str, str]:
    return {"kind": step.thing.name, "label": str(step.label), "what": step.what.value,
            "why": str(step.why)}  # fmt: skip


def _done(told: Told) -> Response:
    return Response({"counts": dict(told.counts), "kept": told.kept})
