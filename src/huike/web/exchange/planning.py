"""The page on which a file's columns are pointed at what they fill, tried and brought in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huike.kernel.actor import Actor
from huike.kernel.entity.titles import title
from huike.kernel.exchange.importing import starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.incoming.looking import MADE, Look
from huike.kernel.exchange.importing.models import ImportRun
from huike.kernel.exchange.importing.plan import BOTH, CREATE, NEW, UPDATE, Column, Plan, Reading
from huike.kernel.exchange.importing.recipes import Recipe, recipes
from huike.kernel.exchange.importing.targets import Filled
from huike.kernel.exchange.matching import Match
from huike.kernel.exchange.messages import UnreadableFile
from huike.kernel.exchange.profiles import ColumnProfile
from huike.kernel.jobs.queries import job_state
from huike.kernel.kinds.links import Link
from huike.ui.inputs import linkable
from huike.web.exchange.pages import report_of, show_run
from huike.web.rendering import actor_of, go, render

ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "cp1252")
SEPARATORS = {",": ",", ";": ";", "\t": "Tab", "|": "|"}


@dataclass(frozen=True)
class Pointed:
    """One column on the page."""

    at: int
    profile: ColumnProfile
    match: Match
    column: Column

    @property
    def percent(self) -> int:
        return round(self.match.confidence * 100)

    @property
    def made(self) -> str:
        return NEW + MADE.get(self.profile.kind, "text")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an import: while it has not begun, what is to be chosen for it."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    if run.state != ImportRun.State.DRAFT:
        return show_run(request, actor, run)
    given = request.POST if request.method == "POST" else QueryDict()
    try:
        return _draft(request, actor, run, given)
    except UnreadableFile as error:
        if not given:
            raise PermissionDenied(error.message.text(_)) from error
        return _draft(request, actor, run, QueryDict(), error.message.text(_))


def _draft(
    request: HttpRequest, actor: Actor, run: ImportRun, given: QueryDict, wrong: str = ""
) -> HttpResponse:
    kept = Plan.from_json(run.plan)
    reading = _reading(given) if given else kept.reading
    look = looking.look_at(run, reading)
    recipe = _recipe(actor, run, given)
    plan = _plan(actor, recipe, look, kept, given)
    does = given.get("do", "")
    if does in {"try", "go"}:
        try:
            starting.settle(actor, run, recipe, plan)
            if does == "go":
                starting.start(actor, run)
            else:
                starting.rehearse(actor, run)
            return go(request, f"/import/{run.pk}/")
        except ValidationError as error:
            wrong = " ".join(error.messages)
    return _show(request, actor, run, recipe, look, plan, wrong)


def _reading(given: QueryDict) -> Reading:
    header = given.get("header", "")
    return Reading(
        given.get("encoding") or None,
        given.get("separator") or None,
        given.get("sheet") or None,
        None if not header else header != "no",
        int(line) if (line := given.get("header_line", "")).isdigit() else None,
    )


def _recipe(actor: Actor, run: ImportRun, given: QueryDict) -> Recipe:
    allowed = {recipe.key: recipe for recipe in recipes(actor)}
    if not allowed:
        raise PermissionDenied(_("You may not import anything."))
    wanted = given.get("recipe") or run.recipe
    return allowed.get(wanted) or next(iter(allowed.values()))


def _plan(actor: Actor, recipe: Recipe, look: Look, kept: Plan, given: QueryDict) -> Plan:
    """Return what was chosen on the page, else what was kept, else what the file suggests."""
    same = given.get("was") == recipe.key and given.get("read") == "|".join(look.header)
    if not given and [c.name for c in kept.columns] == look.header:
        return kept
    suggested = looking.plan_for(actor, recipe, look)
    if not same:
        return suggested
    columns, left_out = [], []
    for at, column in enumerate(suggested.columns):
        target = given.get(f"column-{at}", "")
        order, decimal = given.get(f"order-{at}"), given.get(f"decimal-{at}")
        if column.target and not target:
            left_out.append(column.name)
        columns.append(
            replace(
                column,
                target=target,
                order=order if order in {"mdy", "dmy"} else column.order,
                decimal=decimal if decimal in {".", ","} else column.decimal,
            )
        )
    allowed = set(recipe.matchable(actor))
    return Plan(
        reading=look.reading,
        columns=tuple(columns),
        mode=given.get("mode") if given.get("mode") in {BOTH, CREATE, UPDATE} else BOTH,  # type: ignore[arg-type]
        match=tuple(name for name in given.getlist("match") if name in allowed),
        owner=_owner(actor, recipe, given.get("owner", "")),
        extra={"left_out": left_out},
    )


def _owner(actor: Actor, recipe: Recipe, given: str) -> int | None:
    if not given.isdigit() or int(given) not in {pk for pk, _name in owners(actor, recipe)}:
        return None
    return int(given)


def owners(actor: Actor, recipe: Recipe) -> list[tuple[int, str]]:
    """Return who may own what is brought in."""
    field = recipe.entity.fields(actor).get("owner")
    if field is None or not field.is_writable or not isinstance(field.kind, Link):
        return []
    return [(row.pk, title(actor, row)) for row in linkable(actor, field.kind)]


def _show(
    request: HttpRequest,
    actor: Actor,
    run: ImportRun,
    recipe: Recipe,
    look: Look,
    plan: Plan,
    wrong: str,
) -> HttpResponse:
    found = looking.match(actor, recipe, look)
    columns = [
        Pointed(at, profile, match, column)
        for at, (profile, match, column) in enumerate(
            zip(look.profiles, found, plan.columns, strict=True)
        )
    ]
    offered = recipe.offered(actor)
    filled = plan.targets
    trial = job_state(actor, run.trial_id) if run.trial_id else None
    fields = recipe.entity.fields(actor)
    return render(
        request,
        "web/exchange/plan.html",
        status=422 if wrong else 200,
        run=run,
        look=look,
        recipe=recipe,
        recipes=recipes(actor),
        columns=columns,
        groups=_grouped(offered),
        matchable=[(name, fields[name].label) for name in recipe.matchable(actor)],
        missing=recipe.missing(actor, filled),
        plan=plan,
        owners=owners(actor, recipe),
        encodings=dict.fromkeys((look.reading.encoding or "", *ENCODINGS)),
        separators={**SEPARATORS, **_own(look.reading.separator)},
        warnings=[warning.text(_) for warning in look.warnings],
        wrong=wrong,
        trial=trial,
        report=report_of(trial.result) if trial and trial.result else [],
        modes={
            BOTH: _("Add new ones, change those found"),
            CREATE: _("Only add new ones"),
            UPDATE: _("Only change those found"),
        },
    )


def _own(separator: str | None) -> dict[str, str]:
    return {separator: separator} if separator and separator not in SEPARATORS else {}


def _grouped(offered: list[Filled]) -> dict[str, list[Filled]]:
    groups: dict[str, list[Filled]] = {}
    for filled in offered:
        groups.setdefault(filled.group, []).append(filled)
    return groups
