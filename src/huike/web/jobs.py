"""What lists do in the background: acts on many rows, and large exports."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils.translation import gettext_lazy as _

from huike.kernel import files
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import act_from
from huike.kernel.lists.counting import count
from huike.kernel.lists.exporting import ending_of, exported, write_file
from huike.kernel.lists.paging import ordered
from huike.web.lists.state import view_from


@job("lists.act", title=_("Change many records"))
def act_on_many(work: JobRun, selection: dict[str, Any], act: dict[str, Any]) -> dict[str, Any]:
    """Do one act to all chosen rows, chunk by chunk; killed, it goes on after the last chunk."""
    chosen = selection_from(selection)
    doing = act_from(act)
    outcome = bulk.prepare(work.actor, chosen, doing)
    if kept := work.state:
        outcome = bulk.Outcome.from_json(kept)
    total = outcome.chosen - outcome.out_of_reach
    while keys := bulk.next_keys(work.actor, chosen, doing, outcome.last):
        action = bulk.action_name(chosen, doing)
        with change(work.actor, action, group=outcome.group):
            bulk.do_chunk(work.actor, chosen, doing, keys, outcome)
            work.checkpoint(outcome.as_json())
        done = outcome.changed + outcome.unchanged + outcome.refused
        work.progress(done, total if total > 1 else None)
    return outcome.as_json()


def selection_from(kept: dict[str, Any]) -> Selection:
    """Return the rows that `Selection.as_json` wrote down."""
    keys = kept["keys"]
    view = view_from(entity_of(kept["entity"]), kept["query"])
    return Selection(view, None if keys is None else tuple(keys))


@job("lists.export", title=_("Export"))
def export_many(work: JobRun, selection: dict[str, Any], kind: str) -> dict[str, Any]:
    """Write the chosen rows to a file that only who asked may fetch."""
    chosen = selection_from(selection)
    entity = chosen.entity
    rows = exported(work.actor, entity, chosen.rows(work.actor))
    fields = entity.fields(work.actor)
    folder = files.root() / "exports"
    folder.mkdir(exist_ok=True)
    name = f"{secrets.token_hex(16)}.{ending_of(entity, kind)}"
    total, _exact = count(rows)
    with (folder / name).open("xb") as out:
        number = write_file(
            work.actor,
            entity,
            ordered(chosen.view, rows, fields),
            chosen.view.shown(fields),
            kind,
            out,
            lambda done: work.progress(done, total),
        )
    return {"entity": entity.key, "kind": kind, "file": name, "rows": number}
