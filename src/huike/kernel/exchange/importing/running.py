"""Runs imports as jobs: batch by batch, each one transaction that also keeps how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.exchange.formats.tables import Numbered, Table
from huike.kernel.exchange.importing.incoming import uploads
from huike.kernel.exchange.importing.incoming.intake import Intake, Totals, storable
from huike.kernel.exchange.importing.incoming.looking import remember
from huike.kernel.exchange.importing.incoming.scratch import Scratch
from huike.kernel.exchange.importing.making import with_fields_made
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.exchange.importing.plan import Plan
from huike.kernel.exchange.importing.recipes import Recipe, Writer, recipe_called
from huike.kernel.exchange.messages import UnreadableFile
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records.undo_job import undo_in_steps

Batch = tuple[Any, Sequence[Numbered]]  # where it ends, and its rows


@job("exchange.import", title=gettext_lazy("Import"))
def bring_in(work: JobRun, run: int) -> dict[str, Any]:
    """Write a file's rows; killed or stopped, it goes on after the last batch."""
    it = ImportRun.objects.get(pk=run)
    recipe = recipe_called(it.recipe)
    recipe.require(work.actor)
    if it.state == ImportRun.State.DONE:
        return dict(it.totals)
    if it.undo_id:
        raise ValidationError(_("This import is being undone, or was."))
    plan = _begin(work.actor, it, recipe)
    totals = Totals.from_json(work.state.get("totals", {}))
    intake = Intake(work.actor, plan, it.pk, totals=totals)
    with _readable(), _table(it, plan) as table:
        writer = recipe.writer(intake)
        for end, rows in _batches(work, it, recipe, table, writer, work.state.get("at")):
            with change(work.actor, f"import.{action_of(recipe)}", group=it.group):
                writer.take(rows)
                _keep_bad(it, intake)
                work.checkpoint({"at": end, "totals": totals.as_json()})
            work.progress(totals.counts["rows"], table.estimated_rows or None)
    return _finish(work, it, recipe, totals)


@job("exchange.try", title=gettext_lazy("Rehearse an import"))
def try_out(work: JobRun, run: int) -> dict[str, Any]:
    """Judge all rows and write none of them; return what would happen."""
    it = ImportRun.objects.get(pk=run)
    recipe = recipe_called(it.recipe)
    recipe.require(work.actor)
    plan = Plan.from_json(it.plan)
    intake = Intake(work.actor, plan, it.pk, dry=True)
    with _readable(), _table(it, plan) as table:
        writer = recipe.writer(intake)
        for _end, rows in _batches(work, it, recipe, table, writer, None):
            writer.take(rows)
            intake.bad.clear()
            work.progress(intake.totals.counts["rows"], table.estimated_rows or None)
    uploads.scratch_of(it).unlink(missing_ok=True)
    found = {"problems": intake.problems(), "doubts": intake.doubts()}
    return {**intake.totals.as_json(), **found}


@job("exchange.undo", title=gettext_lazy("Undo an import"))
def take_back(work: JobRun, run: int) -> dict[str, Any]:
    """Take back all that an import has written; killed or stopped, it goes on after its step."""
    it = ImportRun.objects.get(pk=run)
    undone = undo_in_steps(work, it.group)
    runs = ImportRun.objects.filter(group=it.group)
    runs.update(state=ImportRun.State.UNDONE)
    for each in runs:
        uploads.drop(each)
    return undone


def action_of(recipe: Recipe) -> str:
    return recipe.key.replace("/", ".")


def _begin(actor: Actor, it: ImportRun, recipe: Recipe) -> Plan:
    """Make what the plan asks for; done a second time it finds everything made."""
    plan = Plan.from_json(it.plan)
    if missing := recipe.missing(actor, plan.targets):
        names = _(", ").join(filled.label for filled in missing)
        raise ValidationError(_("No column is chosen for: %(names)s.") % {"names": names})
    with change(actor, f"import.{action_of(recipe)}", group=it.group):
        plan = with_fields_made(actor, recipe.entity, plan)
        state = ImportRun.State.RUNNING
        ImportRun.objects.filter(pk=it.pk).update(plan=plan.as_json(), state=state)
    return plan


def _finish(work: JobRun, it: ImportRun, recipe: Recipe, totals: Totals) -> dict[str, Any]:
    kept = totals.as_json()
    with transaction.atomic():
        remember(work.actor, recipe, Plan.from_json(ImportRun.objects.get(pk=it.pk).plan))
        done = ImportRun.State.DONE
        runs = ImportRun.objects.filter(pk=it.pk)
        runs.update(state=done, totals=kept, finished_at=timezone.now())
    uploads.drop(it)
    return kept


def _keep_bad(it: ImportRun, intake: Intake) -> None:
    BadRow.objects.bulk_create(
        BadRow(run=it, line=bad.line, cells=storable(bad.cells), reason=bad.reason)
        for bad in intake.bad
    )
    intake.bad.clear()


@contextmanager
def _readable() -> Iterator[None]:
    """Say of a file that can't be read what is wrong with it, as any other refusal."""
    try:
        yield
    except UnreadableFile as error:
        raise ValidationError(error.message.text(_)) from error


@contextmanager
def _table(it: ImportRun, plan: Plan) -> Iterator[Table]:
    with plan.reading.open(uploads.path_of(it), it.file_name) as table:
        if [column.name for column in plan.columns] != table.columns:
            raise ValidationError(_("The file is read in another way now. Look at it again."))
        yield table


def _batches(
    work: JobRun, it: ImportRun, recipe: Recipe, table: Table, writer: Writer, after: Any
) -> Iterator[Batch]:
    if not recipe.grouped_by:
        return chunked(table.rows(after or 0), writer.batch)
    return _grouped(work, it, recipe, table, writer, after or "")


def chunked(rows: Iterable[Numbered], size: int) -> Iterator[Batch]:
    batch: list[Numbered] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield row[0], batch
            batch = []
    if batch:
        yield batch[-1][0], batch


def _grouped(
    work: JobRun, it: ImportRun, recipe: Recipe, table: Table, writer: Writer, after: str
) -> Iterator[Batch]:
    """Sort the file first, so that what belongs together comes together."""
    plan = writer.intake.plan
    at = plan.targets.get(recipe.grouped_by)
    scratch = Scratch(uploads.scratch_of(it), len(plan.columns), at)
    with closing(scratch):
        if not scratch.is_full:
            total = table.estimated_rows or None
            for done in scratch.fill(table.rows(), writer.looked_up()):
                work.progress(done, total, _("Reading the file"))
        writer.scratch = scratch
        batch: list[Numbered] = []
        for key, rows in scratch.groups(after):
            batch += rows
            if len(batch) >= writer.batch:
                yield key, batch
                batch = []
        if batch:
            yield key, batch
