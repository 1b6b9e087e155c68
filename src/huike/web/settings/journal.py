"""The journal on screen: filtered, paged by key, checked, and a place to undo from."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.kernel.change.models import Change, Entry
from huike.kernel.entity.entity import entities
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queries import job_state
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records.undo import can_undo
from huike.staff import auditing
from huike.staff.models import User
from huike.staff.rights.naming import action_words
from huike.web.rendering import actor_of, go, is_part, render, tell
from huike.web.settings.allowed import administrators, number

FILTERS = ("person", "record", "key", "kind", "first", "last")
PAGE = 100


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """Show a page of changes."""
    given, actor = request.GET, actor_of(request)
    if "checked" in given and is_part(request):
        return render(request, "web/settings/journal_check.html", checked=_checked(request))
    asked = auditing.Asked(
        user_id=number(given.get("person")),
        record=given.get("record", ""),
        record_id=number(given.get("key")),
        kind=given["kind"] if given.get("kind") in Entry.Kind.values else "",
        first=_day(given.get("first")),
        last=_day(given.get("last")),
        before=number(given.get("before")),
    )
    lines, rest = auditing.journal(actor, asked)
    kept = {name: given[name] for name in FILTERS if given.get(name)}
    return render(
        request,
        "web/settings/journal.html",
        part="web/settings/journal_rows.html",
        lines=lines,
        asked=kept,
        people=User.objects.order_by("name"),
        records=[*((e.model.label(), e.one) for e in entities()), *_set_up()],
        kinds=Entry.Kind.choices,
        more=urlencode({**kept, "before": rest}) if rest else "",
        checked=_checked(request),
    )


def _set_up() -> list[tuple[str, str]]:
    return [
        ("staff.user", _("Person")),
        ("kernel.role", _("Role")),
        ("kernel.customfield", _("Custom field")),
    ]


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _checked(request: HttpRequest) -> object:
    """Return the newest check of the chain, if any."""
    found = Job.objects.filter(name="staff.check_journal").order_by("-pk").first()
    return job_state(actor_of(request), found.pk) if found else None


@require_GET
@administrators
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change with all its entries, a page at a time."""
    done, actor = get_object_or_404(Change, pk=pk), actor_of(request)
    after = number(request.GET.get("after")) or 0
    entries = Entry.objects.filter(change=done, pk__gt=after).select_related("change")
    found = list(entries.order_by("pk")[: PAGE + 1])
    return render(
        request,
        "web/settings/change.html",
        part="web/settings/change_rows.html",
        done=done,
        action=action_words(done.action),
        entries=[shown for _entry, shown in auditing.told(actor, found[:PAGE])],
        next=found[PAGE - 1].pk if len(found) > PAGE else None,
        undoable=can_undo(actor, done.group),
        together=Change.objects.filter(group=done.group).count(),
    )


@require_POST
@administrators
def check(request: HttpRequest) -> HttpResponse:
    """Check the whole chain in the background."""
    enqueue(actor_of(request), "staff.check_journal", "one")
    tell(request, _("The check runs; its result appears here."))
    return go(request, "/settings/journal/")
