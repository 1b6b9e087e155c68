"""Business verbs as buttons on a record's page, each with a form for what it asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.kernel.actor import Actor, FieldRight
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, Verb
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Errors, readable
from huike.kernel.jobs.queue import enqueue
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.view import ListView
from huike.ui.inputs import Input, input_of
from huike.web.records.loading import Open, context_of, open_row
from huike.web.rendering import go, render, tell


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, entity: Entity, pk: int, name: str) -> HttpResponse:
    """Ask for what the verb needs, or do it."""
    opened = open_row(request, entity, pk)
    verb = next((v for v in opened.verbs if v.name == name), None)
    if verb is None:
        raise Http404(_("This can't be done to the record now."))
    if request.method != "POST":
        return _ask(request, opened, verb)
    given, errors = _given(request, opened.actor, verb)
    if not errors and verb.is_slow:
        return _later(request, opened, verb, given)
    if not errors:
        try:
            with change(opened.actor, f"{opened.row.label()}.{name}") as work:
                verb.run(opened.actor, opened.row, **given)
        except ValidationError as error:
            errors = readable(error)
        else:
            tell(request, _("Done: %s.") % verb.label, undo=work.group)
            return go(request, request.POST.get("next") or opened.address)
    return _ask(request, opened, verb, errors)


def _later(request: HttpRequest, opened: Open, verb: Verb, given: dict[str, Any]) -> HttpResponse:
    """Let a job do it, and show how far that is; what can be refused at once is."""
    try:
        if verb.check is not None:
            verb.check(opened.actor, opened.row, **given)
    except ValidationError as error:
        return _ask(request, opened, verb, readable(error))
    selection = Selection(ListView(opened.entity), (opened.row.pk,))
    act = Do(verb.name, {name: request.POST.get(name, "") for name in verb.asks}).as_json()
    job = enqueue(opened.actor, "lists.act", selection=selection.as_json(), act=act)
    back = urlencode({"back": opened.address})
    return go(request, f"/{opened.entity.key}/act/jobs/{job.pk}/?{back}")


def _fields(verb: Verb) -> list[Field]:
    return [
        Field(name, str(verb.labels.get(name, name)), kind, FieldRight.WRITE)
        for name, kind in verb.asks.items()
    ]


def _given(request: HttpRequest, actor: Actor, verb: Verb) -> tuple[dict[str, Any], Errors]:
    given: dict[str, Any] = {}
    errors: Errors = {}
    for name, kind in verb.asks.items():
        several = kind.name in {"links", "choices"}
        try:
            given[name] = kind.read_by(actor).parse(
                request.POST.getlist(name) if several else request.POST.get(name, "")
            )
        except ValidationError as error:
            errors[name] = error.messages
    return given, errors


def _ask(
    request: HttpRequest, opened: Open, verb: Verb, errors: Errors | None = None
) -> HttpResponse:
    empty = opened.entity.model()
    controls: list[Input] = [
        input_of(
            opened.actor,
            f,
            empty,
            (errors or {}).get(f.name, ()),
            request.POST.getlist(f.name) if request.method == "POST" else None,
            "v-",
        )
        for f in _fields(verb)
    ]
    return render(
        request,
        "web/records/verb_page.html",
        part="web/records/verb.html",
        status=422 if errors else 200,
        **context_of(opened),
        verb=verb,
        controls=controls,
        errors=errors or {},
    )
