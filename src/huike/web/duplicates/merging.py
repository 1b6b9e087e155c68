"""The merge page: two customers side by side, the differing fields first, a click chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huike.customers.duplicates.merges import merge
from huike.customers.duplicates.models import DuplicatePair
from huike.customers.duplicates.suggesting import better, differs, mergeable, suggested
from huike.customers.duplicates.wording import against, reasons, sure
from huike.customers.models import Party
from huike.kernel.access.scope import may, require
from huike.kernel.actor import Actor, FieldRight, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Section, entity_of, has_entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Links
from huike.kernel.records.merging.merge import what_points_at
from huike.kernel.records.record import Record
from huike.ui.inputs import input_of
from huike.web.records.loading import Open, open_row
from huike.web.rendering import go, is_part, render, tell


@dataclass(frozen=True)
class Line:
    """One field of the two: as each has it, and which one is suggested."""

    field: Field
    mine: str
    theirs: str
    differs: bool
    can_choose: bool
    takes: bool  # the loser's value is suggested, or was chosen
    adds: bool  # several values: those of the loser are added


@require_safe
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the two of a pair, the one that should stay on the left."""
    opened = open_row(request, entity_of(DuplicatePair), pk)
    row = cast(DuplicatePair, opened.row)
    winner, loser = better(row.one, row.other)
    if is_part(request):
        return go(request, f"/customers/duplicatepair/{pk}/")
    return _page(request, _opened(request, winner.pk), _opened(request, loser.pk), row)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask with whom a customer is to be merged."""
    opened = _opened(request, pk)
    require(opened.actor, Op.EDIT, opened.row)
    wrong = ""
    if request.method == "POST":
        other = request.POST.get("loser", "")
        if other.isdigit() and int(other) != pk:
            return go(request, f"/customers/party/{pk}/merge/{other}/")
        wrong = _("Choose another customer.")
    verb = opened.entity.verb("merge")
    assert verb is not None
    kind = verb.asks["loser"].read_by(opened.actor)
    asked = Field("loser", _("Who is the same?"), kind, FieldRight.WRITE)
    control = input_of(opened.actor, asked, Party(), [wrong] if wrong else (), None, "m-")
    return render(
        request,
        "web/duplicates/choose_page.html",
        part="web/duplicates/choose.html",
        status=422 if wrong else 200,
        open=opened,
        row=opened.row,
        control=control,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Show `other` beside the customer it would be merged into, or merge it."""
    if pk == other:
        raise Http404(_("A customer can't be merged with itself."))
    winner, loser = _opened(request, pk), _opened(request, other)
    if request.method != "POST":
        return _page(request, winner, loser, _pair_of(pk, other))
    return _merge(request, winner, loser)


def _merge(request: HttpRequest, winner: Open, loser: Open) -> HttpResponse:
    actor = winner.actor
    take = [name for name in mergeable(actor) if request.POST.get(f"take.{name}") == "theirs"]
    try:
        with change(actor, "customers.merge") as work:
            made = merge(actor, _party(winner), _party(loser), take, request.POST.get("why", ""))
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
        return go(request, f"/customers/party/{winner.row.pk}/")
    told = _("“%(loser)s” was merged into “%(winner)s”; %(n)s rows moved.")
    names = {"loser": loser.title, "winner": winner.title, "n": made.rows}
    tell(request, told % names, undo=work.group)
    return go(request, request.POST.get("next") or f"/customers/party/{winner.row.pk}/")


def _page(
    request: HttpRequest, winner: Open, loser: Open, row: DuplicatePair | None
) -> HttpResponse:
    actor = winner.actor
    likeness = row.likeness if row is not None else {}
    lines = _lines(actor, winner, loser)
    merged = row is not None and row.state == DuplicatePair.State.MERGED
    return render(
        request,
        "web/duplicates/merge.html",
        winner=winner,
        loser=loser,
        pair=row,
        reasons=reasons(likeness),
        against=against(likeness),
        lines=sorted((line for line in lines if line.differs), key=_urgency),
        same=[line for line in lines if not line.differs and line.mine],
        moved=moved(actor, loser),
        refused=_refusal(winner, loser),
        merged=merged,
        sure=sure,
    )


def moved(actor: Actor, loser: Open) -> list[tuple[str, int]]:
    """Return what would move, counted by the names that the reader may know."""
    found: dict[str, int] = {}
    for label, number in what_points_at(loser.row).items():
        model = apps.get_model(label)
        known = issubclass(model, Record) and has_entity(model) and may(actor, model, Op.VIEW)
        name = capfirst(str(model._meta.verbose_name_plural)) if known else _("Other rows")
        found[name] = found.get(name, 0) + number
    return sorted(found.items(), key=lambda counted: -counted[1])


def _lines(actor: Actor, winner: Open, loser: Open) -> list[Line]:
    """Return every field of the form, in its order, as far as the reader may know of it."""
    one, other = _party(winner), _party(loser)
    choosable, wanted = mergeable(actor), set(suggested(actor, one, other))
    found = []
    for f in _in_order(winner):
        mine, theirs = f.text(one), f.text(other)
        can, adds = f.name in choosable, isinstance(f.kind, Links)
        unlike = differs(f, one, other) if can else mine != theirs
        if adds and can:
            unlike = f.name in wanted
        found.append(Line(f, mine, theirs, unlike, can, f.name in wanted, adds))
    return found


def _urgency(line: Line) -> int:
    """Put first what really has to be chosen, last what only the one that stays has."""
    if line.mine and line.theirs:
        return 0
    return 1 if line.theirs else 2


def _in_order(opened: Open) -> list[Field]:
    sections: Sequence[Section] = opened.entity.form
    names = dict.fromkeys(name for section in sections for name in section.fields)
    fixed = [opened.fields[name] for name in names if name in opened.fields]
    custom = [f for f in opened.fields.values() if f.is_custom]
    return [f for f in (*fixed, *custom) if f.compute is None]


def _refusal(winner: Open, loser: Open) -> str:
    """Say why the reader can't merge the two, or nothing."""
    one, other = _party(winner), _party(loser)
    if not (winner.may_edit and loser.may_edit and loser.may_bin):
        return _("To merge them you must be allowed to edit both and to bin the second.")
    if one.is_locked or other.is_locked:
        return _("One of the two is locked. Unlock it first.")
    if one.sealed or other.sealed:
        return _("One of the two has sealed fields. Take off the seal first.")
    return ""


def _opened(request: HttpRequest, pk: int) -> Open:
    return open_row(request, entity_of(Party), pk)


def _party(opened: Open) -> Party:
    return cast(Party, opened.row)


def _pair_of(one: int, other: int) -> DuplicatePair | None:
    low, high = sorted((one, other))
    found: DuplicatePair | None = DuplicatePair.objects.filter(one=low, other=high).first()
    return found
