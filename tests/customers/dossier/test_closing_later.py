"""A year is closed in the background: refused at once where it can't be, told when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from huike.customers.models import Party, Volume
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.models import Job
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.view import ListView
from tests.cast import Cast
from tests.customers.dossier.test_dossier import LAST, full
from tests.web.lists.test_jobs import perform


def test_closing_a_year_is_a_job(cast: Cast, make: Callable[..., Any], client: Client) -> None:
    party = full(cast, make)
    client.force_login(cast.mona)
    at = f"/customers/party/{party.pk}/do/close_volume/"
    assert client.post(at, {"year": LAST + 1}).status_code == 422  # not over yet, and no job
    assert not Job.objects.filter(name="lists.act").exists()
    led = client.post(at, {"year": LAST})
    assert led.status_code == 302
    job = Job.objects.get(name="lists.act")
    assert f"/act/jobs/{job.pk}/" in led["Location"]
    assert not Volume.objects.exists()
    assert "<progress" in client.get(led["Location"]).content.decode()
    told = perform(job, cast, "mona")
    assert (told["changed"], told["refused"]) == (1, 0)
    assert Volume.objects.get(party=party).year == LAST
    assert client.post(at, {"year": LAST}).status_code == 422  # closed already
    api = f"/api/v1/customers/party/{party.pk}/close_volume/"
    assert client.post(api, {"year": LAST}, "application/json").status_code == 422
    chosen = Selection(ListView(entity_of(Party)), (party.pk,))
    tried = bulk.preview(cast.actor("mona"), chosen, Do("close_volume", {"year": str(LAST)}))
    assert (tried.changed, tried.is_exact, tried.shown) == (1, False, [])


def test_by_api_too_for_one_and_for_many(
    cast: Cast, make: Callable[..., Any], client: Client
) -> None:
    party = full(cast, make)
    at = "/api/v1/customers/party/"
    asked: dict[str, Any] = {"year": LAST}
    client.force_login(cast.bob)  # sees this one and exports nothing
    seen = make(Party, cast.alice)
    refused = client.post(f"{at}{seen.pk}/close_volume/", asked, "application/json")
    assert refused.status_code == 403
    client.force_login(cast.mona)
    many = {"ids": [party.pk], "given": {"year": str(LAST)}}
    answers = [
        client.post(f"{at}{party.pk}/close_volume/", asked, "application/json"),
        client.post(f"{at}bulk/close_volume/", many, "application/json"),
    ]
    assert [a.status_code for a in answers] == [202, 202]
    assert not Volume.objects.exists()
    told = client.get(answers[0]["Location"]).json()
    assert (told["id"], told["state"]) == (answers[0].json()["id"], "waiting")
    done = [perform(Job.objects.get(pk=a.json()["id"]), cast, "mona") for a in answers]
    assert [(d["changed"], d["refused"]) for d in done] == [(1, 0), (0, 1)]
    assert Volume.objects.get(party=party).year == LAST
