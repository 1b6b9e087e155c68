"""Undo by API: what is long goes on in the background, and the answer tells of the job."""

from __future__ import annotations

import pytest

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.jobs.worker import run_worker
from huike.kernel.records import undo
from tests.api.conftest import CallerOf, told
from tests.cast import Cast


def test_a_long_undo_is_told_as_a_job(
    cast: Cast, api: CallerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "AT_ONCE", 2)
    with change(cast.actor("dora"), "test.many") as work:
        for number in range(4):
            Party(name=f"P{number}", owner=cast.dora, department=cast.departments["north"]).save()
    dora = api("dora")
    job = told(dora.post("/api/v1/undo/", {"change": str(work.group)}), 202)
    assert Party.objects.count() == 4
    run_worker(once=True, organisations=lambda: ["main"])
    assert told(dora.get(f"/api/v1/jobs/{job['id']}/"))["state"] == "done"
    assert not Party.objects.exists()
