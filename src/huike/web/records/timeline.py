"""The timeline of a record: more of it as one scrolls, and the composer that adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.channels.actions import log_interaction, party_of
from huike.channels.models import Interaction
from huike.channels.queries import CHANGES, SOURCES, Filters, filters_of, timeline
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.change.work import Work, change
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.writing import Refused, new_row, write
from huike.kernel.kinds.numbers import Whole
from huike.kernel.kinds.times import Day
from huike.kernel.sealing.arriving import keep_for
from huike.office.models import Task
from huike.web.records.loading import Open, context_of, open_row
from huike.web.rendering import go, is_part, render, tell

KINDS = ("note", "call", "visit", "meeting", "file")
TASK = "task"


@dataclass
class Composer:
    """The form above the timeline: what can be written, what was typed, what was wrong."""

    kinds: list[tuple[str, str, str]]
    typed: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def composer_of(opened: Open) -> Composer | None:
    """Return the composer, or None where the reader could not see what it adds."""
    actor = opened.actor
    if isinstance(opened.row, Interaction) or not may(actor, Interaction, Op.ADD):
        return None
    if party_of(opened.row) is None and not actor.is_unlimited:
        return None
    labels = dict(Interaction.Kind.choices)
    icons = {
        "note": "note",
        "call": "phone",
        "visit": "map-pin",
        "meeting": "users",
        "file": "paperclip",
    }
    kinds = [(kind, str(labels[kind]), icons[kind]) for kind in KINDS]
    if may(actor, Task, Op.ADD):
        kinds.append((TASK, str(Task._meta.verbose_name), "checkbox"))
    return Composer(kinds)


@require_GET
def more(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show a page of the timeline, of all kinds or one, of all people or one."""
    opened = open_row(request, entity, pk)
    return _lines(request, opened)


@require_POST
def compose(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Add what was written: a contact, a note, a file or a task."""
    opened = open_row(request, entity, pk)
    try:
        with change(opened.actor, "channels.compose") as work:
            said = (
                _task(request, opened)
                if request.POST.get("kind") == TASK
                else _log(request, opened)
            )
    except (ValidationError, Refused) as error:
        return _again(request, opened, error)
    return _added(request, opened, work, said)


def _log(request: HttpRequest, opened: Open) -> str:
    given = request.POST
    upload = request.FILES.get("file")
    kind = given.get("kind", "note")
    row = log_interaction(
        opened.actor,
        opened.row,
        kind=kind if kind in Interaction.Kind.values else "note",
        body=given.get("body", ""),
        place=given.get("place", "")[:200],
        minutes=Whole().parse(given.get("minutes", "")),
        follow_up_on=Day().parse(given.get("follow_up_on", "")),
        file=keep_for(opened.actor, opened.row, upload) if upload else None,
    )
    return _("%s was added to the timeline.") % row.get_kind_display()


def _task(request: HttpRequest, opened: Open) -> str:
    entity = entity_of(Task)
    fields = entity.fields(opened.actor)
    first, _line, rest = request.POST.get("body", "").strip().partition("\n")
    party = party_of(opened.row)
    given: dict[str, Any] = {"title": first[:200], "body": rest.strip()}
    given["due_on"] = request.POST.get("follow_up_on", "")
    if party is not None:
        given["party"] = party.pk
    write(opened.actor, entity, new_row(opened.actor, entity, fields), given, fields)
    return _("The task was added.")


def _added(request: HttpRequest, opened: Open, work: Work, said: str) -> HttpResponse:
    tell(request, said, undo=work.group)
    if not is_part(request):
        return go(request, f"{opened.address}#timeline")
    answer = _timeline(
        request, open_row(request, opened.entity, opened.row.pk), composer_of(opened)
    )
    answer.headers["HX-Trigger-After-Settle"] = "record-changed"
    return answer


def _again(request: HttpRequest, opened: Open, error: ValidationError | Refused) -> HttpResponse:
    """Show the composer again with all that was typed in it."""
    composer = composer_of(opened)
    if composer is not None:
        composer.typed = {k: str(v) for k, v in request.POST.items()}
        composer.errors = (
            error.messages
            if isinstance(error, ValidationError)
            else [text for texts in error.errors.values() for text in texts]
        )
    return _timeline(request, opened, composer, status=422)


def _timeline(
    request: HttpRequest, opened: Open, composer: Composer | None, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "web/records/timeline_page.html",
        part="web/records/timeline.html",
        status=status,
        **context_of(opened),
        timeline=timeline(opened.actor, opened.entity, opened.row, opened.fields),
        filters=filters_of(opened.actor, opened.row),
        kinds=dict(Interaction.Kind.choices),
        composer=composer,
    )


def _lines(request: HttpRequest, opened: Open) -> HttpResponse:
    kind, who = asked(request)
    after = request.GET.get("after", "")
    actor, fields = opened.actor, opened.fields
    page = timeline(actor, opened.entity, opened.row, fields, kind=kind, who=who, after=after)
    return render(
        request,
        "web/records/timeline_page.html",
        part="web/records/lines.html",
        **context_of(opened),
        timeline=page,
        filters=Filters() if after else filters_of(actor, opened.row),
        kinds=dict(Interaction.Kind.choices),
        kind=kind,
        who=who,
        composer=None if is_part(request) else composer_of(opened),
    )


def asked(request: HttpRequest) -> tuple[str, int | None]:
    """Return the kind and the person that the timeline is confined to, as far as they are any."""
    kind, who = request.GET.get("kind", ""), request.GET.get("who", "")
    known = kind in {*Interaction.Kind.values, CHANGES, *(source.name for source in SOURCES)}
    return kind if known else "", int(who) if who.isdigit() and len(who) < 19 else None
