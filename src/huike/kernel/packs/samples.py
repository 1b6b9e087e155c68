"""The sample data of packs: brought in as any file is, taken back as long as nobody touched it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.entity.entity import entity_of
from huike.kernel.exchange.importing import recipes, starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.models import ImportRun
from huike.kernel.jobs.worker import run_now
from huike.kernel.packs.models import AppliedPack, PackItem
from huike.kernel.packs.reading import Pack
from huike.kernel.records.bulk import bin_all
from huike.kernel.records.record import Record


def bring(actor: Actor, applied: AppliedPack, pack: Pack) -> int:
    """Import the sample files of a pack that were not brought yet; return how many rows came."""
    rows = 0
    for told in pack.part("samples"):
        name = str(told["file"])
        if applied.items.filter(kind="sample", key=name).exists():
            continue
        run = _settled(actor, pack, str(told["as"]), name)
        PackItem.objects.create(pack=applied, kind="sample", key=name, row_id=run.pk)
        job = run_now(actor, "exchange.import", run=run.pk)
        if job.state != "done":  # what came so far is known, and goes when the pack goes
            raise ValidationError(job.error or _("The sample data can't be brought in."))
        run.refresh_from_db()
        rows += int(run.totals.get("counts", {}).get("created", 0))
    return rows


def take_back(actor: Actor, applied: AppliedPack) -> tuple[int, list[str]]:
    """Move rows of the sample to the bin, in the current change; tell how many, and the rest.

    What somebody has changed since, or something else belongs to, is kept.
    """
    gone, kept = 0, 0
    for item in applied.items.filter(kind="sample"):
        run = ImportRun.objects.filter(pk=item.row_id).first()
        if run is None:
            continue
        for model, rows in _made(run):
            fine = [r.pk for r, then in rows if r.version == then and not _in_use(r, run)]
            gone += bin_all(model.objects.filter(pk__in=fine))
            kept += len(rows) - len(fine)
        item.delete()
    return gone, [_("%s rows of the sample are kept: they are in use") % kept] if kept else []


def _in_use(row: Record, run: ImportRun) -> bool:
    """Tell whether somebody wrote something about a row since it was brought.

    What the product works out about it (scores, occasions) is not journaled, so does not count.
    """
    for link in row._meta.get_fields(include_hidden=True):
        if not isinstance(link, models.ManyToOneRel):
            continue
        if issubclass(link.related_model, Record) and not link.related_model.read_only:
            rows = link.related_model.objects.filter(**{link.field.name: row.pk})
            label, keys = link.related_model.label(), rows.values_list("pk", flat=True)
            wrote = Entry.objects.filter(record=label, record_id__in=list(keys))
            if keys and wrote.exclude(change__group=run.group).exists():
                return True
    return False


def _settled(actor: Actor, pack: Pack, kind: str, name: str) -> ImportRun:
    run = uploads.keep_path(actor, pack.folder / name)
    recipe = recipes.recipe_called(kind)
    plan = looking.plan_for(actor, recipe, looking.look_at(run), {})
    starting.settle(actor, run, recipe, plan)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.RUNNING)
    return run


def _made(run: ImportRun) -> Iterator[tuple[Any, list[tuple[Record, int]]]]:
    """Yield the rows that a sample brought and that are not in the bin, by kind of record.

    Each comes with the version that it had then: after an earlier pack they come from the bin.
    """
    kinds = (Entry.Kind.CREATE, Entry.Kind.RESTORE)
    brought = Entry.objects.filter(change__group=run.group, kind__in=kinds)
    by_record: dict[str, dict[int, int]] = {}
    for record, key, version in brought.values_list("record", "record_id", "version"):
        by_record.setdefault(record, {})[key or 0] = version
    for record, versions in by_record.items():
        model = entity_of(record).model
        rows = model.objects.filter(pk__in=list(versions))
        yield model, [(row, versions[row.pk]) for row in rows]
