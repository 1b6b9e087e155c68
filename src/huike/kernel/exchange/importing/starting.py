"""Begins, stops, resumes, mends and undoes imports: what pages and the command line call."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing.incoming import uploads
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.exchange.importing.plan import Column, Plan, Reading
from huike.kernel.exchange.importing.recipes import Recipe, recipe_called
from huike.kernel.exchange.writing import write_csv
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records.undo import can_undo

CHUNK = 1000


def settle(actor: Actor, run: ImportRun, recipe: Recipe, plan: Plan) -> None:
    """Keep what was chosen; raise PermissionDenied or ValidationError for what can't be done."""
    recipe.require(actor)
    if missing := recipe.missing(actor, plan.targets):
        names = _(", ").join(filled.label for filled in missing)
        raise ValidationError(_("No column is chosen for: %(names)s.") % {"names": names})
    filled = [column.target for column in plan.columns if column.target]
    if not filled:
        raise ValidationError(_("No column is chosen: there is nothing to bring in."))
    fixed = [target for target in filled if not target.startswith("new:")]
    if len(set(fixed)) < len(fixed):
        raise ValidationError(_("Two columns are chosen for the same field."))
    if run.state != ImportRun.State.DRAFT:
        raise ValidationError(_("This import has begun already."))
    run.recipe, run.plan = recipe.key, plan.as_json()
    run.save(update_fields=["recipe", "plan"])


def rehearse(actor: Actor, run: ImportRun) -> Job:
    """Queue a dry run."""
    with transaction.atomic():
        job = enqueue(actor, "exchange.try", key=f"try:{run.pk}", run=run.pk)
        ImportRun.objects.filter(pk=run.pk).update(trial_id=job.pk)
    return job


def start(actor: Actor, run: ImportRun) -> Job:
    """Queue the import itself, once."""
    with transaction.atomic():
        draft = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.DRAFT)
        if not draft.update(state=ImportRun.State.RUNNING):
            raise ValidationError(_("This import has begun already."))
        job = enqueue(actor, "exchange.import", key=f"import:{run.pk}", run=run.pk)
        ImportRun.objects.filter(pk=run.pk).update(job_id=job.pk)
    return job


def may_undo(actor: Actor, run: ImportRun) -> bool:
    """Tell whether an import that has ended, or was stopped, can be taken back."""
    stopped = run.state == ImportRun.State.RUNNING and not is_live(run)
    return (stopped or run.state == ImportRun.State.DONE) and can_undo(actor, run.group)


def is_live(run: ImportRun) -> bool:
    return Job.objects.filter(pk=run.job_id or 0, state__in=["waiting", "running"]).exists()


def start_undo(actor: Actor, run: ImportRun) -> Job:
    """Queue the undoing of an import and of those that mended its bad rows."""
    if not may_undo(actor, run):
        raise ValidationError(_("This import can't be undone: it still runs, or was undone."))
    with transaction.atomic():
        job = enqueue(actor, "exchange.undo", key=f"undo:{run.group}", run=run.pk)
        ImportRun.objects.filter(group=run.group).update(undo_id=job.pk)
    return job


def write_bad_rows(run: ImportRun, out: BinaryIO) -> int:
    """Write the bad rows as CSV: the columns of the file, and the reason in one of its own."""
    names = [column["name"] for column in run.plan.get("columns", ())]
    width = len(names)
    rows = (
        [*fitted(bad.cells, width), bad.reason, bad.line]
        for bad in BadRow.objects.filter(run=run).order_by("line", "pk").iterator(CHUNK)
    )
    return write_csv(out, [*names, *extra_columns()], rows)


def extra_columns() -> list[str]:
    """Return the headings of what a file of bad rows has more than its source."""
    return [_("Reason it was not taken"), _("Line in the file")]


def fitted(cells: Sequence[object], width: int) -> list[object]:
    """Cells beyond the last column are shown in it, so that nothing of the row is lost."""
    if len(cells) > width:
        rest = " | ".join(str(cell) for cell in cells[width - 1 :])
        return [*cells[: width - 1], rest]
    return [*cells, *([""] * (width - len(cells)))]


def mend(actor: Actor, run: ImportRun, mended: Iterable[Sequence[str]]) -> ImportRun:
    """Begin an import of corrected bad rows, with the plan and the undo group of the first."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = [Column(**column) for column in run.plan["columns"]]
    writer.writerow([column.name for column in columns])
    count = 0
    for cells in mended:
        writer.writerow(cells)
        count += 1
    if not count:
        raise ValidationError(_("There is no row to load."))
    new = uploads.keep(actor, run.file_name, [text.getvalue().encode("utf-8-sig")])
    plan = replace(
        Plan.from_json(run.plan),
        reading=Reading(encoding="utf-8-sig", separator=",", has_header=True, header_line=1),
    )
    new.recipe, new.plan, new.mends = run.recipe, plan.as_json(), run.pk
    new.group = run.group
    new.save(update_fields=["recipe", "plan", "mends", "group"])
    recipe_called(run.recipe).require(actor)
    return new
