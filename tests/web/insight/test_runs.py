"""The runs of the analysis: what each read, how long it took, what failed, how far it is."""

from __future__ import annotations

import pytest

from huike.analytics.jobs import ask_for_run
from huike.analytics.models import Run
from huike.kernel.jobs.models import Job
from tests.web.insight.conftest import Firm

PAGE = "/insight/runs/"
DETAILS = {
    "loaded": {"sale_line": {"rows": 1234, "read": 56, "corrected": []},
               "task": {"rows": 0, "read": 0, "corrected": []}},
    "seconds": {"abc": 1.5, "churn_warning": 9.25, "all": 21.5},
    "failed": {"groups": "ValueError: secret 4711"},
    "moved": {"abc": {"A": [5, 9], "": [1, 0]}},
    "set_anew": {"run.hour": [2, 4]},
}  # fmt: skip


@pytest.fixture
def ran(firm: Firm) -> Firm:
    firm.ran(details=DETAILS, customers=77, asked_by="Wang")
    return firm


def text(page: str) -> str:
    return " ".join(page.split())


def test_a_run_tells_what_it_read_took_and_failed_at(ran: Firm) -> None:
    page = text(ran.page("mona", PAGE))
    assert "Of the last 1 runs 1 had a problem. The newest good one took 21.5 seconds." in page
    assert "asked by Wang" in page
    assert "77 customers" in page
    assert "1,234" in page
    assert "order lines" in page
    assert ">tasks<" not in page  # no rows, no line
    assert "ValueError: secret 4711" in page
    assert "9.2" in page
    assert 'at this hour</b> <span class="num">2 → 4' in page


def test_figures_of_all_customers_are_only_for_those_who_see_all(ran: Firm) -> None:
    page = text(ran.page("alice", PAGE))
    assert "its numbers are those of the last good run" in page
    for hidden in ("1,234", "secret 4711", "ABC class: A", "Run now"):
        assert hidden not in page
        assert hidden in text(ran.page("mona", PAGE))
    assert ran.client("iris").get(PAGE).status_code == 403


def test_run_now_and_how_far_it_is(ran: Firm) -> None:
    ran.client("mona").post("/insight/run/", {"next": PAGE})
    page = ran.page("mona", PAGE)
    assert "A run waits for its turn." in page
    assert "every 2s" in page
    assert "Run now" not in page
    Job.objects.update(state="running", done=3, total=15, note="RFM")
    page = text(ran.page("mona", PAGE))
    assert "3 / 15 · RFM" in page
    assert 'value="20"' in page
    assert "3 / 15" not in ran.page("alice", PAGE)
    assert ran.client("alice").post("/insight/run/").status_code == 403
    assert ask_for_run(ran.cast.actor("mona")) == Job.objects.get()  # one at a time


def test_no_run_yet_and_a_run_that_failed(firm: Firm) -> None:
    assert "The analysis has not run yet." in firm.page("mona", PAGE)
    firm.ran(state=Run.State.FAILED, problem="There are no orders yet.")
    page = firm.page("mona", PAGE)
    assert "There are no orders yet." in page
    assert "Of the last 1 runs 1 had a problem." in page
