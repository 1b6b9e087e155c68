"""What stands in front of Huike may ask: alive, ready, figures; and each answer has a number."""

from __future__ import annotations

import json
import logging
import re
import sys

import pytest
from django.test import Client

from huike.kernel.jobs.models import Job
from huike.site import health, logs, requests


def test_alive_asks_no_database(client: Client) -> None:
    # without the mark django_db any question to it would fail
    assert client.get("/health/").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_while_the_database_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/ready/").status_code == 200
    monkeypatch.setattr(health, "names", lambda home: ["main"])
    monkeypatch.setattr(health, "_problem", lambda name: "the tables are of an older Huike")
    answer = client.get("/ready/")
    assert answer.status_code == 503
    assert answer.json()["problem"] == "the tables are of an older Huike"


@pytest.mark.django_db
def test_figures_are_for_whoever_has_the_word(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/metrics/").status_code == 404
    monkeypatch.setenv("HUIKE_METRICS", "open sesame")
    assert client.get("/metrics/").status_code == 404
    assert client.get("/metrics/", headers={"Authorization": "Bearer wrong"}).status_code == 404
    Job.objects.all().delete()
    client.get("/health/")
    told = client.get("/metrics/", headers={"Authorization": "Bearer open sesame"})
    text = told.content.decode()
    assert re.search(
        r'huike_request_seconds_count\{method="GET",route="health/",status="2xx"\} [1-9]', text
    )
    assert 'huike_job_waiting_seconds{organisation="main"} 0.0' in text


def test_each_answer_has_a_number_of_its_own(client: Client) -> None:
    one, other = (client.get("/health/").headers["X-Request-ID"] for _ in range(2))
    assert one != other
    given = client.get("/health/", headers={"X-Request-ID": "from-the-proxy.7"})
    assert given.headers["X-Request-ID"] == "from-the-proxy.7"
    wrong = client.get("/health/", headers={"X-Request-ID": "a b\\n{}"})
    assert re.fullmatch(r"[0-9a-f]{16}", wrong.headers["X-Request-ID"])


def test_lines_for_machines_carry_number_and_error() -> None:
    token = requests.NUMBER.set("n1")
    try:
        raise ValueError("名字")
    except ValueError:
        record = logging.getLogger("huike.x").makeRecord(
            "huike.x", logging.ERROR, __file__, 1, "failed %s", ("once",), sys.exc_info()
        )
    finally:
        logs.Numbered().filter(record)
        requests.NUMBER.reset(token)
    told = json.loads(logs.JsonLines().format(record))
    assert (told["message"], told["request"], told["level"]) == ("failed once", "n1", "ERROR")
    assert "ValueError: 名字" in told["error"]
