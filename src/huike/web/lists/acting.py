"""Acting on chosen rows: ask what is to be done, show what will change, do it, tell how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Refused
from huike.kernel.jobs.queries import job_state
from huike.kernel.jobs.queue import enqueue
from huike.kernel.kinds.choices import Choices
from huike.kernel.kinds.links import File, Links
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.selection import MOST_TICKED, Selection
from huike.kernel.lists.acting.verb_act import act_from, needed
from huike.kernel.lists.counting import count
from huike.ui.inputs import input_of
from huike.web.lists.state import view_from
from huike.web.rendering import actor_of, go, is_part, render, tell


@require_POST
def ask(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Ask for what an act needs to know; one that needs nothing goes straight to the preview."""
    actor = actor_of(request)
    act = _asked(request.POST)
    require_any(actor, entity.model, needed(entity, act))
    selection = chosen(request, entity)
    if act["act"] == "bin" or (act["act"] == "verb" and not _asks(entity, act["verb_name"])):
        return _preview(request, actor, selection, act)
    return _form(request, actor, selection, act)


@require_POST
def preview(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Show how many rows will change, and the first of them before and after."""
    actor, selection = actor_of(request), chosen(request, entity)
    return _preview(request, actor, selection, _given(request, entity, _asked(request.POST)))


@require_POST
def run(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Do it: a few rows at once, many in the background."""
    actor, selection = actor_of(request), chosen(request, entity)
    given = _given(request, entity, _asked(request.POST))
    require_any(actor, entity.model, needed(entity, given))
    number, _exact = count(selection.rows(actor))
    try:
        if number > bulk.AT_ONCE or _is_slow(entity, given):
            bulk.prepare(actor, selection, act_from(given))
            job = enqueue(actor, "lists.act", selection=selection.as_json(), act=given)
            return _job(request, entity, job.pk, back=_back(selection))
        outcome = bulk.run(actor, selection, act_from(given))
    except Refused as refused:
        return _form(request, actor, selection, given, refused.errors)
    tell(request, summary(outcome), undo=outcome.group if outcome.changed else None)
    return go(request, _back(selection))


@require_safe
def progress(request: HttpRequest, entity: Entity, job: int) -> HttpResponse:
    """Show how far a background act is."""
    back = request.GET.get("back", "")
    return _job(request, entity, job, back if back.startswith(f"/{entity.key}/") else "")


def _job(request: HttpRequest, entity: Entity, pk: int, back: str) -> HttpResponse:
    state = job_state(actor_of(request), pk)
    is_act = state.name == "lists.act" and state.state == "done"
    outcome = bulk.Outcome.from_json(state.result) if is_act else None
    if outcome is not None and is_part(request):
        tell(request, summary(outcome), undo=outcome.group if outcome.changed else None)
    return render(
        request,
        "web/lists/job.html",
        part="web/lists/job_part.html",
        entity=entity,
        job=state,
        outcome=outcome,
        words=summary(outcome) if outcome else "",
        back=back or f"/{entity.key}/",
    )


def chosen(request: HttpRequest, entity: Entity) -> Selection:
    """Return the rows that the form names: ticked keys, or everything in its view."""
    view = view_from(entity, request.POST.get("view", ""))
    if request.POST.get("everything"):
        return Selection(view)
    keys = [int(key) for key in request.POST.getlist("key") if key.isdigit()]
    return Selection(view, tuple(dict.fromkeys(keys))[:MOST_TICKED])


def summary(outcome: bulk.Outcome) -> str:
    """Say in a sentence what was done."""
    n = outcome.changed
    said = [ngettext("%(n)s record changed.", "%(n)s records changed.", n) % {"n": n}]
    if outcome.unchanged:
        said.append(_("%s were so already.") % outcome.unchanged)
    if outcome.refused:
        said.append(_("%s could not be changed.") % outcome.refused)
    if outcome.out_of_reach:
        said.append(_("%s are out of your reach.") % outcome.out_of_reach)
    return " ".join(said)


def _asked(post: QueryDict) -> dict[str, Any]:
    """Return the act's name and, for a verb, which: a button says "verb:finish"."""
    name, _colon, verb = post.get("act", "").partition(":")
    if name == "verb":
        return {"act": "verb", "verb_name": verb or post.get("verb_name", "")}
    if name == "tags":
        return {"act": "edit", "field_name": "tags", "how": post.get("how", "add")}
    if name == "edit":
        how = post.get("how", "set")
        return {"act": "edit", "field_name": post.get("field_name", ""), "how": how}
    return {"act": name}


def _given(request: HttpRequest, entity: Entity, act: dict[str, Any]) -> dict[str, Any]:
    """Add the values of the form to the act."""
    post = request.POST
    if act["act"] == "edit":
        name = act["field_name"]
        act["given"] = _value(post, entity.fields(actor_of(request)).get(name), name)
    elif act["act"] == "transfer":
        act |= {"owner": post.get("owner", ""), "department": post.get("department") or None}
        act["note"] = post.get("note", "").strip()[:2000]
    elif act["act"] == "verb":
        asks = _asks(entity, act["verb_name"])
        act["given"] = {name: post.get(f"ask.{name}", "") for name in asks}
    return act


def _value(post: QueryDict, field: Field | None, name: str) -> Any:
    if field is not None and isinstance(field.kind, Links | Choices):
        return post.getlist(name)
    if field is not None and field.kind.name == "yes_no":
        return bool(post.get(name))
    return post.get(name, "")


def _is_slow(entity: Entity, act: dict[str, Any]) -> bool:
    verb = entity.verb(act.get("verb_name", ""))
    return verb is not None and verb.is_slow


def _asks(entity: Entity, verb_name: str) -> Mapping[str, Any]:
    verb = entity.verb(verb_name)
    return verb.asks if verb is not None else {}


def _form(
    request: HttpRequest,
    actor: Actor,
    selection: Selection,
    act: dict[str, Any],
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """Show the form of an act, with what was wrong beside its control."""
    entity, wrong = selection.entity, dict(errors or {})
    fields = entity.fields(actor)
    row = entity.model()
    wanted = {"edit": [act.get("field_name", "")], "transfer": ["owner", "department"]}
    names = [n for n in wanted.get(act["act"], []) if n in fields and fields[n].is_writable]
    verb = entity.verb(act.get("verb_name", "")) if act["act"] == "verb" else None
    inputs = [input_of(actor, fields[n], row, wrong.pop(n, ()), prefix="act-") for n in names]
    return render(
        request,
        "web/lists/act.html",
        part="web/lists/act_part.html",
        status=422 if errors else 200,
        entity=entity,
        selection=selection,
        number=count(selection.rows(actor)),
        act=act,
        inputs=inputs,
        verb=verb,
        wrong=[text for texts in wrong.values() for text in texts],
        writable=[f for f in fields.values() if f.is_writable and not isinstance(f.kind, File)],
        hows=_hows(fields.get(act.get("field_name", ""))),
        back=_back(selection),
    )


def _hows(field: Field | None) -> list[tuple[str, str]]:
    if field is None or not isinstance(field.kind, Links | Choices):
        return []
    return [("add", _("Add")), ("remove", _("Remove")), ("set", _("Replace all by"))]


def _preview(
    request: HttpRequest, actor: Actor, selection: Selection, given: dict[str, Any]
) -> HttpResponse:
    require_any(actor, selection.entity.model, needed(selection.entity, given))
    try:
        act = act_from(given)
        outcome = bulk.preview(actor, selection, act)
    except Refused as refused:
        return _form(request, actor, selection, given, refused.errors)
    except ValidationError as error:
        return _form(request, actor, selection, given, {"": error.messages})
    return render(
        request,
        "web/lists/preview.html",
        part="web/lists/preview_part.html",
        entity=selection.entity,
        selection=selection,
        act=given,
        words=act.words(),
        outcome=outcome,
        in_background=outcome.chosen > bulk.AT_ONCE,
        hidden=_hidden(given),
        can_undo=may(actor, selection.entity.model, Op.EDIT),
        back=_back(selection),
    )


def _hidden(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the act as hidden inputs of the form that does it."""
    name = given["act"]
    if name == "verb":
        told = [("act", "verb"), ("verb_name", given["verb_name"])]
        return told + [(f"ask.{k}", str(v)) for k, v in given.get("given", {}).items()]
    if name == "edit":
        value = given["given"]
        values = value if isinstance(value, list) else ([] if value is False else [value])
        told = [("act", "edit"), ("field_name", given["field_name"]), ("how", given["how"])]
        return told + [(given["field_name"], "1" if v is True else str(v)) for v in values]
    return [(key, str(value)) for key, value in given.items() if value is not None]


def _back(selection: Selection) -> str:
    return f"/{selection.entity.key}/?{selection.view.query(after='')}"
