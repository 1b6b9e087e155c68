"""Industry packs on screen: which there are, what each would change, applied and taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huike.kernel.entity.entity import entities
from huike.kernel.packs import applying
from huike.kernel.packs.models import AppliedPack, PackEvent
from huike.kernel.packs.planning import Step, What, plan, removal
from huike.kernel.packs.reading import Pack, pack_called, packs
from huike.web.rendering import actor_of, go, render, tell
from huike.web.settings.allowed import administrators

HERE = "/settings/packs/"


@dataclass(frozen=True)
class Shelf:
    """One pack as the list shows it."""

    pack: Pack
    applied: AppliedPack | None
    counts: list[tuple[str, int]]

    @property
    def is_newer(self) -> bool:
        return self.applied is not None and self.applied.version < self.pack.version


@require_GET
@administrators
def show(request: HttpRequest) -> HttpResponse:
    """List the packs with what they hold, and what was done with them."""
    used = {one.name: one for one in AppliedPack.objects.all()}
    shelves = [Shelf(pack, used.get(pack.name), _counts(pack)) for pack in packs()]
    events = PackEvent.objects.all()[:20]
    undoes = undoable(PackEvent.objects.all())
    return render(request, "web/packs/packs.html", shelves=shelves, events=events, undoes=undoes)


@require_GET
@administrators
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show what applying or taking back a pack would change."""
    pack = _pack(name)
    applied = AppliedPack.objects.filter(name=name).first()
    return render(
        request,
        "web/packs/pack.html",
        pack=pack,
        applied=applied,
        steps=_by_what(plan(pack)),
        back=_by_what(removal(applied)) if applied else [],
        events=PackEvent.objects.filter(name=name)[:20],
        undoes=undoable(PackEvent.objects.filter(name=name)),
        named={e.model.label(): e.label for e in entities()},
    )


@require_POST
@administrators
def apply(request: HttpRequest, name: str) -> HttpResponse:
    """Apply a pack, or renew it."""
    try:
        told = applying.apply(actor_of(request), _pack(name), with_sample="sample" in request.POST)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, f"{HERE}{name}/")
    said = _("Done: %(made)s made, %(changed)s renewed, %(kept)s kept.")
    counts = {"made": told.counts["make"], "changed": told.counts["change"], "kept": len(told.kept)}
    tell(request, said % counts)
    return go(request, f"{HERE}{name}/")


@require_POST
@administrators
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a pack back."""
    applied = AppliedPack.objects.filter(name=name).first()
    if applied is None:
        raise Http404
    told = applying.remove(actor_of(request), applied)
    said = _("Taken back: %(gone)s. Kept, because they are in use or changed: %(kept)s.")
    gone = told.counts["remove"] + told.counts["sample"]
    tell(request, said % {"gone": gone, "kept": len(told.kept)})
    return go(request, f"{HERE}{name}/")


def undoable(events: QuerySet[PackEvent]) -> set[int]:
    """Return which applications can be undone: those after which nothing was done to the pack.

    Undoing is taking back: what holds values by now, or was changed, stays and is told.
    """
    newest: dict[str, PackEvent] = {}
    for event in events.order_by("at", "pk"):
        newest[event.name] = event
    return {e.pk for e in newest.values() if e.what == PackEvent.What.APPLIED}


def _pack(name: str) -> Pack:
    try:
        return pack_called(name)
    except LookupError as error:
        raise Http404(str(error)) from error


def _counts(pack: Pack) -> list[tuple[str, int]]:
    told = {
        "fields": _("fields"),
        "layouts": _("layouts"),
        "views": _("views"),
        "rules": _("rules"),
    }
    found = [(text, len(pack.part(name))) for name, text in told.items()]
    rows = sum(len(one.get("rows", [])) for one in pack.part("records"))
    return [(text, count) for text, count in [*found, (_("categories and tags"), rows)] if count]


def _by_what(steps: list[Step]) -> list[tuple[What, list[Step]]]:
    """Return the steps by what happens, the weighty first."""
    many = Counter(step.what for step in steps)
    return [(what, [s for s in steps if s.what is what]) for what in What if many[what]]
