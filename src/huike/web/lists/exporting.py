"""Exports a view: a small one is answered at once, a large one is written in the background."""

from __future__ import annotations

import tempfile
from typing import IO
from urllib.parse import parse_qsl

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from huike.kernel import files
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.jobs.queries import job_state
from huike.kernel.jobs.queue import enqueue
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.counting import count
from huike.kernel.lists.exporting import (
    content_type_of,
    ending_of,
    exported,
    kinds_for,
    output_of,
    write_file,
)
from huike.kernel.lists.paging import ordered
from huike.web.lists.state import State, read
from huike.web.rendering import actor_of, go

AT_ONCE = 5_000


def export(request: HttpRequest, entity: Entity) -> HttpResponseBase:
    """Give the view as a file; with POST only the chosen rows of it."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind", "csv")
    slow = output_of(entity, kind) is not None
    if kind not in kinds_for(entity) and not slow:
        raise Http404(kind)
    params = given.dict() if request.method != "POST" else dict(parse_qsl(given.get("view", "")))
    state = read(actor, entity, params)
    keys = [int(k) for k in given.getlist("key") if k.isdigit()]
    everything = request.method != "POST" or bool(given.get("everything"))
    selection = Selection(state.view, None if everything else tuple(keys))
    rows = exported(actor, entity, selection.rows(actor))
    number, _exact = count(rows)
    if number > AT_ONCE or slow:
        job = enqueue(actor, "lists.export", selection=selection.as_json(), kind=kind)
        return go(request, f"/{entity.key}/act/jobs/{job.pk}/")
    return _now(actor, entity, state, selection, kind)


def _now(
    actor: Actor, entity: Entity, state: State, selection: Selection, kind: str
) -> FileResponse:
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    rows = ordered(state.view, exported(actor, entity, selection.rows(actor)), state.fields)
    write_file(actor, entity, rows, state.view.shown(state.fields), kind, out)
    out.seek(0)
    return _download(out, entity, kind)


def _download(out: IO[bytes], entity: Entity, kind: str) -> FileResponse:
    name = f"{entity.label}-{timezone.localdate():%Y%m%d}.{ending_of(entity, kind)}"
    content_type = content_type_of(entity, kind)
    return FileResponse(out, as_attachment=True, filename=name, content_type=content_type)


@require_safe
def fetch(request: HttpRequest, entity: Entity, job: int) -> HttpResponseBase:
    """Give the file that a background export has written, to the one who asked for it."""
    state = job_state(actor_of(request), job)
    made = state.result if state.state == "done" and state.name == "lists.export" else None
    if not made or made["entity"] != entity.key:
        raise Http404(job)
    path = files.root() / "exports" / made["file"]
    if not path.is_file():
        raise Http404(job)
    return _download(path.open("rb"), entity, made["kind"])
