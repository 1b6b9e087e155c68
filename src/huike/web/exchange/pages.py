"""The start page of imports, and a running or finished import: progress, stop, go on, undo."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing import starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.exchange.importing.recipes import recipe_called, recipes
from huike.kernel.exchange.messages import UnreadableFile
from huike.kernel.jobs.queries import JobState, job_state
from huike.kernel.jobs.queue import again, cancel
from huike.web.rendering import actor_of, go, render, tell

SHOWN = 50
Report = list[tuple[str, Any]]


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Show where a file is dropped, and the imports so far; or take the file."""
    actor = actor_of(request)
    if not recipes(actor):
        raise PermissionDenied(_("You may not import anything."))
    wrong = ""
    if request.method == "POST":
        try:
            return go(request, f"/import/{_taken(request, actor).pk}/")
        except ValidationError as error:
            wrong = " ".join(error.messages)
        except UnreadableFile as error:
            wrong = error.message.text(_)
    return render(
        request,
        "web/exchange/start.html",
        status=422 if wrong else 200,
        wrong=wrong,
        runs=uploads.own_runs(actor)[:SHOWN],
        labels={recipe.key: recipe.label for recipe in recipes(actor)},
    )


def _taken(request: HttpRequest, actor: Actor) -> ImportRun:
    """Keep the uploaded file and look at it; one that can't be read is not kept."""
    upload = request.FILES.get("file")
    if upload is None:
        raise ValidationError(_("Choose a file first."))
    run = uploads.keep(actor, upload.name or "", upload.chunks())
    try:
        look = looking.look_at(run)
    except UnreadableFile:
        uploads.drop(run)
        run.delete()
        raise
    recipe = looking.guess_recipe(actor, look)
    if recipe is not None:
        run.recipe = recipe.key
        run.save(update_fields=["recipe"])
    return run


def show_run(request: HttpRequest, actor: Actor, run: ImportRun) -> HttpResponse:
    """Show an import that has begun: how far it is, or how it ended."""
    job = job_of(actor, run)
    return render(
        request,
        "web/exchange/run.html",
        part="web/exchange/run_part.html",
        run=run,
        job=job,
        label=label_of(run),
        report=report_of(run.totals),
        bad=BadRow.objects.filter(run=run)[:SHOWN],
        columns=[column["name"] for column in run.plan.get("columns", ())],
        may_undo=starting.may_undo(actor, run),
        loaded=loaded_at(actor, run),
    )


def job_of(actor: Actor, run: ImportRun) -> JobState | None:
    """Return the job that works on an import now, or did last."""
    pk = run.undo_id or run.job_id
    return job_state(actor, pk) if pk else None


def label_of(run: ImportRun) -> str:
    try:
        return recipe_called(run.recipe).label
    except ValidationError:
        return run.recipe


def loaded_at(actor: Actor, run: ImportRun) -> str:
    """Return where what was brought in can be looked at, the newest first; "" where it can't."""
    entity = next((recipe.entity for recipe in recipes(actor) if recipe.key == run.recipe), None)
    if entity is None or "created_at" not in entity.fields(actor):
        return ""
    return f"/{entity.key}/?sort=-created_at"


def report_of(totals: dict[str, Any]) -> Report:
    """Return counts and sums in words, those that are nothing left out."""
    words = {
        "rows": _("rows read"),
        "created": _("newly added"),
        "updated": _("updated"),
        "restored": _("brought back from the bin"),
        "unchanged": _("as they were"),
        "skipped": _("there already, left as they are"),
        "rejected": _("rows not taken"),
        "doubtful": _("may be in the file already"),
        "contacts": _("contacts added"),
        "lines": _("order lines"),
        "lines_skipped": _("order lines left as they are"),
        "customers_created": _("customers created"),
        "customers_restored": _("customers brought back from the bin"),
        "products_created": _("products created"),
        "products_restored": _("products brought back from the bin"),
        "customer_less": _("order lines without a customer"),
        "customer_less_orders": _("orders without a customer"),
        "amount": _("sum of the orders"),
        "amount_customer_less": _("of it without a customer"),
        "amount_rejected": _("sum of the rows not taken"),
        "amount_skipped": _("sum of the orders left as they are"),
        "amount_unknown": _("rows not taken whose amount can't be read"),
    }
    found = {**totals.get("counts", {}), **totals.get("sums", {})}
    always = {"created", "updated", "rejected"}
    return [(words[k], v) for k, v in _in_order(found, words) if v or k in always]


def _in_order(found: dict[str, Any], words: dict[str, str]) -> list[tuple[str, Any]]:
    return [(name, found[name]) for name in words if name in found]


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell how far an import is."""
    actor = actor_of(request)
    return show_run(request, actor, uploads.own_run(actor, pk))


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a running import after its batch."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    if run.job_id:
        cancel(actor, run.job_id)
        tell(request, _("The import stops; what it has written stays and can be undone."))
    return go(request, f"/import/{pk}/")


@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with an import, or with undoing one, that was stopped or failed."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    job = run.undo_id or (run.job_id if run.state == ImportRun.State.RUNNING else None)
    if job and run.state != ImportRun.State.UNDONE:
        again(actor, job)
    return go(request, f"/import/{pk}/")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back all that an import has written."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    try:
        starting.start_undo(actor, run)
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    return go(request, f"/import/{pk}/")


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a file that was not brought in."""
    actor = actor_of(request)
    run = uploads.own_run(actor, pk)
    if run.state == ImportRun.State.DRAFT:
        uploads.drop(run)
        run.delete()
    return go(request, "/import/")
