"""Acts and exports in the background: resumed after a death, undone as one, fetched by one only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huike.customers.models import Party
from huike.kernel.change.models import Change
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import kinds
from huike.kernel.jobs.run import JobRun
from huike.kernel.lists.acting import bulk
from huike.kernel.records.bulk import create_all
from huike.kernel.records.undo import undo
from huike.web.lists import exporting
from tests.cast import SYSTEM, Cast
from tests.web.lists.conftest import SignIn

MANY = 1200


class KilledError(BaseException):
    """As if the process had died here."""


@pytest.fixture
def crowd(cast: Cast) -> None:
    rows = [
        Party(name=f"P{n}", name_key=f"p{n}", owner=cast.alice, department=cast.alice.department)
        for n in range(MANY)
    ]
    with change(SYSTEM, "test.many"):
        create_all(rows, clean=False, full_entries=False)


def perform(job: Job, cast: Cast, who: str) -> Any:
    """Run a queued job as a worker does, from what its last checkpoint saved."""
    job.refresh_from_db()
    job.state, job.token = "running", job.token + 1
    job.save()
    run = JobRun(job, cast.actor(who), lease=timedelta(minutes=1))
    return kinds[job.name].function(run, **job.arguments)


def test_an_act_on_many_goes_on_after_a_death_and_is_undone_as_one(
    crowd: None, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = {"act": "edit", "field_name": "level", "level": "vip", "everything": "1", "view": ""}
    answer = sign_in("dora").post("/customers/party/act/run/", act)
    assert b"progress" in answer.content
    assert not Party.objects.filter(level="vip").exists()
    job, real, calls = Job.objects.get(), bulk.do_chunk, []

    def dying(*args: Any) -> None:
        calls.append(1)
        real(*args)
        if len(calls) == 2:
            raise KilledError  # its rows are written, but not committed

    monkeypatch.setattr(bulk, "do_chunk", dying)
    with pytest.raises(KilledError):
        perform(job, cast, "dora")
    assert Party.objects.filter(level="vip").count() == 500, "a chunk is done or not done"
    result = perform(job, cast, "dora")
    assert result["changed"] == MANY
    assert Party.objects.filter(level="vip").count() == MANY
    groups = set(
        Change.objects.filter(action="customers.party.edit").values_list("group", flat=True)
    )
    assert {str(g) for g in groups} == {result["group"]}
    undo(cast.actor("dora"), groups.pop())
    assert not Party.objects.filter(level="vip").exists()


def test_a_large_export_is_fetched_by_who_asked_for_it(
    crowd: None, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1000)
    client = sign_in("dora")
    answer = client.get("/customers/party/export/?kind=csv&sort=name")
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/customers/party/act/jobs/{job.pk}/"
    assert client.get(answer.headers["Location"]).status_code == 200
    result = perform(job, cast, "dora")
    Job.objects.filter(pk=job.pk).update(state="done", result=result)
    assert b"export" in client.get(answer.headers["Location"]).content
    file = client.get(f"/customers/party/export/{job.pk}/")
    assert b"".join(file.streaming_content).count(b"\r\n") == MANY + 1
    assert sign_in("alice").get(f"/customers/party/export/{job.pk}/").status_code == 403
