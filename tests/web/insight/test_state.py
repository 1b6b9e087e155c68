"""What every insight page says of the runs, of an empty firm, and what a visit costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huike.kernel.jobs.models import Job
from tests.web.insight.conftest import NOW, THEN, Firm

PAGES = ("value", "matrix", "lifecycle", "churn")
every_page = pytest.mark.parametrize("page", PAGES)
# queries of a page, whatever the rows: a visit may cost less, never more
COSTS = {"value": 22, "matrix": 29, "lifecycle": 27, "churn": 30}


@every_page
def test_an_empty_firm_is_told_what_to_do_next(firm: Firm, page: str) -> None:
    told = firm.page("mona", f"/insight/{page}/")
    assert "Nothing has been analysed yet." in told
    assert "press “Run now”" in told
    assert 'action="/insight/run/"' in told
    told = firm.page("alice", f"/insight/{page}/")  # sees only her own: a run is not hers to start
    assert "your administrator can start it" in told
    assert 'action="/insight/run/"' not in told


@every_page
def test_after_a_run_without_own_customers(firm: Firm, page: str) -> None:
    firm.ran()
    firm.scored(firm.cast.alice)
    told = firm.page("carol", f"/insight/{page}/")
    assert "None of the customers that you may see has a score yet." in told


@every_page
def test_a_failed_run_leaves_the_last_good_result(firm: Firm, page: str) -> None:
    firm.ran(started_at=timezone.now() - timezone.timedelta(days=1))
    firm.scored(firm.cast.alice)
    bad = firm.ran(state="failed", problem="disk full")
    told = firm.page("mona", f"/insight/{page}/")
    assert "failed. You see the last good result." in told
    assert f"/analytics/run/{bad.pk}/" in told
    assert "disk full" not in told
    assert "data-chart" in told


def test_the_first_run_failed(firm: Firm) -> None:
    firm.ran(state="failed")
    told = firm.page("mona", "/insight/value/")
    assert "failed, and there is no earlier result." in told
    assert "Nothing has been analysed yet." in told


def test_a_run_under_way_is_told_and_not_started_twice(firm: Firm) -> None:
    firm.ran(state="running", finished_at=None)
    told = firm.page("mona", "/insight/value/")
    assert "A new analysis is running" in told
    assert 'action="/insight/run/"' not in told


def test_run_now_queues_one_job_for_those_who_may(firm: Firm) -> None:
    for _ in range(2):
        answer = firm.client("mona").post("/insight/run/", {"next": "/insight/churn/"})
        assert answer.headers["Location"] == "/insight/churn/"
    assert Job.objects.filter(name="analytics.run").count() == 1
    assert firm.client("alice").post("/insight/run/").status_code == 403
    assert firm.client("mona").get("/insight/run/").status_code == 405


def test_acts_lead_to_the_customers_of_a_mark(firm: Firm) -> None:
    to = '/customers/party/?filter=["score__abc","in",["A"]]'
    client = firm.client("mona")

    def led(act: str, to: str = to) -> str:
        answer = client.get("/insight/act/", {"act": act, "to": to})
        return answer.headers.get("Location", str(answer.status_code))

    assert led("segment").startswith("/marketing/segment/add/?filter=%5B%22score__abc")
    assert led("campaign").startswith("/marketing/campaign/add/?filter=%5B%22score__abc")
    assert led("show") == to.replace('"', "%22")
    assert led("show", "https://evil.example/") == "404"


def test_acts_are_offered_to_those_who_may(firm: Firm) -> None:
    firm.ran()
    firm.scored(firm.cast.alice)
    told = firm.page("mona", "/insight/value/")
    assert 'value="segment"' in told
    assert 'value="campaign"' in told
    assert 'action="/insight/act/"' not in firm.page("bob", "/insight/value/")


@every_page
def test_a_page_costs_the_same_whatever_the_rows(firm: Firm, page: str) -> None:
    def visit() -> int:
        client = firm.client("dora")
        client.get(f"/insight/{page}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/insight/{page}/").status_code == 200
        return len(queries)

    firm.ran()
    costs = []
    for count in (2, 9):
        for n in range(count):
            party = firm.scored(firm.cast.alice, churn_level="high")
            firm.past(party, NOW)
            firm.past(party, THEN, matrix=("lead", "gold")[n % 2], stage="decline")
        costs.append(visit())
    assert costs[0] == costs[1]
    assert costs[0] <= COSTS[page]
