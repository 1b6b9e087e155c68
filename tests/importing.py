"""Brings texts in as files, in this thread, for the tests of imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing import running, starting
from huike.kernel.exchange.importing.incoming import looking, uploads
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.exchange.importing.recipes import recipe_called
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.jobs.run import JobRun

SYSTEM = Actor.system("test")


@dataclass
class Brought:
    """How an import went."""

    run: ImportRun
    result: dict[str, Any]

    def __getitem__(self, name: str) -> int:
        return int(self.result["counts"].get(name, 0))

    @property
    def sums(self) -> dict[str, str]:
        return dict(self.result["sums"])

    @property
    def reasons(self) -> list[tuple[int, str]]:
        bad = BadRow.objects.filter(run=self.run)
        return [(row.line, row.reason) for row in bad]


Bring = Callable[..., Brought]


def draft(
    content: str | bytes, kind: str, *, actor: Actor = SYSTEM, given: Any = None, **how: Any
) -> ImportRun:
    """Keep a file and settle what is to be done with it."""
    data = content.encode() if isinstance(content, str) else content
    run = uploads.keep(actor, how.pop("name", "file.csv"), [data])
    recipe = recipe_called(kind)
    look = looking.look_at(run)
    new_fields = how.pop("new_fields", False)
    plan = looking.plan_for(actor, recipe, look, given, new_fields=new_fields)
    starting.settle(actor, run, recipe, replace(plan, **how))
    return run


def work_on(actor: Actor, name: str, run: ImportRun) -> JobRun:
    """Return a running job in this thread's hands."""
    job = enqueue(actor, name, run=run.pk)
    Job.objects.filter(pk=job.pk).update(state="running", token=1)
    job.refresh_from_db()
    return JobRun(job, actor, lease=timedelta(minutes=5))


@pytest.fixture
def bring(db: None, tmp_path: Path) -> Any:
    """Return bring(text, "customers", **how), which imports and tells how it went."""

    def brought(content: str | bytes, kind: str, *, dry: bool = False, **how: Any) -> Brought:
        actor = how.get("actor", SYSTEM)
        run = draft(content, kind, **how)
        function = running.try_out if dry else running.bring_in
        work = work_on(actor, "exchange.try" if dry else "exchange.import", run)
        result = function(work, run=run.pk)
        run.refresh_from_db()
        return Brought(run, result)

    with override_settings(MEDIA_ROOT=tmp_path / "files"):
        yield brought
